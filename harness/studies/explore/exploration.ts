/**
 * An exploration on real processes from beginning to end: the public face of this room. In: a plan of load and target, a seed, a budget.
 * Out: the document, and a folder that holds it at all times, with a line for each run and a scenario file for each finding.
 */

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError } from '../../contracts/run-error.ts';
import type { ExplorationResult } from '../../evidence/result/exploration.ts';
import { documentLine, documentText } from '../../evidence/result/printable.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { presentArena } from '../../run/arena/inside.ts';
import { availableTarget } from '../../run/conductor/available-target.ts';
import { Neighbours } from '../../run/conductor/neighbours.ts';
import { openRunJournal } from '../../run/conductor/run-journal.ts';
import { faultKinds } from '../../run/faults/catalogue.ts';
import { absentRequirements, absentText } from '../../run/faults/requirements.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';
import { ExplorationLog, stepsOf } from './exploration-log.ts';
import { type ExplorerEvent, explore, type Finding } from './explorer.ts';
import { type FaultRecipe, possibleFaults } from './fault-arbitraries.ts';
import { EXPLORATION_FILE, SCHEDULES_FILE } from './finished-exploration.ts';
import { RunPace } from './run-pace.ts';
import { scenarioFile, scenarioFileName } from './scenario-file.ts';
import type { Schedule } from './schedule.ts';
import { scheduleArbitrary } from './schedule-arbitrary.ts';
import { simplerSchedules } from './simpler-schedule.ts';
import { WarmCluster } from './warm-cluster.ts';

/** Short schedules find most bugs. */
const MAX_FAULTS = 5;
/** Share of the reduction's time for making the schedule smaller. */
const SHRINK_SHARE = 1 / 2;

export interface ExplorationOptions {
  /** Target, users, load and limits of every run. */
  readonly plan: Plan;
  /** The kinds to draw from. */
  readonly recipes: readonly FaultRecipe[];
  readonly seed: number;
  readonly schedules: number | null;
  /** Milliseconds of search; null: until the schedules have been played. */
  readonly budgetMs: number | null;
  /** Milliseconds for reducing what is found, after the search; its last run may take longer. */
  readonly reduceMs: number;
  /** Fresh runs of a reduced schedule, which measure its failure rate. */
  readonly times: number;
  readonly outDir: string;
  /** Command line of this search, for the record. */
  readonly reproduce: string;
  readonly signal: AbortSignal;
  progress(event: ExplorationEvent): void;
}

export type ExplorationEvent =
  | {
      readonly kind: 'tick';
      readonly phase: 'search' | 'reduce';
      readonly elapsedMs: number;
      /** What remains of the phase's budget; null without one. */
      readonly leftMs: number | null;
      readonly schedules: number;
      readonly discounted: number;
      readonly schedulesPerMinute: number;
      /** Runs of the reduction so far. */
      readonly reductionRuns: number;
    }
  | { readonly kind: 'violation'; readonly property: string; readonly schedule: Schedule; readonly evidence: readonly string[] }
  | { readonly kind: 'smaller'; readonly schedule: Schedule }
  | { readonly kind: 'notice'; readonly message: string };

export interface FinishedExploration {
  readonly result: ExplorationResult;
  readonly outDir: string;
  /** Why the search had to end, if the server or the machine could not be explored; otherwise null. */
  readonly unfit: string | null;
}

/**
 * Explores. Whatever happens, every process that was started here is ended here, and what was found is in the folder.
 * @throws RunError if the target cannot run here, and what it throws if it cannot be started; nothing for an interruption.
 */
