/** The value of `--blocks`. */
import { InvalidArgumentError } from 'commander';
import { MAX_BLOCKS } from '../../studies/compare/looks.ts';

/** Parses a whole number from `least` to the maximum of a comparison; throws InvalidArgumentError for anything else. */
export function blockCount(least = 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > MAX_BLOCKS)
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${MAX_BLOCKS}.`);
    return value;
  };
}
