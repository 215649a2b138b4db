/** Offenders in words, for people: the first few of each property. Pure. */
import { type Attempts, SENDER_UNKNOWN } from './observations.ts';

/** Maximum offenders kept for each property, and how many of these with everything else that is known about them. */
const EVIDENCE_LIMIT = 10;
const OFFENDERS_LIMIT = 3;

export interface Evidence {
  readonly property: string;
  readonly message: string;
}

/** One of the first offenders, with where to look: sessions, sequence numbers and times. */
export interface Offender extends Evidence {
  readonly detail: string;
}

export class EvidenceList {
  readonly #found: Evidence[] = [];
  readonly #offenders: Offender[] = [];
  readonly #kept = new Map<string, number>();

  /** `words` and `detail` are called only while there is room. */
  add(property: string, words: () => string, detail: () => string = () => ''): void {
    const kept = this.#kept.get(property) ?? 0;
    if (kept >= EVIDENCE_LIMIT) return;
    this.#kept.set(property, kept + 1);
    const message = words();
    this.#found.push({ property, message });
    if (kept < OFFENDERS_LIMIT) this.#offenders.push({ property, message, detail: detail() });
  }

  offenders(): Offender[] {
    return this.#offenders;
  }

  all(): Evidence[] {
    return this.#found;
  }
}

export function userText(user: number): string {
  return user === SENDER_UNKNOWN ? 'somebody unknown' : `u${user}`;
}

/** ` on d1`; nothing if users have one device. */
export function deviceText(device: number, devices: number): string {
  return devices === 1 ? '' : ` on d${device}`;
}

/** `message 17 of u3 to u9`. */
export function messageText(attempts: Attempts, row: number): string {
  return `message ${attempts.id[row]} of ${userText(attempts.sender[row] as number)} to ${userText(attempts.recipient[row] as number)}`;
}

/** `3.214 s`. */
export function timeText(us: number): string {
  return `${(us / 1e6).toFixed(3)} s`;
}
