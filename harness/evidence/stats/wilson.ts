/** An interval for a share: how often a schedule reproduces, how many messages fail. Pure. */
import { normalQuantile } from './normal.ts';

export interface ShareInterval {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval, without continuity correction: Wilson (1927), "Probable inference, the law of succession, and statistical
 * inference". Sensible for few trials, and for none or all successes.
 * @throws RangeError unless 0 <= successes <= trials, both whole, trials above 0.
 */
export function wilsonInterval(successes: number, trials: number, confidence = 0.95): ShareInterval {
  if (!Number.isInteger(successes) || !Number.isInteger(trials) || trials < 1 || successes < 0 || successes > trials) {
    throw new RangeError(`successes of trials as whole numbers, not ${successes} of ${trials}`);
  }
  const z = normalQuantile((1 + confidence) / 2);
  const share = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (share + z ** 2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  return { share, low: successes === 0 ? 0 : centre - half, high: successes === trials ? 1 : centre + half };
}
