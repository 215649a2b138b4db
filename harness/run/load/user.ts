/**
 * One device of a simulated user, normally its only one. It connects, comes back when it was disconnected, sends its messages in order,
 * repeats what was not acknowledged, and acknowledges and reads what arrives. Everything that it observes goes into the observation log.
 *
 * There are thousands in a worker: each owns only what is its own, and is itself the listener of its session. What is said about a user
 * here holds for each device separately: its connection, its cursor, its outbox, and its ids, of which no two devices of a user share one.
 */
import type { Credential } from '../../../targets/target.ts';
import type { Address, ServedBy, Session, SessionEnd, SessionEvents } from '../../contracts/driver.ts';
import { ConnectionEvent, DeliveryFlag, Outcome, Told } from '../../evidence/ledger/observations.ts';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import type { Counts } from './counts.ts';
import type { ObservationLog, Recorded } from './observation-log.ts';
import { Outbox } from './outbox.ts';
import { claimOf, isIntact } from './payload.ts';
import type { UserNames } from './user-names.ts';

/** What the users of a worker share. */
export interface UserHost {
  readonly names: UserNames;
  readonly log: ObservationLog;
  readonly counts: Counts;
  /** Open a connection for `user`, to the entrance `hop` after its own; `redirected`: a server sent it there. */
  connect(user: User, hop: number, redirected: boolean): Session;
  /** The hop that leads `user` to this address, null when the address is not one of this run's. */
  hopTo(user: User, address: Address): number | null;
  /** Call `user.retry(ticket)` after the backoff for `tries`. */
  retryLater(user: User, ticket: number, tries: number, retry: Exclude<SessionEnd['retry'], 'never'>): void;
  payload(sender: number, id: number, intendedUs: number): Buffer;
  wantsReceipts(sender: number, id: number): boolean;
  /** Whom this user watches. */
  watched(user: number): readonly number[];
  reads(receiver: number, sender: number, id: number): boolean;
  settled(row: number, nowUs: number): void;
  ended(end: SessionEnd): void;
}

