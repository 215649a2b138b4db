/** A recorded schedule, played again and again: how often does it fail, and how sure is that? */

import { commandLine } from '../../evidence/result/command-line.ts';
import type { ReplayResult } from '../../evidence/result/exploration.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { planLoaded } from '../../run/conductor/plan-given.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { loadRecorded } from '../../studies/explore/recorded-schedule.ts';
import type { Trial } from '../../studies/explore/trial.ts';
import { writeReplayReports } from './exploration-files.ts';
import type { PlanOptions } from './plan.ts';
import { scenarioError } from './scenario-error.ts';

export const DEFAULT_TIMES = 10;

export type ReplayEvent =
  /** After each run, counted from 1. `discounted`: why it does not count. */
  | ({ readonly kind: 'trial'; readonly number: number } & Pick<Trial, 'discounted' | 'broken' | 'acked'>)
  | { readonly kind: 'notice'; readonly message: string };

export interface ReplayOptions extends PlanOptions {
  /** The number of runs that must count; 10 by default. */
  readonly times?: number | undefined;
  /** Without it runs/<time>-replay-<scenario> in the working directory. */
  readonly outDir?: string | undefined;
  /** Ends the replay: what was started is ended, and the runs until then are the result. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each run. Nothing is printed without it. */
  readonly onProgress?: ((event: ReplayEvent) => void) | undefined;
}

export interface ReplayOutcome {
  /** The document: replay.json. */
  readonly result: ReplayResult;
  readonly outDir: string;
  /** report.html in it. */
  readonly reportPath: string;
}

/**
 * Plays a scenario, a run folder or its schedule.json again and again, from the same seed, each time with users that the server has not
 * seen: what `letitcrash replay` does, outside an arena.
 * @throws ScenarioError for mistakes in what is to be played, RunError when the target or the machine cannot.
 */
export async function replay(recorded: string, options: ReplayOptions = {}): Promise<ReplayOutcome> {
  return replayPlan(recorded, await recordedPlan(recorded, options), options);
}

/** The plan of what was recorded. @throws ScenarioError */
export async function recordedPlan(recorded: string, { set = [], seed }: PlanOptions): Promise<Plan> {
  const planned = await planLoaded(await loadRecorded(recorded), { set, seed: seed ?? null });
  if (!planned.ok) throw scenarioError(planned.problems);
  return planned.plan;
}

/** The same from its plan. */
export async function replayPlan(recorded: string, plan: Plan, options: ReplayOptions): Promise<ReplayOutcome> {
  const { times = DEFAULT_TIMES, set = [], onProgress = () => undefined } = options;
  const outDir = options.outDir ?? defaultRunPath(new Date(), 'replay', plan.scenario.name);
  // Loaded only now, because help and mistakes need no generator.
  const { replay: play } = await import('../../studies/explore/replay.ts');
  const result = await play({
    plan,
    times,
    folder: outDir,
    reproduce: commandLine({ words: ['replay', recorded], options: { times }, set, seed: plan.seed }),
    signal: options.signal ?? new AbortController().signal,
    onTrial: (number, { discounted, broken, acked }) => onProgress({ kind: 'trial', number, discounted, broken, acked }),
    onNotice: (message) => onProgress({ kind: 'notice', message }),
  });
  return { result, outDir, reportPath: await writeReplayReports(result, outDir) };
}
