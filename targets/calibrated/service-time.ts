/** Seeded service times from the exponential distribution, by inversion. */

/** A generator of milliseconds with mean `meanMs`; the same seed gives the same times. */
export function exponentialTimes(meanMs: number, seed: number): () => number {
  const unit = mulberry32(seed);
  return () => -meanMs * Math.log(1 - unit());
}

/** Tommy Ettinger's mulberry32: 32 bits of state, numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
