/**
 * When a user should send, decided in advance and regardless of how the server performs: an open loop within each virtual user, which k6's
 * own executors do not provide. Seeded: the same seed draws the same times.
 */

/** From `fromMs` to `toMs` the rate of all users together changes linearly; rates are per second. */
export interface RatePiece {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/** Numbers from 0 (included) to 1 (excluded): mulberry32. Not for secrets. */
export function randomOf(seed: number, index: number): () => number {
  let state = (seed ^ Math.imul(index + 1, 0x9e3779b1)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * The times at which the integral of one user's share of the rate reaches the next target, in milliseconds; null at the end. Targets of a
 * Poisson process are an exponential distance apart, others are one apart, with the users staggered.
 */
export function arrivalsOf(
  pieces: readonly RatePiece[],
  user: number,
  users: number,
  poisson: (() => number) | null,
): () => number | null {
  const gap = (): number => (poisson === null ? 1 : -Math.log(1 - poisson()));
  let target = poisson === null ? (user + 0.5) / users : gap();
  let before = 0;
  let index = 0;
  return () => {
    for (let piece = pieces[index]; piece !== undefined; piece = pieces[index]) {
      const seconds = (piece.toMs - piece.fromMs) / 1000;
      const [from, to] = [piece.fromPerSecond / users, piece.toPerSecond / users];
      const within = ((from + to) / 2) * seconds;
      const wanted = target - before;
      if (wanted < within) {
        target += gap();
        const slope = (to - from) / seconds;
        const root = Math.sqrt(Math.max(0, from * from + 2 * slope * wanted));
        return piece.fromMs + Math.min(seconds, (2 * wanted) / (from + root)) * 1000;
      }
      before += within;
      index++;
    }
    return null;
  };
}
