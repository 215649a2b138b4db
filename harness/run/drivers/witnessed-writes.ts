/**
 * Whether what a driver says it sent was given to its socket: now and then one send is checked, by the number of bytes that the socket of
 * the session counts as written before it and a moment later. A driver whose sockets belong to another process cannot be checked.
 */
import type { Socket } from 'node:net';
import type { Session } from '../../contracts/driver.ts';
import { ownSockets } from './own-sockets.ts';

/** One send in this many is checked, beginning with the first. */
const EVERY = 16;
/** Longer than a turn of the event loop; and the number of checks, in case this process did not run for a while. */
const LATER_MS = 20;
const LATER_LOOKS = 3;
const MAX_PENDING = 256;
/** The list of the process's sockets is refreshed at most this often: it is as long as there are users. */
const LIST_EVERY_MS = 1_000;

export interface Witness {
  readonly socket: Socket;
  readonly writtenBytes: number;
}

interface Pending extends Witness {
  readonly dueMs: number;
  /** This many checks must have begun by then: a check may come before the turn of the send is over. */
  readonly dueLook: number;
  readonly example: () => string;
}

export class WitnessedWrites {
  readonly #broke: (example: () => string) => void;
  #sends = 0;
  #looks = 0;
  #sockets: ReadonlyMap<string, Socket> = new Map();
  #listedMs = Number.NEGATIVE_INFINITY;
  #nowMs = 0;
  #pending: Pending[] = [];

  /** `broke` is called for a send that wrote nothing. */
  constructor(broke: (example: () => string) => void) {
    this.#broke = broke;
  }

  /** Before a send; null if this one is not checked. */
  before(session: Pick<Session, 'link'>): Witness | null {
    if (this.#sends++ % EVERY !== 0 || this.#pending.length >= MAX_PENDING) return null;
    const socket = this.#socketOf(session);
    return socket === null ? null : { socket, writtenBytes: socket.bytesWritten };
  }

  /** The send reported that it accepted the message. */
  after(witness: Witness, example: () => string): void {
    this.#pending.push({ ...witness, dueMs: this.#nowMs + LATER_MS, dueLook: this.#looks + LATER_LOOKS, example });
  }

  /** Makes the checks that are due, at this time of the driver's clock. */
  look(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#looks += 1;
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      if (next.dueMs > nowMs || next.dueLook > this.#looks) return;
      const { socket, writtenBytes, example } = this.#pending.shift() as Pending;
      // A connection that is gone may have gone before its turn was over.
      if (!socket.destroyed && socket.writable && socket.bytesWritten === writtenBytes) this.#broke(example);
    }
  }

  #socketOf(session: Pick<Session, 'link'>): Socket | null {
    let key: string;
    try {
      const { link } = session;
      if (link === null) return null;
      key = `${link.local} ${link.remote}`;
    } catch {
      return null;
    }
    if (!this.#sockets.has(key) && this.#nowMs - this.#listedMs >= LIST_EVERY_MS) {
      this.#listedMs = this.#nowMs;
      this.#sockets = ownSockets();
    }
    return this.#sockets.get(key) ?? null;
  }
}
