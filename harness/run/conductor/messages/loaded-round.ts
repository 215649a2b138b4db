/**
 * A round of the memory readings with messages: everybody connects and sends, and every message is accounted for before everybody leaves
 * and the server is read. In: a pool whose users have left. Out: what the ledger says about the round.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeliveryReport, judge } from '../../../evidence/ledger/judge.ts';
import type { LoadPlan, Plan } from '../../../plan/scenario/plan.ts';
import { drainEndOf, type WorkerPool } from '../../load/worker-pool.ts';
import { makeFolder } from '../../tools/make-folder.ts';

/** Ids of one user's messages in one round: more than any round or run uses, so that no round repeats an id of an earlier one. */
const IDS_PER_ROUND = 2 ** 32;
/** Counts that add up over rounds. Receipts are not requested in them, and a late redelivery from an earlier round is not a phantom. */
const SUMMED = [
  'attempted',
  'acked',
  'failed',
  'indeterminate',
  'recovered',
  'delivered',
  'expected',
  'lost',
  'duplicatesWire',
  'duplicatesVisible',
  'reordered',
  'misdelivered',
  'corrupted',
  'pending',
] as const satisfies readonly (keyof DeliveryReport)[];

/** The first id of each user's messages in this round; rounds count from 0. */
export function firstIdOf(round: number): number {
  return 1 + (round + 1) * IDS_PER_ROUND;
}

/** The load of a round: the scenario's payloads and contacts at a constant rate, and nobody leaves during it. */
export function roundLoad({ load, memory }: Pick<Plan, 'load' | 'memory'>): LoadPlan {
  return {
    ...load,
    model: { kind: 'constant', ratePerSecond: memory.roundRatePerSecond },
    durationMs: Math.ceil((memory.messagesPerRound / memory.roundRatePerSecond) * 1000),
    warmUpMs: 0,
    churnPerSecond: 0,
    offlineShare: 0,
    readShare: 0,
    receiptShare: 0,
  };
}

/** Plays the messages of a round with the connected users. Its rows are kept in `folder` if a property was broken. */
export async function playLoadedRound(
  pool: WorkerPool,
  drainMs: number,
  folder: string,
  hurry?: AbortSignal,
): Promise<DeliveryReport> {
  await pool.startLoad().handedOut;
  const drain = await pool.drain(drainMs, hurry);
  const report = judge(await pool.finish(drain.drained), drainEndOf(drain));
  if (drain.drained && report.evidence.length === 0) await rm(folder, { recursive: true, force: true });
  return report;
}

/** Makes the folder for the rows of a round. */
export async function folderOfRound(observations: string, round: number): Promise<string> {
  const folder = join(observations, `round-${round + 1}`);
  makeFolder(folder);
  return folder;
}

/** The ledger of a run and of its rounds as one. */
export function withRounds(run: DeliveryReport, rounds: readonly DeliveryReport[]): DeliveryReport {
  const total: DeliveryReport = { ...run, evidence: [...run.evidence] };
  for (const round of rounds) {
    for (const key of SUMMED) total[key] += round[key];
    total.drained &&= round.drained;
    total.unacknowledged = (total.unacknowledged ?? 0) + (round.unacknowledged ?? 0);
    // Users who are named were away in one of them; the rounds have the same users.
    if ((round.away?.users ?? 0) > (total.away?.users ?? 0)) total.away = round.away;
    total.evidence.push(...round.evidence.filter(({ property }) => (SUMMED as readonly string[]).includes(property)));
  }
  return total;
}
