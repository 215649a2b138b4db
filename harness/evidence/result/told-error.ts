/** Errors whose messages are for people, and what is printed for any other error. Pure. */
import { errorText } from './printable.ts';
import { systemErrorText } from './system-error.ts';

/**
 * Its message is printed unchanged: place, value and what is wrong, and on the lines after it what would be right. Foreign text in it was
 * made one line where it was thrown (errorText, outsideText).
 */
export abstract class ToldError extends Error {}

/** Its own words if they are for people; for any other error `failed` and one line: `the run failed: ...`. */
export function toldText(error: unknown, failed: string): string {
  return error instanceof ToldError ? error.message : `${failed}: ${systemErrorText(error) ?? errorText(error)}`;
}
