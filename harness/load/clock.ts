/**
 * The run's clock: microseconds of the machine's monotonic clock (CLOCK_MONOTONIC on Linux), the same for every process on
 * the machine, so that times of different workers and of the parent can be compared.
 *
 * `performance.now()` reads that same clock without allocating; only its origin is the process's own. The origin is measured
 * once, as the tightest of a few bracketed readings, to within a microsecond.
 */
const ORIGIN_TRIES = 16;

function originUs(): number {
  let bestGap = Number.POSITIVE_INFINITY;
  let best = 0;
  for (let i = 0; i < ORIGIN_TRIES; i++) {
    const before = performance.now();
    const [seconds, nanos] = process.hrtime();
    const after = performance.now();
    if (after - before < bestGap) {
      bestGap = after - before;
      best = seconds * 1e6 + nanos / 1e3 - ((before + after) / 2) * 1e3;
    }
  }
  return best;
}

const ORIGIN_US = originUs();

/** Microseconds of the machine's monotonic clock. */
export function monotonicUs(): number {
  return performance.now() * 1e3 + ORIGIN_US;
}
