/** Series whose neighbours resemble each other: how much, and other series that do so as much. Pure: the randomness is passed in. */

/** Beyond this, a series is hardly told from a random walk, in which everything changes all the time. */
const MOST = 0.95;

/**
 * Correlation of a value with its predecessor that a series may well have: 0 where the estimate lies within a standard error of zero, else
 * the estimate and a standard error, at most 0.95. The level changes at each of `bounds`: deviations are those from the mean of each piece.
 * Since these means follow the values, the plain estimate is too small, by about (1 + 3 r) / n for each of them (Kendall, 1954, "Note on bias
 * in the estimation of autocorrelation"), which is corrected. The standard error is that of a series without any, 1 / sqrt(n).
 */
export function autocorrelation(values: readonly number[], bounds: readonly number[]): number {
  const n = values.length;
  const edges = [0, ...bounds, n];
  const deviations = edges.slice(1).flatMap((to, index) => {
    const piece = values.slice(edges[index], to);
    const mean = meanOf(piece);
    return piece.map((value) => value - mean);
  });
  const squares = deviations.reduce((sum, each) => sum + each ** 2, 0);
  if (!(squares > 0)) return 0;
  let products = 0;
  for (let at = 1; at < n; at++) products += (deviations[at] as number) * (deviations[at - 1] as number);
  const plain = products / squares;
  const estimate = plain + ((bounds.length + 1) * (1 + 3 * Math.max(0, plain))) / n;
  const error = 1 / Math.sqrt(n);
  return estimate <= error ? 0 : Math.min(MOST, estimate + error);
}

/**
 * The same values in a random order if `correlation` is 0; otherwise a first-order autoregressive series of that correlation, made of the
 * reordered steps of this one: what each value has beyond its predecessor's share.
 */
export function reordered(values: readonly number[], correlation: number, random: () => number): number[] {
  if (correlation === 0) return shuffled(values, random);
  const mean = meanOf(values);
  const first = Math.sqrt(1 - correlation ** 2);
  const steps = values.map((value, at) =>
    at === 0 ? first * (value - mean) : value - mean - correlation * ((values[at - 1] as number) - mean),
  );
  let last = 0;
  return shuffled(steps, random).map((step, at) => {
    last = at === 0 ? step / first : correlation * last + step;
    return last;
  });
}

/** Fisher and Yates. */
function shuffled(values: readonly number[], random: () => number): number[] {
  const order = [...values];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const value = order[at] as number;
    order[at] = order[other] as number;
    order[other] = value;
  }
  return order;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
