/** Latencies for which another tool reported some figures: milliseconds become microseconds, and what it does not report is null. Pure. */
import type { HttpMeasured } from '../../evidence/result/result.ts';

const US_PER_MS = 1_000;

type HttpLatency = NonNullable<HttpMeasured['latency']>;

/** By percentile, in milliseconds; 0 is the smallest and 100 the largest. Null if there was no sample, or no figure. */
export function toldLatency(percentilesMs: ReadonlyMap<number, number>, count: number | null): HttpLatency | null {
  if (count === 0 || percentilesMs.size === 0) return null;
  const us = (percentile: number): number | null => {
    const ms = percentilesMs.get(percentile);
    return ms === undefined ? null : ms * US_PER_MS;
  };
  return {
    count,
    minUs: us(0),
    p50Us: us(50),
    p90Us: us(90),
    p95Us: us(95),
    p99Us: us(99),
    p999Us: us(99.9),
    maxUs: us(100),
    curve: [...percentilesMs].sort(([a], [b]) => a - b).map(([percentile, ms]): [number, number] => [percentile, ms * US_PER_MS]),
  };
}
