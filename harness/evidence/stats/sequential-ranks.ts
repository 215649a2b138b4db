/** Signed ranks that are examined several times while values are added: what a look may still spend, exactly. Pure. */
import { doubledRanks, farFrom, waysToSum } from './signed-rank.ts';

/** An examination of the first `count` values, which ended the comparison where its p-value was at most `alpha`. */
export interface EarlierLook {
  readonly count: number;
  readonly alpha: number;
}

/**
 * P(a sum of ranks above `point` at least as large as this one, and no rejection at the look before) over all sign flips of `values`; compared
 * with the error that this look may spend. Spending the shares of alpha like this, all looks together reject by chance at most as often as the
 * shares sum up to: what a look finds that the one before had found already is not paid for twice (Lan and DeMets, 1983, "Discrete sequential
 * boundaries for clinical trials", with the distribution of the sign flips instead of a normal one). Looks before the last one are charged as
 * if they overlapped with nothing but their predecessor, which can only make the p-value larger.
 *
 * Where earlier looks make no difference, it is the plain p-value: where that is within `alpha` anyway, or beyond the error of all looks.
 * @throws RangeError as `signedRanks` does.
 */
export function sequentialUpper(
  values: readonly number[],
  point: number,
  { earlier, alpha }: { readonly earlier: readonly EarlierLook[]; readonly alpha: number },
): number {
  const { distances, places, slack } = farFrom(values, point);
  const lookOf = (count: number): RankedLook => {
    const signed = distances.slice(0, places.filter((place) => place < count).length);
    return rankedLook(signed, slack);
  };
  const now = lookOf(values.length);
  const plain = shareUpTo(now, now.below);
  const total = earlier.reduce((sum, look) => sum + look.alpha, alpha);
  if (plain <= alpha || plain > total * SLACK) return plain;
  let before: { readonly look: RankedLook; readonly limit: number } | null = null;
  let spent = 0;
  for (const { count, alpha: share } of earlier) {
    const look = lookOf(count);
    // More than this would spend more than there is, even if all that was spent before is found again.
    const most = lastWithin(look, share + spent);
    const both: Float64Array | null = before === null ? null : sharesOfBoth(before.look, before.limit, look, most);
    let limit = most;
    while (limit >= 0 && shareUpTo(look, limit) - (both?.[limit] ?? 0) > share * SLACK) limit--;
    before = { look, limit };
    spent += share;
  }
  if (before === null) return plain;
  const both = sharesOfBoth(before.look, before.limit, now, now.below);
  return plain - (both[now.below] as number);
}

/** A share that is reached but for a rounding error counts as reached. */
const SLACK = 1 + 1e-12;

interface RankedLook {
  /** In the order of the values; twice the ranks if some are tied. */
  readonly ranks: readonly number[];
  /** Sum of the ranks of the values below the point. */
  readonly below: number;
  /** Entry v: share of the sign flips with a sum of at most v. */
  readonly shares: Float64Array;
}

function rankedLook(distances: readonly number[], slack: number): RankedLook {
  const doubled = doubledRanks(distances.map(Math.abs), slack);
  const ranks = doubled.every((rank) => rank % 2 === 0) ? doubled.map((rank) => rank / 2) : doubled;
  const below = distances.reduce((sum, distance, index) => (distance < 0 ? sum + (ranks[index] as number) : sum), 0);
  const shares = waysToSum(ranks);
  let sum = 0;
  for (let at = 0; at < shares.length; at++) {
    sum += shares[at] as number;
    // Beyond 53 values the counts are rounded.
    shares[at] = Math.min(1, sum / 2 ** ranks.length);
  }
  return { ranks, below, shares };
}

function shareUpTo({ shares }: RankedLook, below: number): number {
  return below < 0 ? 0 : (shares[Math.min(below, shares.length - 1)] as number);
}

function lastWithin({ shares }: RankedLook, alpha: number): number {
  const first = shares.findIndex((share) => share > alpha * SLACK);
  return (first < 0 ? shares.length : first) - 1;
}

/** Entry v: share of the sign flips with a sum of at most `limit` at the look before and of at most v at this one, for v up to `most`. */
function sharesOfBoth(before: RankedLook, limit: number, now: RankedLook, most: number): Float64Array {
  const width = most + 1;
  if (width <= 0 || limit < 0) return new Float64Array(Math.max(0, width));
  const ways = new Float64Array((limit + 1) * width);
  ways[0] = 1;
  for (const [index, first] of before.ranks.entries()) {
    const second = now.ranks[index] as number;
    for (let sum = limit; sum >= first; sum--) {
      const [to, from] = [sum * width, (sum - first) * width];
      for (let at = most; at >= second; at--) ways[to + at] = (ways[to + at] as number) + (ways[from + at - second] as number);
    }
  }
  const row = new Float64Array(width);
  for (let sum = 0; sum <= limit; sum++) {
    for (let at = 0; at < width; at++) row[at] = (row[at] as number) + (ways[sum * width + at] as number);
  }
  for (const rank of now.ranks.slice(before.ranks.length)) {
    for (let at = most; at >= rank; at--) row[at] = (row[at] as number) + (row[at - rank] as number);
  }
  let sum = 0;
  for (let at = 0; at < width; at++) {
    sum += row[at] as number;
    row[at] = sum / 2 ** now.ranks.length;
  }
  return row;
}
