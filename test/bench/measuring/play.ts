/** One run with somebody looking on, or nobody, as a line of the recording. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../../../harness/evidence/result/result.ts';
import { plan } from '../../../harness/front/library/plan.ts';
import { playPlan } from '../../../harness/front/library/play-plan.ts';
import { type Arm, optionsOf, TELLING } from './arms.ts';
import type { Follow, Seen } from './onlooker.ts';

export const SCENARIO = 'compare';
/** Long enough that what happens once a second happens some times. */
export const OVERRIDES: readonly string[] = ['load.duration=5s', 'load.warmUp=1s'];

/** In microseconds each; null where it was not measured. */
export interface Values {
  /** CPU of the nodes, for one acknowledged message. */
  readonly server: number | null;
  /** CPU of the load workers, for one message. */
  readonly workers: number | null;
  /** CPU of the process that conducts the run and holds the onlookers, from the beginning of the load to its end, for one message. */
  readonly conductor: number | null;
  readonly 'response p50': number | null;
  readonly 'response p99': number | null;
  readonly 'lag p99': number | null;
}
export const VALUES = [
  'server',
  'workers',
  'conductor',
  'response p50',
  'response p99',
  'lag p99',
] as const satisfies (keyof Values)[];

export interface Played {
  readonly at: string;
  readonly values: Values;
  /** Why the run is no evidence; null when it is. */
  readonly invalid: string | null;
}

/** Whoever looks on from outside; a process of its own until `end`. */
export interface Onlooker {
  readonly receiver: string;
  readonly child: ChildProcess;
}

export async function startOnlooker(): Promise<Onlooker> {
  const child = fork(fileURLToPath(new URL('./onlooker.ts', import.meta.url)));
  const [{ receiver }] = (await once(child, 'message')) as [Seen];
  return { receiver, child };
}

/** @throws what a run throws that cannot be played, and the signal's reason. */
export async function play(arm: Arm, seed: number, { receiver, child }: Onlooker, signal: AbortSignal): Promise<Played> {
  const outDir = join('runs', `bench-measuring-${process.pid}`);
  const planned = await plan(SCENARIO, { set: OVERRIDES, seed });
  let began: NodeJS.CpuUsage | null = null;
  let conductorUs: number | null = null;
  try {
    const { result } = await playPlan(planned, {
      ...optionsOf(arm, receiver),
      outDir,
      signal,
      onProgress: (event) => {
        if (event.kind === 'watching' && (arm === 'prometheus' || arm === 'live'))
          child.send({ as: arm, url: event.url } satisfies Follow);
        if (event.kind !== 'phase') return;
        if (event.phase === 'load') began = process.cpuUsage();
        if (event.phase !== 'drain' || began === null) return;
        const { user, system } = process.cpuUsage(began);
        conductorUs = user + system;
      },
    });
    const pieces = await leaveOff(child);
    const unseen = TELLING.includes(arm) !== pieces > 0 ? [`an onlooker of ${arm} saw ${pieces} pieces`] : [];
    const reasons = [...(result.verdict === 'pass' ? [] : [result.verdict, ...result.reasons]), ...unseen];
    return {
      at: result.startedAt,
      values: valuesOf(result, conductorUs),
      invalid: reasons.length === 0 ? null : reasons.join('; '),
    };
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** How much was seen of the run. */
async function leaveOff(child: ChildProcess): Promise<number> {
  child.send({ as: 'nobody' } satisfies Follow);
  const [{ pieces }] = (await once(child, 'message')) as [Seen];
  return pieces;
}

function valuesOf({ cpu, load, latency }: Result, conductorUs: number | null): Values {
  return {
    server: cpu.serverUsPerMessage,
    workers: load.ratePerSecond && cpu.workers !== null ? (cpu.workers * 1e6) / load.ratePerSecond : null,
    conductor: conductorUs === null || !load.sent ? null : conductorUs / load.sent,
    'response p50': latency.response?.p50Us ?? null,
    'response p99': latency.response?.p99Us ?? null,
    'lag p99': load.lagUs?.p99 ?? null,
  };
}
