/** Errors that are for people, and what is said of any error. Pure. */
import { errorText } from './printable.ts';
import { systemErrorText } from './system-error.ts';

/**
 * Its message is printed as it stands: place, value and what is wrong, and on the lines after it what would be right. Words of others in it were
 * made one line where it was thrown (errorText, outsideText).
 */
export abstract class ToldError extends Error {}

/** Its own words where they are for people; of any other error `failed` and one line: `the run failed: ...`. */
export function toldText(error: unknown, failed: string): string {
  return error instanceof ToldError ? error.message : `${failed}: ${systemErrorText(error) ?? errorText(error)}`;
}
