/** A time in words as far as its clock could tell. Plain text, not escaped. */
import { formatUs } from './format.ts';

const US_PER_MS = 1_000;

/** A clock of whole milliseconds reads 0 for what took less than one: `< 1 ms`. */
export function formatResolved(us: number | null, resolutionUs: number): string {
  return us !== null && us < resolutionUs && resolutionUs >= US_PER_MS
    ? `< ${formatUs(resolutionUs).replace(/\.0+ /u, ' ')}`
    : formatUs(us);
}
