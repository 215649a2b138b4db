/**
 * All users of one worker, each with its devices, and what drives them. A worker has one timer, which ticks each millisecond: it connects
 * the users that are due, disconnects those that leave, brings back those that return, and sends what is due. Each device of a user
 * connects, leaves and sends by itself.
 */
import { type Address, type Driver, endedBy, type Session, type SessionEnd } from '../../contracts/driver.ts';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import { LatencyRecorder } from '../../evidence/measure/latency-recorder.ts';
import { hashUnit, Random } from '../../evidence/stats/random.ts';
import { Afflictions } from './afflictions.ts';
import { backoffMs } from './backoff.ts';
import { Churn } from './churn.ts';
import { ContactBook } from './contacts.ts';
import { type Counts, noCounts } from './counts.ts';
import { CredentialStock } from './credential-stock.ts';
import { DueQueue } from './due-queue.ts';
import { entranceOf, hopTo } from './entrance-order.ts';
import { ObservationLog } from './observation-log.ts';
import { Pacer } from './pacer.ts';
import { PayloadWriter } from './payload.ts';
import { sessionTally } from './reason-tally.ts';
import { sourceAddress } from './source-address.ts';
import { User, type UserHost } from './user.ts';
import { UserNames } from './user-names.ts';
import type { Assignment, Entrance, Unreached } from './worker-protocol.ts';

const TICK_MS = 1;
/**
 * A node that is frozen or cut off does not answer, so another one is tried soon. The only node gets more time, because nothing is gained
 * by asking it again while it signs in thousands of users.
 */
const HANDSHAKE_TIMEOUT_MS = { ofMany: 3_000, ofOne: 10_000 };
/** Maximum number of connections being opened at the parent's request at any time; the listen queue of a server is not much longer. */
const MAX_OPENING = 512;
/**
 * How long one tick brings devices back before the sends that have come due get their turn: the users of a dead node come back within a
 * tenth of a second, and opening a connection costs more than a send.
 */
const COMEBACK_SLICE_US = 2_000;
/** Random draws for a sender that is present, before the users are searched in order. */
const SENDER_DRAWS = 32;

/** A moment at which a user does something. */
type Due =
  | { readonly kind: 'retry'; readonly user: User; readonly ticket: number }
  | { readonly kind: 'arrive'; readonly user: User };

interface Connecting {
  readonly count: number;
  readonly ratePerSecond: number;
  readonly sinceUs: number;
  readonly first: number;
  readonly reached: () => void;
}

interface Load {
  readonly pacer: Pacer;
  readonly churn: Churn;
  nextLeaveUs: number;
  /** When the load is over, sends or not. */
  endUs: number;
  readonly over: () => void;
}

export class Crowd implements UserHost {
  readonly names: UserNames;
  readonly log = new ObservationLog();
  readonly counts: Counts = noCounts();
  readonly sessionsEnded = sessionTally();
  readonly response = new LatencyRecorder();
  readonly service = new LatencyRecorder();
  readonly lag = new LatencyRecorder();
  readonly credentials: CredentialStock;
  readonly afflictions: Afflictions;
  readonly #assignment: Assignment;
  readonly #driver: Driver;
  /** Every device of every user of this worker, with those of a user side by side. */
  readonly #people: readonly User[];
  readonly #due = new DueQueue<Due>();
  readonly #contacts: ContactBook;
  readonly #payloads: PayloadWriter;
  readonly #choices: Random;
  readonly #jitter: Random;
  #endpoints: readonly Entrance[];
  #zeroUs = 0;
  #connecting: Connecting | null = null;
  /** Devices that were asked to connect so far, from the first on. */
  #invited = 0;
  #load: Load | null = null;
  readonly #timer: NodeJS.Timeout;
  /** The tick that follows as soon as the sockets had their turn, since the last one left work behind; null when it left none. */
  #soon: NodeJS.Immediate | null = null;
  readonly #tick = (): void => this.tick();
  readonly #sendOne = (intendedUs: number): void => this.#send(intendedUs);

