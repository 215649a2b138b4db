/** Plays a recorded schedule repeatedly against one warm cluster: how often does it fail, and how certain is that? */

import { join } from 'node:path';
import { MAX_REPLAY_TRIALS, REPLAY_SCHEMA, type ReplayResult } from '../../evidence/result/exploration.ts';
import { documentText } from '../../evidence/result/printable.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { availableTarget, requireOfMachine } from '../../run/conductor/available-target.ts';
import { Neighbours } from '../../run/conductor/neighbours.ts';
import { deployedTarget } from '../../run/conductor/result/result-parts.ts';
import { openRunJournal } from '../../run/conductor/run-journal.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';
import { stepsOf } from './exploration-log.ts';
import { REPLAY_FILE } from './finished-exploration.ts';
import { reproductionOf } from './reproduce.ts';
import type { Trial } from './trial.ts';
import { WarmCluster } from './warm-cluster.ts';

export interface ReplayOptions {
  readonly plan: Plan;
  /** Runs that must count. */
  readonly times: number;
  /** Folder for replay.json, for logs, and for the deployment's data, which is removed at the end. */
  readonly folder: string;
  /** Command line of this replay, for the record. */
  readonly reproduce: string;
  readonly signal: AbortSignal;
  /** After each run; the first is number 1. */
  onTrial(number: number, trial: Trial): void;
  onNotice(message: string): void;
}

/**
 * Plays the plan's load and faults `times` times, each time with the same seed and with users that are new to the server.
 * @throws RunError if the target cannot run here, and what it throws if it cannot be started; nothing for an interruption.
 */
export async function replay({
  plan,
  times,
  folder,
  reproduce,
  signal,
  onTrial,
  onNotice,
}: ReplayOptions): Promise<ReplayResult> {
  const target = await availableTarget(plan.target.use);
  await requireOfMachine(plan.faults);
  const journal = openRunJournal(folder, onNotice);
  const neighbours = new Neighbours({
    what: `replay ${plan.scenario.name}`,
    folder,
    isMeasuring: () => false,
    onSeen: ({ what, folder: where }) =>
      onNotice(`another run of letitcrash is active on this machine (${what} in ${where}): this one spoils its figures`),
  });
  const cluster = new WarmCluster({ target, plan, folder, journal, possibleFaults: plan.faults, signal, onNotice });
  const killNow = (): void => cluster.killNow();
  process.once('exit', killNow);
  const startedAt = new Date();
  const beganMs = performance.now();
  const discounted: string[] = [];
  const trials: ReplayResult['trials'] = [];
  const broken = new Map<string, number>();
  let evidence: readonly string[] = [];
  let runs = 0;
  const attempt = async (): Promise<boolean | null> => {
    let trial: Trial;
    try {
      trial = await cluster.play({ seed: plan.seed, faults: plan.faults });
    } catch (error) {
      if (!signal.aborted) throw error;
      return null;
    }
    runs += 1;
    onTrial(runs, trial);
    if (trials.length < MAX_REPLAY_TRIALS)
      trials.push({ discounted: trial.discounted, broken: [...trial.broken], acked: trial.acked });
    if (trial.discounted !== null) {
      discounted.push(trial.discounted);
      return null;
    }
    for (const property of trial.broken) broken.set(property, (broken.get(property) ?? 0) + 1);
    if (trial.broken.length > 0) evidence = trial.evidence;
    return trial.broken.length > 0;
  };
  try {
    const reproduction = await reproductionOf(times, attempt, () => !signal.aborted);
    const { facts } = cluster;
    const result: ReplayResult = {
      schema: REPLAY_SCHEMA,
      scenario: plan.scenario.name,
      seed: plan.seed,
      reproduction,
      discounted,
      broken: Object.fromEntries(broken),
      evidence: [...evidence],
      interrupted: signal.aborted,
      startedAt: startedAt.toISOString(),
      durationMs: performance.now() - beganMs,
      target: facts === null ? null : deployedTarget(plan, facts),
      users: plan.users,
      loadMs: plan.load.durationMs,
      schedule: stepsOf({ seed: plan.seed, faults: plan.faults }),
      trials,
      reproduce,
    };
    await writeWhole(join(folder, REPLAY_FILE), `${documentText(result)}\n`);
    return result;
  } finally {
    neighbours.end();
    await cluster.stop();
    journal.close();
    process.off('exit', killNow);
  }
}
