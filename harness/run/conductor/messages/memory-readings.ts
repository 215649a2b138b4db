/**
 * Reads the servers' memory: at plateaus while everybody connects and, after the drain, each time that everybody has left.
 *
 * In: a deployment, and a pool whose users can be told to come and go. Out: the readings, from which memory-per-connection.ts computes.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../../../../targets/target.ts';
import type { DeliveryReport } from '../../../evidence/ledger/judge.ts';
import { monotonicUs } from '../../../evidence/measure/clock.ts';
import { measurePlateau, type Plateau } from '../../../evidence/measure/plateau.ts';
import { plural } from '../../../evidence/result/format.ts';
import type { Result } from '../../../evidence/result/result.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import type { WorkerPool, WorkerPoolOptions } from '../../load/worker-pool.ts';
import { firstIdOf, folderOfRound, playLoadedRound, roundLoad } from './loaded-round.ts';

/** Fewer connections than this say nothing about the memory of one connection. */
const MIN_CONNECTIONS = 100;
const GONE_EVERY_MS = 20;

export interface MemorySubject {
  readonly plan: Plan;
  readonly deployment: Deployment;
  readonly pool: WorkerPool;
  /** Folder for the workers' rows. */
  readonly observations: string;
  /** Everybody leaves, and connects again when asked to, with this load if there is one. */
  readonly renew: (round?: Pick<WorkerPoolOptions, 'load' | 'firstId' | 'folder'>) => Promise<void>;
  readonly signal: AbortSignal;
  /** Aborted if plateaus or rounds should end early; those that were read are kept. */
  readonly early: AbortSignal;
  readonly tell: (message: string) => void;
}

export interface Ascent {
  readonly plateaus: readonly Plateau[];
  /** Everybody had come and left once before. */
  readonly rehearsed: boolean;
}

/**
 * Brings everybody online, resting at plateaus, or without resting if there are too few users. `onReading` is called for each plateau that was
 * read: from the first one on there is something to keep, and an early end cuts the ascent short.
 */
export async function connectByPlateaus(subject: MemorySubject, onReading: () => void): Promise<Ascent> {
  const { plan, deployment } = subject;
  const { memory } = plan;
  const all = subject.pool.connections;
  if (all < MIN_CONNECTIONS) {
    await connect(subject, all);
    return { plateaus: [], rehearsed: false };
  }
  const rehearsed = memory.rehearse && (await givesPagesBack(deployment));
  if (memory.rehearse && !rehearsed) {
    subject.tell('No rehearsal: the server cannot be asked to give back unused memory, so the first connections are measured');
  }
  if (rehearsed) {
    subject.tell(
      `Rehearsing: ${plural(plan.users, 'user connects', 'users connect')} and ${plan.users === 1 ? 'leaves' : 'leave'} once, so that one-time costs are not measured`,
    );
    await connect(subject, all);
    await everybodyLeaves(subject);
  }
  const plateaus: Plateau[] = [];
  for (let step = 0; step < memory.plateaus && !subject.early.aborted; step++) {
    const connections = Math.round((all * step) / (memory.plateaus - 1));
    const plateau = await untilEarly(subject, (signal) => plateauOf(subject, connections, signal));
    if (plateau === null) continue;
    plateaus.push(plateau);
    onReading();
  }
  return { plateaus, rehearsed };
}

async function plateauOf(subject: MemorySubject, connections: number, signal: AbortSignal): Promise<Plateau | null> {
  if (connections > 0) await connect(subject, connections);
  return measurePlateau(subject.deployment, { connections, settleMs: subject.plan.memory.settleMs, signal });
}

/** What comes of it, or null when it is to end early before anything does: what is still under way then is of no use to anybody. */
async function untilEarly<Found>(
  { signal, early }: MemorySubject,
  action: (signal: AbortSignal) => Promise<Found>,
): Promise<Found | null> {
  const ended = Promise.withResolvers<null>();
  const end = (): void => ended.resolve(null);
  early.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([action(AbortSignal.any([signal, early])), ended.promise]);
  } finally {
    early.removeEventListener('abort', end);
  }
}

/**
 * A process that keeps the pages of the users who left has room for those who come back: a second ascent would cost it nothing. Only a
 * process that can be asked to collect its garbage is known to give them back.
 */
async function givesPagesBack({ nodes }: Deployment): Promise<boolean> {
  const answers = await Promise.all(nodes.map((node) => node.introspect({ collectGarbage: true })));
  return answers.every((answer) => answer !== null);
}

export interface EmptyRounds {
  readonly readings: Result['memory']['rounds'];
  /** What the ledger says about each round with messages. */
  readonly deliveries: readonly DeliveryReport[];
}

/**
 * After the drain: everybody leaves, the empty server is read, everybody connects again, and so on; then as many further rounds in which
 * they send messages before they leave.
 */
export async function emptyRounds(subject: MemorySubject): Promise<EmptyRounds> {
  const { memory, limits } = subject.plan;
  const all = subject.pool.connections;
  const loaded = memory.messagesPerRound === 0 ? 0 : memory.rounds;
  const readings: Result['memory']['rounds'] = [];
  const deliveries: DeliveryReport[] = [];
  let messages = 0;
  for (let round = 0; round < memory.rounds + loaded && !subject.early.aborted; round++) {
    const carries = round >= memory.rounds;
    subject.tell(
      `${carries ? `Sending ${plural(memory.messagesPerRound, 'message')} and reading` : 'Reading'} the empty server, ${round + 1} of ${memory.rounds + loaded}`,
    );
    const folder = carries ? await folderOfRound(subject.observations, round) : null;
    if (folder !== null) {
      await subject.renew({ load: roundLoad(subject.plan), firstId: firstIdOf(round), folder });
    }
    if (round > 0) await connect(subject, all);
    if (folder !== null) {
      const delivery = await playLoadedRound(subject.pool, limits.drainMs, folder, subject.early);
      messages += delivery.acked;
      deliveries.push(delivery);
    }
    await everybodyLeaves(subject);
    if (subject.early.aborted) break;
    const reading = await measurePlateau(subject.deployment, {
      connections: 0,
      settleMs: memory.settleMs,
      signal: subject.signal,
    });
    if (reading !== null) {
      readings.push({ cycled: round * all, messages, pssBytes: reading.pssBytes, heapBytes: reading.heapBytes });
    }
  }
  return { readings, deliveries };
}

async function connect({ pool, plan }: MemorySubject, count: number): Promise<void> {
  await pool.connect(count, plan.load.connectPerSecond, plan.limits.connectMs);
}

/** Resolves when the nodes that count their connections count none; for other nodes, when the users were told. */
async function everybodyLeaves({ renew, deployment, plan, signal }: MemorySubject): Promise<void> {
  await renew();
  const untilUs = monotonicUs() + plan.limits.connectMs * 1000;
  while (monotonicUs() < untilUs) {
    const nodes = await Promise.all(deployment.nodes.map((node) => node.introspect()));
    if (nodes.every((node) => node === null || node.connections === 0)) return;
    await delay(GONE_EVERY_MS, undefined, { signal });
  }
}
