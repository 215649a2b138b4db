/**
 * The files of a run folder that hold data: result.json, timeline.ndjson, schedule.json, latency.hlog. What the Result withholds because
 * the generator was late is withheld in all of them.
 */

import { join } from 'node:path';
import type { Observations } from '../../evidence/ledger/observations.ts';
import { type IntervalHistograms, latencyLog } from '../../evidence/measure/latency-log.ts';
import { SLOT_MS, timelineOf, timelineRows } from '../../evidence/measure/timeline.ts';
import { documentLine, documentText } from '../../evidence/result/printable.ts';
import type { Result, Timeline } from '../../evidence/result/result.ts';
import { isWithheld, withoutLatency } from '../../evidence/result/withheld.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { scenarioOfPlan } from '../../plan/scenario/scenario-of-plan.ts';
import type { FaultRecord } from '../faults/interpreter.ts';
import { RUN_FILES } from './file-names.ts';
import { whyUnwritten, writeWhole } from './run-folder.ts';

export const SCHEDULE_SCHEMA = 'letitcrash.schedule/1';

export interface RunFiles {
  readonly result: Result;
  /** Null if there were no messages. */
  readonly observations: Observations | null;
  /** On the observations' clock. */
  readonly endUs: number;
  readonly plan: Plan;
  readonly faults: readonly FaultRecord[];
  readonly intervals: readonly IntervalHistograms[];
  /** Wall-clock time of the observations' zero. */
  readonly zeroMs: number;
}

/** Returns why they could not all be written, with place and remedy, or null: what was measured is known nevertheless. */
export async function writeRunFiles(folder: string, files: RunFiles): Promise<string | null> {
  const { result, plan, faults, zeroMs } = files;
  const loaded = files.intervals.filter(({ fromUs }) => fromUs >= 0);
  const shown = !isWithheld(result) ? loaded : loaded.map((interval) => ({ ...interval, response: null, service: null }));
  const schedule = {
    schema: SCHEDULE_SCHEMA,
    scenario: plan.scenario.name,
    seed: plan.seed,
    faults: faults.map((fault) => ({ ...fault.plan, struck: fault.target })),
    /** The whole run as a scenario: what `letitcrash replay` plays. */
    play: scenarioOfPlan(plan),
  };
  const rows = [...timelineRows(finestTimeline(files))].map((row) => documentLine(row));
  const [resultFile, timelineFile, scheduleFile, latencyFile] = RUN_FILES;
  return whyUnwritten([
    // First, because if there is room for only one file, it should be this one.
    () => writeWhole(join(folder, resultFile), `${documentText(result)}\n`),
    () => writeWhole(join(folder, timelineFile), rows.join('')),
    () => writeWhole(join(folder, scheduleFile), `${documentText(schedule)}\n`),
    () => writeWhole(join(folder, latencyFile), latencyLog(shown, zeroMs)),
  ]);
}

/** In slots of 100 ms: the Result's own, unless the run was too long for it to hold them all. */
function finestTimeline({ result, observations, endUs }: RunFiles): Timeline {
  if (observations === null || result.timeline.stepMs === SLOT_MS) return result.timeline;
  const timeline = timelineOf(observations, { startUs: 0, endUs }, SLOT_MS);
  return isWithheld(result) ? withoutLatency(timeline) : timeline;
}
