/** Corrects p-values when many hypotheses were tested. Pure. */

/**
 * Adjusted p-values in the given order: rejecting those at or below alpha errs at most once in 1/alpha times over all of them together,
 * whatever they have to do with each other. Holm (1979), "A simple sequentially rejective multiple test procedure".
 * @throws RangeError for a p-value outside 0 to 1.
 */
export function holm(ps: readonly number[]): number[] {
  checkAll(ps);
  const adjusted = new Array<number>(ps.length);
  let highest = 0;
  for (const [rank, index] of ascending(ps).entries()) {
    highest = Math.max(highest, Math.min(1, (ps.length - rank) * (ps[index] as number)));
    adjusted[index] = highest;
  }
  return adjusted;
}

function ascending(ps: readonly number[]): number[] {
  return ps.map((_, index) => index).sort((a, b) => (ps[a] as number) - (ps[b] as number));
}

function checkAll(ps: readonly number[]): void {
  const odd = ps.find((p) => !(p >= 0 && p <= 1));
  if (odd !== undefined) throw new RangeError(`a p-value is from 0 to 1, not ${odd}`);
}