  constructor(assignment: Assignment, driver: Driver, requestCredentials: (from: number, count: number) => void) {
    const { seed, worker, load } = assignment;
    this.#assignment = assignment;
    this.#driver = driver;
    this.#endpoints = assignment.endpoints;
    this.names = new UserNames(assignment.users, assignment.firstName);
    const { devices } = load;
    const first = assignment.from * devices;
    this.#people = Array.from({ length: (assignment.to - assignment.from) * devices }, (_, i) => {
      const place = { index: assignment.from + Math.floor(i / devices), device: i % devices };
      return new User(place, { devices, firstId: assignment.firstId }, this);
    });
    this.credentials = new CredentialStock(this.#people, first, this.names, requestCredentials);
    this.afflictions = new Afflictions(this.#people, first);
    this.#contacts = new ContactBook(load.contacts, assignment.users, seed);
    this.#payloads = new PayloadWriter(load.payloadBytes, seed);
    this.#choices = new Random(seed, 'choices', worker);
    this.#jitter = new Random(seed, 'jitter', worker);
    this.#timer = setInterval(this.#tick, TICK_MS);
  }

  get zeroUs(): number {
    return this.#zeroUs;
  }

  set endpoints(endpoints: readonly Entrance[]) {
    this.#endpoints = endpoints;
  }

  /** Brings the first `count` devices online; calls `reached` when they are. */
  connectUpTo(count: number, ratePerSecond: number, reached: () => void): void {
    this.#connecting = { count, ratePerSecond, sinceUs: monotonicUs(), first: this.#invited, reached };
  }

  /**
   * Starts the load at `zeroUs`; calls `over` at each tick once its time is up and its last send was handed to a user, or once it was
   * stopped. Users who are offline from the beginning leave now. Throws if not everybody was connected before: a user who is offline at the
   * start has been there once.
   */
  start(zeroUs: number, over: () => void): void {
    if (this.#invited < this.#people.length)
      throw new Error(`${this.#people.length - this.#invited} devices were never connected`);
    const { load, worker, workers, seed } = this.#assignment;
    this.#zeroUs = zeroUs;
    const churn = new Churn(load, this.#people.length, new Random(seed, 'churn', worker));
    for (const { user, backUs } of churn.initial()) {
      const person = this.#people[user] as User;
      person.leave();
      if (backUs !== Number.POSITIVE_INFINITY) this.#due.push(zeroUs + backUs, { kind: 'arrive', user: person });
    }
    this.#load = {
      pacer: new Pacer(load, { index: worker, of: workers }, seed, zeroUs),
      churn,
      nextLeaveUs: zeroUs + churn.nextLeaveUs(),
      endUs: zeroUs + load.durationMs * 1e3,
      over,
    };
  }

  stopSending(): void {
    if (this.#load === null) return;
    this.#load.pacer.stop();
    this.#load.endUs = 0;
  }

  /** Ends churn and brings everybody online, at `ratePerSecond`. */
  reconnectAll(ratePerSecond: number): void {
    if (this.#load !== null) this.#load.nextLeaveUs = Number.POSITIVE_INFINITY;
    let atUs = monotonicUs();
    for (const user of this.#people) {
      if (user.isPresent) continue;
      this.#due.push(atUs, { kind: 'arrive', user });
      atUs += 1e6 / ratePerSecond;
    }
  }

  leaveAll(): void {
    this.#connecting = null;
    if (this.#load !== null) this.#load.nextLeaveUs = Number.POSITIVE_INFINITY;
    for (const user of this.#people) user.leave();
  }

  /** Ends the timer; the users stay as they are. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#soon !== null) clearImmediate(this.#soon);
    this.#soon = null;
  }

  /** Everything whose time has come, in bounded slices: sends first, since each has an intended time. */
  tick(): void {
    const now = monotonicUs();
    this.#driver.tend(now / 1e3);
    const load = this.#load;
    let more = false;
    if (load !== null) {
      while (load.nextLeaveUs <= now) this.#letOneLeave(load);
      more = load.pacer.run(now, this.#sendOne);
      if (!more && load.pacer.done && now >= load.endUs) load.over();
    }
    if (this.#bringBack(now)) more = true;
    if (this.#connecting !== null) this.#invite(this.#connecting, now);
    if (this.#soon !== null) clearImmediate(this.#soon);
    this.#soon = more ? setImmediate(this.#tick) : null;
  }

  /** Connects the devices whose time has come, for COMEBACK_SLICE_US at most; true when more were due at `nowUs`. */
  #bringBack(nowUs: number): boolean {
    const endUs = monotonicUs() + COMEBACK_SLICE_US;
    for (let due = this.#due.popDue(nowUs); due !== null; due = this.#due.popDue(nowUs)) {
      if (due.kind === 'retry') due.user.retry(due.ticket);
      else due.user.arrive();
      if (monotonicUs() >= endUs) return this.#due.holdsDue(nowUs);
    }
    return false;
  }

  // What the users ask for.

  connect(user: User, hop: number, redirected: boolean): Session {
    const endpoints = this.#endpoints;
    return this.#driver.connect(
      {
        endpoint: endpoints[entranceOf(user.index, hop, endpoints.length)] as Entrance,
        credential: this.credentials.of(user),
        cursor: user.cursor,
        usedId: user.usedId,
        localAddress: sourceAddress(this.#assignment.worker, this.#placeOf(user)),
        handshakeTimeoutMs: endpoints.length > 1 ? HANDSHAKE_TIMEOUT_MS.ofMany : HANDSHAKE_TIMEOUT_MS.ofOne,
        keepaliveMs: this.#assignment.load.keepaliveMs,
        redirected,
      },
      user,
    );
  }

  /** Among this worker's devices. */
  #placeOf({ index, device }: User): number {
    const { from, load } = this.#assignment;
    return (index - from) * load.devices + device;
  }

  hopTo(user: User, { host, port }: Address): number | null {
    const endpoints = this.#endpoints;
    const at = endpoints.findIndex((one) => (one.behind ?? one).host === host && (one.behind ?? one).port === port);
    return at < 0 ? null : hopTo(user.index, at, endpoints.length);
  }

  retryLater(user: User, ticket: number, tries: number, retry: Exclude<SessionEnd['retry'], 'never'>): void {
    this.#due.push(monotonicUs() + backoffMs(tries, retry, this.#jitter.unit()) * 1e3, { kind: 'retry', user, ticket });
  }

  payload(sender: number, id: number, intendedUs: number): Buffer {
    return this.#payloads.write(sender, id, intendedUs - this.#zeroUs);
  }

  wantsReceipts(sender: number, id: number): boolean {
    const { seed, load } = this.#assignment;
    return load.receiptShare > 0 && hashUnit(seed ^ 0x72637074, sender, id) < load.receiptShare;
  }

  watched(user: number): readonly number[] {
    return this.#contacts.watched(user, this.#assignment.load.watch);
  }

  reads(receiver: number, sender: number, id: number): boolean {
    const { seed, load } = this.#assignment;
    return load.readShare > 0 && hashUnit(seed ^ receiver, sender, id) < load.readShare;
  }

  settled(row: number, nowUs: number): void {
    const columns = this.log.attempts.columns;
    const intendedUs = columns.intendedUs.get(row);
    if (intendedUs < this.#zeroUs || !Number.isNaN(columns.releasedUs.get(row))) return;
    this.response.record(nowUs - intendedUs);
    this.service.record(nowUs - columns.sentUs.get(row));
  }

  ended(end: SessionEnd): void {
    this.sessionsEnded.add({ code: end.code, reason: end.reason, by: endedBy(end) });
  }

  /** Which devices should be signed in but are not, and which are signed in but not reading. */
  unreached(): Unreached {
    const first = this.#assignment.from * this.#assignment.load.devices;
    const places = (holds: (user: User) => boolean): number[] =>
      this.#people.flatMap((user, at) => (holds(user) ? [first + at] : []));
    return { away: places(({ online }) => online === null), deaf: places(({ isDeaf }) => isDeaf) };
  }

  #send(intendedUs: number): void {
    const sender = this.#pickSender();
    const handledUs = monotonicUs();
    this.counts.offered++;
    if (intendedUs >= this.#zeroUs) this.lag.record(handledUs - intendedUs);
    sender.send(this.#contacts.pick(sender.index, this.#choices), intendedUs, handledUs);
  }

  /** Any user that has not left on purpose; if all have left, the next one in order, whose message waits in its outbox. */
  #pickSender(): User {
    const people = this.#people;
    let at = this.#choices.below(people.length);
    for (let draw = 1; draw < SENDER_DRAWS && !(people[at] as User).isPresent; draw++) at = this.#choices.below(people.length);
    for (let step = 0; step < people.length; step++) {
      const user = people[(at + step) % people.length] as User;
      if (user.isPresent) return user;
    }
    return people[at] as User;
  }

  #letOneLeave(load: Load): void {
    const user = this.#people[this.#choices.below(this.#people.length)] as User;
    if (user.isPresent) {
      user.leave();
      this.#due.push(load.nextLeaveUs + load.churn.awayUs(), { kind: 'arrive', user });
    }
    load.nextLeaveUs = this.#zeroUs + load.churn.nextLeaveUs();
  }

  #invite(connecting: Connecting, nowUs: number): void {
    const allowed = connecting.first + Math.floor(((nowUs - connecting.sinceUs) / 1e6) * connecting.ratePerSecond);
    const upTo = Math.min(connecting.count, allowed, this.credentials.ready, this.counts.connected + MAX_OPENING);
    while (this.#invited < upTo) {
      (this.#people[this.#invited] as User).arrive();
      this.#invited++;
    }
    this.credentials.prepare(Math.min(connecting.count, this.#invited + MAX_OPENING));
    if (this.#invited < connecting.count || this.counts.connected < connecting.count) return;
    this.#connecting = null;
    connecting.reached();
  }
}
