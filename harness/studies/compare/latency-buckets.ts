/** Response times of a run in buckets of one per cent: small enough to keep for every run, and counts can be pooled. Pure. */

/** Distance of neighbouring buckets, as a logarithm. */
const WIDTH = 0.01;

/** Bucket number to count; sparse, in order. */
export type LatencyBuckets = readonly (readonly [bucket: number, count: number])[];

/** Values below a microsecond count as one. */
export function bucketsOf(valuesUs: ArrayLike<number>): LatencyBuckets {
  const counts = new Map<number, number>();
  for (let at = 0; at < valuesUs.length; at++) {
    const bucket = Math.floor(Math.log(Math.max(1, valuesUs[at] as number)) / WIDTH);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/** Counts of all runs together, dense from bucket 0. Percentiles are taken from the sum, never averaged. */
export function pooled(runs: readonly LatencyBuckets[]): Float64Array {
  const last = Math.max(-1, ...runs.map((buckets) => buckets.at(-1)?.[0] ?? -1));
  const counts = new Float64Array(last + 1);
  for (const buckets of runs) for (const [bucket, count] of buckets) counts[bucket] = (counts[bucket] as number) + count;
  return counts;
}

/** Microseconds at each of the ascending percentiles: the middle of the bucket in which it lies. Empty without a value. */
export function percentilesOf(counts: Float64Array, percentiles: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return [];
  let bucket = 0;
  let below = counts[0] as number;
  return percentiles.map((percentile) => {
    const rank = Math.max(1, Math.ceil((percentile / 100) * total));
    while (below < rank && bucket < counts.length - 1) {
      bucket += 1;
      below += counts[bucket] as number;
    }
    return Math.exp((bucket + 0.5) * WIDTH);
  });
}
