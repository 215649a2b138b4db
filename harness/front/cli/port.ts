/** The value of an option that is a port. */
import { InvalidArgumentError } from 'commander';

const MAX_PORT = 65_535;

/** Parses a valid port number, or 0 for any free port; throws InvalidArgumentError for anything else. */
export function port(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > MAX_PORT)
    throw new InvalidArgumentError(`A port is a whole number from 0 (any that is free) to ${MAX_PORT}.`);
  return value;
}
