/** The values of options, as commander has them parsed: each function throws InvalidArgumentError for what cannot be meant. */
import { InvalidArgumentError } from 'commander';
import { parseDurationMs } from '../../plan/scenario/units.ts';

const MAX_PORT = 65_535;

/** Gives a parser of whole numbers from `least` to `most`; `right` says what they are, where that is not plain. */
export function wholeNumber(
  least: number,
  most: number,
  right = `It is a whole number from ${least} to ${most}.`,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(right);
    return value;
  };
}

/** A port, or 0 for one that is free. */
export const port = wholeNumber(0, MAX_PORT, `A port is a whole number from 0 (any free port) to ${MAX_PORT}.`);

/** Milliseconds, of a duration above 0. */
export function duration(text: string): number {
  const parsed = parseDurationMs(text);
  if (!parsed.ok) throw new InvalidArgumentError(`It ${parsed.message}.`);
  if (parsed.value < 1) throw new InvalidArgumentError('It must be above 0, like 10m.');
  return parsed.value;
}

/** Of an option that may be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
