/** An error rate spent over several looks at the same growing evidence. Pure. */

/**
 * The error that each look may spend, so that all together err by at most alpha (Bonferroni's inequality): this is the price of looking
 * early.
 * @throws RangeError unless alpha is above 0 and below 1 and the shares are above 0 and sum to 1.
 */
export function splitAlpha(alpha: number, shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`an error rate is above 0 and below 1, not ${alpha}`);
  if (shares.length === 0 || shares.some((share) => !(share > 0)) || Math.abs(total - 1) > 1e-9) {
    throw new RangeError(`shares above 0 that sum to 1, not ${shares.join(', ')}`);
  }
  return shares.map((share) => alpha * share);
}
