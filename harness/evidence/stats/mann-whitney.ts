/** Whether two columns of unpaired values differ. Pure. */
import { normalUpper } from './normal.ts';

export interface RankSum {
  /** Pairs in which the value of `a` is the greater; equal ones count half. */
  readonly u: number;
  /** Two-sided: exact if there are no ties and the smaller column has at most 8 values; otherwise the normal approximation. */
  readonly p: number;
  /** Probability that a value of `a` is greater than one of `b`, with equal ones counted half: 0.5 if they do not differ. */
  readonly superiority: number;
}

/** As SciPy's method="auto": larger columns, and ties, are approximated. */
const EXACT_UP_TO = 8;

/**
 * Mann and Whitney (1947), "On a test of whether one of two random variables is stochastically larger than the other". The approximation
 * has the corrections for ties and continuity, as SciPy's mannwhitneyu.
 * @throws RangeError for an empty column or a value that is no number.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): RankSum {
  if (a.length === 0 || b.length === 0) throw new RangeError('two columns with a value or more each');
  const odd = [...a, ...b].find((value) => Number.isNaN(value));
  if (odd !== undefined) throw new RangeError('values are numbers');
  const all = [...a.map((value) => ({ value, ofA: true })), ...b.map((value) => ({ value, ofA: false }))];
  all.sort((one, other) => one.value - other.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    let ofA = 0;
    for (; to < all.length && all[to]?.value === all[from]?.value; to++) if (all[to]?.ofA) ofA++;
    const size = to - from;
    rankSum += ofA * (from + 1 + (size - 1) / 2);
    ties += size ** 3 - size;
    from = to;
  }
  const pairs = a.length * b.length;
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const exact = ties === 0 && Math.min(a.length, b.length) <= EXACT_UP_TO;
  const high = Math.max(u, pairs - u);
  const upper = exact ? exactUpper(a.length, b.length, high) : approximateUpper(a.length, b.length, high, ties);
  return { u, p: Math.min(1, 2 * upper), superiority: u / pairs };
}

/** P(U >= u) when all orders are equally likely. Counts by U's recurrence on which column holds the greatest value. */
function exactUpper(m: number, n: number, u: number): number {
  // ways[i][j][k]: orders of i values of a and j of b with U = k.
  let rows = Array.from({ length: n + 1 }, () => [1]);
  for (let i = 1; i <= m; i++) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= n; j++) {
      const ways = new Array<number>(i * j + 1).fill(0);
      // The greatest value is from a: it beats all j of b.
      for (const [k, count] of (rows[j] as number[]).entries()) ways[k + j] = (ways[k + j] as number) + count;
      // The greatest value is from b.
      for (const [k, count] of (next[j - 1] as number[]).entries()) ways[k] = (ways[k] as number) + count;
      next.push(ways);
    }
    rows = next;
  }
  const ways = rows[n] as number[];
  const all = ways.reduce((sum, count) => sum + count, 0);
  return ways.slice(u).reduce((sum, count) => sum + count, 0) / all;
}

function approximateUpper(m: number, n: number, u: number, ties: number): number {
  const all = m + n;
  const variance = ((m * n) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance === 0) return 1;
  return normalUpper((u - (m * n) / 2 - 0.5) / Math.sqrt(variance));
}
