/**
 * Values that no code knows: each run of the tests draws its own. A failure names the seed, and CALIBRATION_SEED=n draws the same again.
 */
import { randomInt } from 'node:crypto';
import { Random } from '../../harness/evidence/stats/random.ts';

export const DRAWN_SEED = Number(process.env.CALIBRATION_SEED ?? randomInt(1, 2 ** 31));

/** For the message of an expectation. */
export const DRAWN = `CALIBRATION_SEED=${DRAWN_SEED}`;

/** A whole number from `low` to `high`, both included; the same for the same seed and name. */
export function drawn(name: string, low: number, high: number): number {
  return low + new Random(DRAWN_SEED, name, 0).below(high - low + 1);
}
