/** Whether values lie above a point, from all the ways in which their signs might have fallen. Pure. */

/** The distribution is computed for at most this many values: its counts, up to 2^n, are then exact in doubles but for their last digits. */
const MAX_VALUES = 100;

/**
 * Values whose distances from the point differ by less than this share of their size count as equally far, and a value that is so close
 * counts as equal to it: logarithms of two figures at exactly a margin from each other differ from that of the margin by a rounding error.
 */
const SAME = 1e-12;

/** The sign-flip distribution of a sum of ranks, for values that do not depend on their signs. */
export interface SignedRanks {
  /** Sum of the ranks of the values above the point. */
  readonly above: number;
  /** P(a sum at least as large) when each sign is a fair coin's. */
  readonly upper: number;
  /** P(a sum at most as large). */
  readonly lower: number;
}

/**
 * Wilcoxon's signed ranks of `values - point`, with the exact distribution over all sign flips: Wilcoxon (1945), "Individual comparisons
 * by ranking methods". Equal distances share the mean of their ranks, and the distribution is that of these ranks; a value that equals
 * the point says nothing and is left out.
 * @throws RangeError for no value, more than 100, or a value or a point that is no number.
 */
export function signedRanks(values: readonly number[], point: number): SignedRanks {
  const { distances, slack } = farFrom(values, point);
  const doubled = doubledRanks(distances.map(Math.abs), slack);
  const above = distances.reduce((sum, distance, index) => (distance > 0 ? sum + (doubled[index] as number) : sum), 0);
  const ways = waysToSum(doubled);
  const all = 2 ** doubled.length;
  // Beyond 53 values the counts are rounded.
  const share = (from: number, to: number): number => Math.min(1, sum(ways, from, to) / all);
  return { above: above / 2, upper: share(above, ways.length - 1), lower: share(0, above) };
}

/** The distances from the point of the values that do not lie at it, and their places; what differs by no more than `slack` counts as equal. */
export function farFrom(
  values: readonly number[],
  point: number,
): { readonly distances: readonly number[]; readonly places: readonly number[]; readonly slack: number } {
  checked(values);
  if (!Number.isFinite(point)) throw new RangeError(`a point is a number, not ${point}`);
  const slack = SAME * Math.max(1, Math.abs(point), ...values.map(Math.abs));
  const places = values.flatMap((value, place) => (Math.abs(value - point) > slack ? [place] : []));
  return { distances: places.map((place) => (values[place] as number) - point), places, slack };
}

/**
 * How many of the 2^n sign flips give each sum of positive ranks; ranks are given doubled, so that means of two are whole. By adding one
 * rank after another: n^3 steps instead of 2^n.
 */
export function waysToSum(doubled: readonly number[]): Float64Array {
  const total = doubled.reduce((all, rank) => all + rank, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let at = reached; at >= rank; at--) ways[at] = (ways[at] as number) + (ways[at - rank] as number);
  }
  return ways;
}

/** Twice the rank of each distance, 1 for the smallest; those that differ by no more than `slack` share the mean. */
export function doubledRanks(distances: readonly number[], slack: number): number[] {
  const order = distances.map((_, index) => index).sort((a, b) => (distances[a] as number) - (distances[b] as number));
  const ranks = new Array<number>(distances.length);
  for (let from = 0; from < order.length; ) {
    const least = distances[order[from] as number] as number;
    let to = from + 1;
    while (to < order.length && (distances[order[to] as number] as number) - least <= slack) to++;
    for (let at = from; at < to; at++) ranks[order[at] as number] = from + 1 + to;
    from = to;
  }
  return ranks;
}

function sum(ways: Float64Array, from: number, to: number): number {
  let all = 0;
  for (let at = from; at <= to; at++) all += ways[at] as number;
  return all;
}

/** @throws RangeError for no value, more than 100, or one that is no number. */
export function checked(values: readonly number[]): void {
  if (values.length === 0 || values.length > MAX_VALUES) {
    throw new RangeError(`1 to ${MAX_VALUES} values, not ${values.length}`);
  }
  const odd = values.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw new RangeError(`values are numbers, not ${odd}`);
}