export async function exploreReal(options: ExplorationOptions): Promise<FinishedExploration> {
  const { plan, seed, budgetMs, reduceMs, outDir, signal, progress } = options;
  const target = await availableTarget(plan.target.use);
  const recipes = await possibleHere(options.recipes, progress);
  const { users, load } = plan;
  const bounds = {
    users,
    nodes: plan.target.nodes,
    capabilities: target.capabilities,
    durationMs: load.durationMs,
    maxFaults: MAX_FAULTS,
  };
  // First, because nothing may be touched in a folder that belongs to another run.
  const journal = openRunJournal(outDir, (message) => progress({ kind: 'notice', message }));
  const neighbours = new Neighbours({
    what: `explore ${plan.target.use}`,
    folder: outDir,
    isMeasuring: () => false,
    onSeen: ({ what, folder }) =>
      progress({
        kind: 'notice',
        message: `another run of letitcrash is active on this machine (${what} in ${folder}): this one spoils its figures`,
      }),
  });
  const startedAt = new Date();
  const beganMs = performance.now();
  const elapsedMs = (): number => performance.now() - beganMs;
  const log = new ExplorationLog({ plan, seed, startedAt: startedAt.toISOString(), reproduce: options.reproduce, reduceMs });
  /** Part of the reduction's time is reserved for the failure rate, without which a smaller schedule says little. */
  const mayReduce = (what: 'shrink' | 'rate'): boolean =>
    pace.fits(reduceMs * (what === 'shrink' ? SHRINK_SHARE : 1) - (log.reductionMs(elapsedMs()) ?? 0));
  const cluster = new WarmCluster({
    target,
    plan,
    folder: outDir,
    journal,
    possibleFaults: possibleFaults(recipes, bounds),
    signal,
    onNotice: (message) => progress({ kind: 'notice', message }),
  });
  const pace = new RunPace(cluster, elapsedMs);
  const killNow = (): void => cluster.killNow();
  process.once('exit', killNow);
  const write = async (ending: ExplorationResult['ending'], found: readonly Finding[]): Promise<ExplorationResult> => {
    const result = log.document({ elapsedMs: elapsedMs(), ending, found, target: cluster.facts });
    await Promise.all([
      writeWhole(join(outDir, EXPLORATION_FILE), `${documentText(result)}\n`),
      ...found.map((finding, index) => {
        const file = join(outDir, scenarioFileName(index));
        return writeWhole(file, scenarioFile(finding, plan, file));
      }),
    ]);
    return result;
  };
  const leftMs = (phase: 'search' | 'reduce'): number | null => {
    if (phase === 'reduce') return Math.max(0, reduceMs - (log.reductionMs(elapsedMs()) ?? 0));
    return budgetMs === null ? null : Math.max(0, budgetMs - elapsedMs());
  };
  /** One write after another, in the order of events. */
  let written: Promise<unknown> = Promise.resolve();
  const unwritten: { error: unknown } = { error: null };
  const onEvent = (event: ExplorerEvent): void => {
    // The search ends if its findings cannot be written down.
    if (unwritten.error !== null) throw unwritten.error;
    if (event.kind === 'violation') log.reductionBegan(elapsedMs());
    if (event.kind !== 'played') {
      progress(event);
      return;
    }
    log.played(event, elapsedMs());
    const line = logLine(event);
    written = written.then(() => Promise.all([appendFile(join(outDir, SCHEDULES_FILE), line), write('going', [])]));
    written.catch((error: unknown) => {
      unwritten.error = error;
    });
    progress({
      kind: 'tick',
      phase: event.purpose,
      elapsedMs: elapsedMs(),
      leftMs: leftMs(event.purpose),
      schedules: log.schedules,
      discounted: log.discounted,
      schedulesPerMinute: (log.schedules * 60_000) / Math.max(1, log.searchedMs),
      reductionRuns: log.reductionRuns,
    });
  };
  try {
    const { ending, found, reason } = await explore({
      lab: pace,
      arbitrary: scheduleArbitrary(recipes, bounds),
      seed,
      schedules: options.schedules,
      times: options.times,
      hasTime: () => budgetMs === null || pace.fits(budgetMs - elapsedMs()),
      mayReduce,
      simpler: (schedule) => simplerSchedules(schedule, recipes, bounds),
      signal,
      onEvent,
    });
    await written;
    return { result: await write(ending, found), outDir, unfit: reason };
  } finally {
    neighbours.end();
    await cluster.stop();
    journal.close();
    process.off('exit', killNow);
  }
}

/** Without the kinds that this machine, or this process outside an arena, cannot play. @throws RunError if none is left. */
async function possibleHere(
  recipes: readonly FaultRecipe[],
  progress: ExplorationOptions['progress'],
): Promise<readonly FaultRecipe[]> {
  const absent = await absentRequirements(recipes.flatMap(({ kind }) => faultKinds.get(kind) ?? []));
  const arenaOnly = (kind: string): boolean =>
    presentArena() === null && faultKinds.get(kind)?.requires.includes('arena') === true;
  const impossible = new Set(absent.flatMap(({ kinds }) => kinds));
  const possible = recipes.filter(({ kind }) => !impossible.has(kind) && !arenaOnly(kind));
  if (possible.length === 0) throw new RunError('machine-lacks', absent.map(absentText).join('\n'));
  const left = recipes.filter((recipe) => !possible.includes(recipe)).map(({ kind }) => kind);
  if (left.length > 0)
    progress({
      kind: 'notice',
      message: `this machine, or this environment, cannot do ${left.join(', ')}: these kinds are not drawn`,
    });
  return possible;
}

/** One line for each run, for readers who want to know what was tried. */
function logLine({ schedule, trial, purpose }: Extract<ExplorerEvent, { kind: 'played' }>): string {
  const { broken, discounted, acked, faults } = trial;
  const evidence = faults.map((fault) => ({
    id: fault.plan.id,
    verified: fault.verified && fault.injectedAtUs !== null,
    evidence: fault.evidence,
  }));
  return documentLine({ purpose, seed: schedule.seed, schedule: stepsOf(schedule), broken, discounted, acked, faults: evidence });
}
