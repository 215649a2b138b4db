/** The machine's monotonic clock, the same for every process on it: workers and conductor can compare times directly. */

/** Microseconds since an arbitrary point, the same for all processes of this machine (CLOCK_MONOTONIC). */
export function monotonicUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + nanoseconds / 1e3;
}
