/** The users of a run are numbered from 0; on the wire number 7 is called `u7`, its only device `d0`. */
import { SENDER_UNKNOWN } from '../ledger/observations.ts';

export const DEVICE = 'd0';

export function userName(index: number): string {
  return `u${index}`;
}

const LETTER_U = 117;
const DIGIT_0 = 48;

/** The number of the user called `name`, or SENDER_UNKNOWN when that is no user below `users`. */
export function userIndex(name: string, users: number): number {
  if (name.length < 2 || name.length > 10 || name.charCodeAt(0) !== LETTER_U) return SENDER_UNKNOWN;
  let index = 0;
  for (let i = 1; i < name.length; i++) {
    const digit = name.charCodeAt(i) - DIGIT_0;
    // A leading zero would give one user two names.
    if (digit < 0 || digit > 9 || (digit === 0 && i === 1 && name.length > 2)) return SENDER_UNKNOWN;
    index = index * 10 + digit;
  }
  return index < users ? index : SENDER_UNKNOWN;
}