const Phase = { away: 0, connecting: 1, online: 2, leaving: 3, waiting: 4, stopped: 5 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** A session of this length proves that the server serves: the backoff restarts. */
const PROVEN_US = 1_000_000;
/** Redirects followed in a row. */
const MAX_REDIRECTS = 4;

export class User implements SessionEvents {
  /** Of the user, in the run. */
  readonly index: number;
  /** Which of the user's devices, from 0. */
  readonly device: number;
  readonly #host: UserHost;
  /** The distance from one id, or session, of this device to its next: those of the other devices lie in between. */
  readonly #step: number;
  credential: Credential | null = null;
  #phase: Phase = Phase.away;
  /** Whether the user wants to be online. */
  #wanted = false;
  #session: Session | null = null;
  /** Sessions so far. */
  #sessions = 0;
  #openedUs = 0;
  /** Failed tries in a row. */
  #tries = 0;
  /** Number of entrances away from its own: each session that ends by itself leads to the next, away from what failed. */
  #hop = 0;
  /** Redirects followed in a row. */
  #redirects = 0;
  /** Redirected by the server while it was online, and not there yet. */
  #moving = false;
  #ticket = 0;
  #nextId: number;
  #cursor = 0;
  #outbox: Outbox | null = null;
  #barred = false;
  /** The session that it was stopped from reading; null when none was. */
  #stalled: Session | null = null;
  #attempts = 0;

  /** `devices`: how many the user has. `firstId`: above all that the same user sent in another crowd. */
  constructor({ index, device }: Recorded, { devices, firstId }: { devices: number; firstId: number }, host: UserHost) {
    this.index = index;
    this.device = device;
    this.#host = host;
    this.#step = devices;
    this.#nextId = firstId + device;
  }

  /** Whether it wants to be online and may be: such a user sends, if necessary into its outbox. */
  get isPresent(): boolean {
    return this.#wanted && this.#phase !== Phase.stopped;
  }

  /** Highest seq that this device has. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Highest id given to a message, sent or not. */
  get usedId(): number {
    return this.#nextId - 1;
  }

  /** Its session, while it is signed in. */
  get online(): Session | null {
    return this.#phase === Phase.online ? this.#session : null;
  }

  /** Whether it is signed in and was stopped from reading. */
  get isDeaf(): boolean {
    return this.#stalled !== null && this.#stalled === this.online;
  }

  /** Reads nothing more of its present session. False unless it is signed in and reads. */
  stopReading(): boolean {
    const session = this.online;
    if (session?.stall() !== true) return false;
    this.#stalled = session;
    return true;
  }

  readAgain(): void {
    this.#stalled = null;
    this.online?.resume();
  }

  /** Times it tried to connect. */
  get attempts(): number {
    return this.#attempts;
  }

  /** It is no longer known what the server takes it for (`unsure`), or it is known again (`sure`). */
  doubt(event: typeof ConnectionEvent.unsure | typeof ConnectionEvent.sure): void {
    this.#host.log.connectionEvent(this, event, 0, monotonicUs());
  }

  /** Does not connect, even if it wants to, until it is released. */
  bar(): void {
    this.#barred = true;
  }

  /** Connects at once if it was kept from it. */
  letBack(): void {
    this.#barred = false;
    if (this.#phase === Phase.waiting) this.#connect();
  }

  /** Come online, now. */
  arrive(): void {
    this.#wanted = true;
    if (this.#phase === Phase.away) this.#connect();
  }

  /** Leaves in good order, on purpose. */
  leave(): void {
    if (!this.isPresent) return;
    this.#wanted = false;
    this.#moving = false;
    this.release();
    this.#host.log.connectionEvent(this, ConnectionEvent.left, 0, monotonicUs());
    if (this.#phase === Phase.waiting) this.#phase = Phase.away;
    if (this.#phase !== Phase.connecting && this.#phase !== Phase.online) return;
    if (this.#phase === Phase.online) this.#host.counts.connected--;
    this.#phase = Phase.leaving;
    this.#session?.close();
  }

  /** It turns away from what it waits for: whatever is not answered yet is no longer the server's to answer in time. */
  release(): void {
    const { log } = this.#host;
    const now = monotonicUs();
    for (const row of this.#outbox?.rows(log) ?? []) log.released(row, now);
  }

  /** Whether a message that it sends now waits for the server, and not for the user itself. */
  get #waits(): boolean {
    return this.#wanted && !this.#barred && !this.isDeaf;
  }

  /** The backoff that was given `ticket` is over. */
  retry(ticket: number): void {
    if (this.#phase === Phase.waiting && this.#ticket === ticket) this.#connect();
  }

  /** Sends a message to `recipient` that was meant for `intendedUs`; while disconnected it waits in the outbox. */
  send(recipient: number, intendedUs: number, handledUs: number): void {
    const { log, counts } = this.#host;
    this.#outbox ??= new Outbox();
    const row = log.attempt({ sender: this.index, id: this.#nextId, recipient, intendedUs, handledUs });
    this.#nextId += this.#step;
    if (!this.#outbox.add(row)) {
      counts.overflowed++;
      return;
    }
    counts.outstanding++;
    if (!this.#waits) log.released(row, intendedUs);
    if (this.#phase === Phase.online) this.#write(row);
  }

  // What the session tells.

  open(_cursor: number, by?: ServedBy): void {
    const { log, counts } = this.#host;
    const now = monotonicUs();
    this.#phase = Phase.online;
    this.#sessions++;
    this.#redirects = 0;
    this.#moving = false;
    this.#openedUs = now;
    counts.opened++;
    counts.connected++;
    log.up(this, now, by);
    this.#watch(now);
    if (this.#outbox !== null && this.#outbox.outstanding > 0) for (const row of this.#outbox.rows(log)) this.#write(row);
  }

  acked(id: number): void {
    if (this.#settle(id, Outcome.acked)) this.#host.counts.acked++;
  }

  refused(id: number, code: number, reason: string): void {
    if (!this.#settle(id, Outcome.failed)) return;
    this.#host.counts.failed++;
    this.#host.log.refusals.add({ code, reason });
  }

  delivered(seq: number, id: number, from: string, payload: Buffer, again: boolean): void {
    const host = this.#host;
    const now = monotonicUs();
    const sender = host.names.index(from);
    let flags = again ? DeliveryFlag.again : 0;
    host.counts.deliveries++;
    if (!isIntact(payload, sender, id)) {
      flags |= DeliveryFlag.corrupt;
      host.counts.corrupt++;
      host.log.foreign({ receiver: this.index, seq, sender, id, bytes: payload.length, claimed: claimOf(payload) });
    }
    let readUs = Number.NaN;
    if (seq <= this.#cursor) {
      flags |= DeliveryFlag.ignored;
      host.counts.ignored++;
    } else {
      this.#cursor = seq;
      if (host.reads(this.index, sender, id)) {
        readUs = now;
        this.#session?.read(seq);
      }
    }
    this.#session?.acknowledge(this.#cursor);
    host.log.delivered(this, { sender, id, seq, atUs: now, readUs, flags });
  }

  receipt(kind: 'delivered' | 'read', id: number, by: string): void {
    const { counts, log, names } = this.#host;
    counts.receipts++;
    log.receipt({ sender: this.index, id, by: names.index(by), kind: kind === 'delivered' ? 1 : 2, atUs: monotonicUs() });
  }

  presence(user: string, online: boolean): void {
    const { log, names } = this.#host;
    log.presenceOf(this, names.index(user), online ? Told.online : Told.offline, monotonicUs());
  }

  ended(end: SessionEnd): void {
    const host = this.#host;
    this.#session = null;
    if (this.#phase === Phase.leaving) {
      this.#phase = Phase.away;
      if (this.#wanted) this.#connect();
      return;
    }
    const now = monotonicUs();
    const hop = end.redirect === null || this.#redirects === MAX_REDIRECTS ? null : host.hopTo(this, end.redirect);
    if (hop !== null && this.#phase === Phase.connecting) {
      // It was not online yet: nothing failed, and no connection is lost.
      this.#follow(hop);
      return;
    }
    if (hop !== null && this.#phase === Phase.online && !this.#barred) {
      // A node that has too many users, and is well: the connection is not lost if the other node takes the user.
      host.counts.connected--;
      host.log.connectionEvent(this, ConnectionEvent.moved, end.code, now);
      this.#proven(now);
      this.#moving = true;
      this.#follow(hop);
      return;
    }
    host.ended(end);
    if (this.#phase === Phase.online) {
      host.counts.connected--;
      host.counts.lost++;
      host.log.connectionEvent(this, ConnectionEvent.lost, end.code, now);
      this.#proven(now);
    } else if (this.#moving) {
      // It was online, but is not where it was redirected to: it has lost its connection after all.
      this.#moving = false;
      host.counts.lost++;
      host.log.connectionEvent(this, ConnectionEvent.lost, end.code, now);
    } else {
      host.counts.refused++;
      host.log.connectionEvent(this, ConnectionEvent.refused, end.code, now);
    }
    if (end.retry === 'never') {
      this.#phase = Phase.stopped;
      host.counts.stopped++;
      return;
    }
    this.#redirects = 0;
    // A server that lost only this user's process is asked again; one that failed or goes away is not.
    if (end.retry !== 'at-once' || this.#tries > 0) this.#hop++;
    this.#wait();
    if (this.#barred) return;
    host.retryLater(this, this.#ticket, this.#tries, end.retry);
    this.#tries++;
  }

  /** The backoff restarts after a session that was long enough. */
  #proven(nowUs: number): void {
    if (nowUs - this.#openedUs >= PROVEN_US) this.#tries = 0;
  }

  /** A retry that was asked for earlier no longer counts. */
  #wait(): void {
    this.#phase = Phase.waiting;
    this.#ticket++;
  }

  #follow(hop: number): void {
    this.#redirects++;
    this.#hop = hop;
    this.#host.counts.redirected++;
    this.#connect(true);
  }

  #connect(redirected = false): void {
    if (this.#barred) {
      this.#wait();
      return;
    }
    this.#phase = Phase.connecting;
    this.#attempts++;
    this.#session = this.#host.connect(this, this.#hop, redirected);
  }

  /** The server forgets its watches together with the session. */
  #watch(nowUs: number): void {
    const { log, names } = this.#host;
    for (const watched of this.#host.watched(this.index)) {
      this.#session?.watch?.(names.name(watched));
      log.presenceOf(this, watched, Told.asked, nowUs);
    }
  }

  #write(row: number): void {
    const { log, counts } = this.#host;
    const columns = log.attempts.columns;
    const id = columns.id.get(row);
    const payload = this.#host.payload(this.index, id, columns.intendedUs.get(row));
    const to = this.#host.names.name(columns.recipient.get(row));
    const now = monotonicUs();
    if (this.#session?.send(id, to, payload, this.#host.wantsReceipts(this.index, id)) !== true) return;
    if (log.written(row, this.#sessions * this.#step - this.device, now)) counts.sent++;
    else counts.repeated++;
  }

  #settle(id: number, outcome: typeof Outcome.acked | typeof Outcome.failed): boolean {
    const { log, counts } = this.#host;
    const row = this.#outbox === null ? -1 : this.#outbox.find(id, log);
    if (row < 0 || this.#outbox === null) {
      counts.stray++;
      return false;
    }
    const now = monotonicUs();
    log.settled(row, outcome, now);
    this.#outbox.settled(log);
    counts.outstanding--;
    if (outcome === Outcome.acked) this.#host.settled(row, now);
    return true;
  }
}
