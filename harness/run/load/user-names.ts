/**
 * The users of a run are numbered from 0; on the wire number 7 is called `u7`, and its devices are `d0` and so on. If several runs share a
 * server, each numbers its users differently, so that no mailbox is used twice.
 */
import { SENDER_UNKNOWN } from '../../evidence/ledger/observations.ts';

/** A user's first device, normally its only one. */
export const DEVICE = 'd0';

export function deviceName(device: number): string {
  return `d${device}`;
}

/** Names that can still be read back: nine digits. */
const MAX_NAMES = 1_000_000_000;

export class UserNames {
  readonly #first: number;
  readonly #users: number;

  /** The users of a run, called `u<first>` and on. Throws RangeError when the last number has more than nine digits. */
  constructor(users: number, first = 0) {
    if (first + users > MAX_NAMES) throw new RangeError(`users are numbered up to ${MAX_NAMES - 1}, not to ${first + users - 1}`);
    this.#first = first;
    this.#users = users;
  }

  name(index: number): string {
    return `u${this.#first + index}`;
  }

  /** The number of the user called `name`, or SENDER_UNKNOWN when that is no user of this run. */
  index(name: string): number {
    const index = writtenNumber(name) - this.#first;
    return index >= 0 && index < this.#users ? index : SENDER_UNKNOWN;
  }
}

const LETTER_U = 117;
const DIGIT_0 = 48;

/** NaN for what is not the name of a user. */
function writtenNumber(name: string): number {
  if (name.length < 2 || name.length > 10 || name.charCodeAt(0) !== LETTER_U) return Number.NaN;
  let number = 0;
  for (let i = 1; i < name.length; i++) {
    const digit = name.charCodeAt(i) - DIGIT_0;
    // A leading zero would give one user two names.
    if (digit < 0 || digit > 9 || (digit === 0 && i === 1 && name.length > 2)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
