/**
 * Whether the generator kept up: only then does what it measured describe the server. Pure.
 *
 * In: the workers' reports, interval by interval. Out: what spoilt the measurement, in words; nothing if all was well.
 */

import { MAX_WORKER_CPU } from '../../../evidence/measure/generator-limits.ts';
import type { WorkerProgress } from '../../load/worker-protocol.ts';

export type GeneratorInterval = Pick<WorkerProgress, 'worker' | 'fromUs' | 'toUs' | 'eventLoopDelayUs' | 'cpu'>;

export interface GeneratorLimits {
  readonly lagP99Ms: number;
  /** Length of the load: only intervals within it count. */
  readonly durationMs: number;
}

/** `lagP99Us` is over the whole load, from the merged histograms. */
export function generatorInvalidity(
  intervals: readonly GeneratorInterval[],
  lagP99Us: number,
  { lagP99Ms, durationMs }: GeneratorLimits,
): string[] {
  const reasons: string[] = [];
  if (lagP99Us > lagP99Ms * 1000) {
    reasons.push(
      `the generator could not keep up: p99 of its lag was ${ms(lagP99Us)}, the limit is ${lagP99Ms} ms (limits.lag); lower the rate, or give it more workers or cores`,
    );
  }
  const loaded = intervals.filter(({ fromUs, toUs }) => fromUs >= 0 && toUs <= durationMs * 1000 + 500_000);
  for (const worker of new Set(loaded.map((interval) => interval.worker))) {
    const own = loaded.filter((interval) => interval.worker === worker);
    const cpu = own.reduce((sum, interval) => sum + interval.cpu, 0) / own.length;
    if (cpu > MAX_WORKER_CPU) {
      reasons.push(
        `worker ${worker} used ${Math.round(cpu * 100)}% of a core on average; above ${MAX_WORKER_CPU * 100}% it measures itself`,
      );
    }
    // The median interval: a reconnect storm may stall one second of a worker, but a machine that is too small stalls most of them.
    const delay = median(own.map((interval) => interval.eventLoopDelayUs.p99));
    if (delay > lagP99Ms * 1000) {
      reasons.push(
        `worker ${worker}'s event loop was late by ${ms(delay)} at p99 in half of all seconds; the limit is ${lagP99Ms} ms`,
      );
    }
  }
  return reasons;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(1)} ms`;
}
