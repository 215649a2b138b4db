/** The regularised incomplete beta function, and its inverse. Pure. */

const MAX_STEPS = 10_000;
const PRECISION = 1e-15;
const TINY = 1e-300;

/**
 * P(a Beta(a, b) value is at most x): the continued fraction of DiDonato and Morris (1992) in Lentz's form, as in "Numerical recipes",
 * section 6.4. About 13 digits.
 */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MAX_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return front * fraction;
}

/** The x with regularizedBeta(x, a, b) = p, by bisection: exact to the last digits, but slow. */
export function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 200 && high - low > Number.EPSILON * high; step++) {
    const middle = (low + high) / 2;
    if (regularizedBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360] as const;
/** From here on Stirling's series is exact to a double's digits. */
const LARGE = 15;

/** Log of the gamma function, for x above 0: Stirling's series, after moving small arguments up. */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < LARGE; at++) shift += Math.log(at);
  let series = 0;
  let power = at;
  for (const coefficient of STIRLING) {
    series += coefficient / power;
    power *= at * at;
  }
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
