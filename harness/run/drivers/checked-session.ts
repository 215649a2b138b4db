/**
 * One session of a custom driver, held to the rules of the interface (driver-rules.ts) while it runs. It stands between driver and user:
 * reports that keep the rules pass through unchanged; a violation is recorded, and kept from the user if it would mislead the ledger or end
 * the worker. So a mistake of the driver is named as one and is never blamed on the server.
 */

import type {
  AbandonedSocket,
  ConnectOptions,
  Driver,
  ServedBy,
  Session,
  SessionEnd,
  SessionEvents,
  SocketLink,
} from '../../contracts/driver.ts';
import type { CheckHost, Expected, WatchedEvents } from './check-host.ts';
import { EarlyEvents } from './early-events.ts';
import { callDriver, THREW, tellUser } from './guarded-calls.ts';
import { isSpoilt } from './lent-payload.ts';
import * as told from './told-types.ts';
import type { UnsettledSends } from './unsettled-sends.ts';

/** A message as the driver tells it. */
interface Delivery {
  readonly seq: number;
  readonly id: number;
  readonly from: string;
  readonly payload: Buffer;
  readonly again: boolean;
}

const State = { connecting: 0, open: 1, closing: 2, ended: 3 } as const;
type State = (typeof State)[keyof typeof State];

/** Nothing may be reported from within these: the user is not done yet. */
const BUSY: ReadonlySet<string | null> = new Set(['connect', 'send', 'acknowledge', 'read']);
/** After the request: closing in good order waits two seconds for the server. */
const GRACE_MS = 5_000;

export class CheckedSession implements Session, Expected {
  readonly #host: CheckHost;
  readonly #user: SessionEvents;
  readonly #options: ConnectOptions;
  #inner: Session | null = null;
  #state: State = State.connecting;
  readonly #early = new EarlyEvents();
  #sends: UnsettledSends | null = null;
  /** Since when it has returned false although it is open, on the host's clock. */
  #refusingMs: number | null = null;

  constructor(host: CheckHost, options: ConnectOptions, user: SessionEvents) {
    this.#host = host;
    this.#options = options;
    this.#user = user;
  }

  /** Makes the driver connect. If it throws, the session ends by itself, later. */
  begin(driver: Pick<Driver, 'connect'>, check: (session: unknown) => void): void {
    this.#host.expect(this, this.#options.handshakeTimeoutMs + GRACE_MS);
    const inner = callDriver(this.#host, 'connect', () => driver.connect(this.#options, this.#events()));
    if (inner === THREW) {
      queueMicrotask(() => this.#giveUp('the driver threw'));
      return;
    }
    check(inner);
    this.#inner = inner;
  }

  // What the user does.

  send(id: number, to: string, payload: Buffer, receipts: boolean): boolean {
    const inner = this.#inner;
    if (this.#state !== State.open || inner === null) return false;
    const host = this.#host;
    const lent = host.loan.lend(payload);
    const witness = host.writes.before(inner);
    const taken: unknown = callDriver(this.#host, 'send', () => inner.send(id, to, lent, receipts));
    if (!host.loan.takeBack(lent, payload))
      host.broke('payload-not-altered', () => `send(${id}) of ${this.#name} changed its payload`);
    if (taken === THREW) return false;
    if (taken === false) {
      this.#refused(id);
      return false;
    }
    // A driver that forgot to return true has normally sent it.
    if (taken !== true) host.broke('answers', () => `send(${id}) of ${this.#name} answered ${told.shown(taken)}`);
    this.#refusingMs = null;
    this.#unsettled.sent(id);
    if (witness !== null)
      host.writes.after(witness, () => `send(${id}) of ${this.#name} returned true, but nothing was written to its socket`);
    return true;
  }

  acknowledge(seq: number): void {
    callDriver(this.#host, 'acknowledge', () => this.#inner?.acknowledge(seq));
  }

  read(seq: number): void {
    callDriver(this.#host, 'read', () => this.#inner?.read(seq));
  }

  watch(user: string): void {
    callDriver(this.#host, 'watch', () => this.#inner?.watch?.(user));
  }

  close(): void {
    this.#leave('close', (inner) => inner.close());
  }

  abort(reason?: string, retry?: SessionEnd['retry']): void {
    this.#leave('abort', (inner) => inner.abort(reason, retry));
  }

  get link(): SocketLink | null {
    const link: unknown = callDriver(this.#host, 'link', () => this.#inner?.link ?? null);
    if (link === null || link === THREW) return null;
    const wrong = told.wrongLink(link);
    if (wrong === null) return link as SocketLink;
    this.#host.broke('answers', () => `link of ${this.#name} is ${wrong}`);
    return null;
  }

  stall(): boolean {
    const stalled: unknown = callDriver(this.#host, 'stall', () => this.#inner?.stall());
    if (typeof stalled !== 'boolean' && stalled !== THREW)
      this.#host.broke('answers', () => `stall() answered ${told.shown(stalled)}`);
    return stalled === true;
  }

  resume(): void {
    callDriver(this.#host, 'resume', () => this.#inner?.resume());
  }

  abandon(): AbandonedSocket | null {
    const left: unknown = callDriver(this.#host, 'abandon', () => this.#inner?.abandon() ?? null);
    if (left === null || left === THREW) return null;
    if (this.#state !== State.ended) this.#awaitEnd();
    const end: unknown = (left as Partial<AbandonedSocket>).end;
    if (typeof end === 'function')
      return { end: () => void callDriver(this.#host, 'end', () => (left as AbandonedSocket).end()) };
    this.#host.broke('answers', () => `abandon() answered ${told.shown(left)}`);
    return null;
  }

  /** What was expected did not happen. */
  overdue(): void {
    if (this.#state === State.connecting) {
      this.#host.broke('opens-in-time', () => `a session of ${this.#name} neither opened nor ended`);
      // The session is given up; what it reports from now on comes too late.
      callDriver(this.#host, 'abort', () => this.#inner?.abort('never opened', 'back-off'));
    } else this.#host.broke('ends-when-asked', () => `a session of ${this.#name} did not end`);
    this.#giveUp('given up');
  }

  // What the driver tells.

  /** Bound to this session, because a driver may destructure them. */
  #events(): WatchedEvents {
    return {
      open: (cursor, by) => this.#tell('open', () => this.#opened(cursor, by)),
      acked: (id) => this.#tell('acked', () => this.#settled('acked', id, told.wrongId(id), () => this.#user.acked(id))),
      refused: (id, code, reason) =>
        this.#tell('refused', () =>
          this.#settled('refused', id, told.wrongRefusal(id, code, reason), () => this.#user.refused(id, code, reason)),
        ),
      delivered: (seq, id, from, payload, again) => this.#delivered({ seq, id, from, payload, again: again === true }),
      receipt: (kind, id, by) =>
        this.#tell('receipt', () =>
          this.#typed('receipt', told.wrongReceipt(kind, id, by), () => this.#user.receipt(kind, id, by)),
        ),
      presence: (user, online) =>
        this.#tell('presence', () =>
          this.#typed('presence', told.wrongPresence(user, online), () => this.#user.presence?.(user, online)),
        ),
      ended: (end) => this.#ended(end),
      broke: (rule, example) => this.#host.broke(rule, example),
    };
  }

  get #name(): string {
    return this.#options.credential.user;
  }

  get #unsettled(): UnsettledSends {
    this.#sends ??= this.#host.sendsOf(this.#options);
    return this.#sends;
  }

  /** Makes it happen now, or says why it cannot. */
  #tell(what: string, happen: () => void): void {
    if (this.#state === State.ended) {
      this.#host.broke('ends-last', () => `${what}() of ${this.#name} came after ended()`);
      return;
    }
    if (this.#isTooSoon(what)) {
      queueMicrotask(() => this.#tell(what, happen));
      return;
    }
    if (this.#state === State.connecting && what !== 'open') {
      this.#host.broke('opens-first', () => `${what}() of ${this.#name} came before open()`);
      this.#early.keep(happen);
      return;
    }
    happen();
  }

  #isTooSoon(what: string): boolean {
    const { within } = this.#host;
    if (!BUSY.has(within)) return false;
    this.#host.broke('tells-later', () => `${what}() of ${this.#name} came from within ${within}()`);
    return true;
  }

  #opened(cursor: number, by: ServedBy | undefined): void {
    const wrong = told.wrongCursor(cursor);
    const wrongNode = told.wrongServedBy(by);
    for (const one of [wrongNode, wrong]) if (one !== null) this.#host.broke('tells-types', () => `open(): ${one}`);
    if (this.#state === State.open) {
      this.#host.broke('opens-once', () => `open() of ${this.#name} came again`);
      return;
    }
    // A user who leaves while connecting may still be told that the session is open.
    if (this.#state !== State.connecting) return;
    this.#state = State.open;
    this.#host.settled(this);
    tellUser(this.#host, () => this.#user.open(wrong === null ? cursor : 0, wrongNode === null ? by : undefined));
    this.#early.happen(() => this.#state !== State.ended);
  }

  #settled(what: string, id: number, wrong: string | null, tell: () => void): void {
    if (wrong !== null) {
      this.#host.broke('tells-types', () => `${what}(): ${wrong}`);
      return;
    }
    switch (this.#unsettled.settle(id)) {
      case 'never-sent':
        this.#host.broke('settles-what-was-sent', () => `${what}(${id}) of ${this.#name}, who has sent no message ${id}`);
        return;
      case 'again':
        this.#host.broke('settles-once', () => `${what}(${id}) of ${this.#name}, whose message ${id} was settled before`);
        return;
      default:
        tellUser(this.#host, tell);
    }
  }

  #delivered(delivery: Delivery): void {
    // The payload belongs to the driver and is valid only now, so it is copied for later.
    if (this.#state === State.open && !BUSY.has(this.#host.within)) this.#arrived(delivery);
    else {
      const { payload } = delivery;
      const kept = { ...delivery, payload: Buffer.isBuffer(payload) ? Buffer.from(payload) : payload };
      this.#tell('delivered', () => this.#arrived(kept));
    }
  }

  #arrived({ seq, id, from, payload, again }: Delivery): void {
    const wrong = told.wrongDelivery(seq, id, from, payload);
    if (wrong !== null) {
      this.#host.broke('tells-types', () => `delivered(): ${wrong}`);
      return;
    }
    if (isSpoilt(payload)) {
      this.#host.broke(
        'payload-not-kept',
        () => `message ${id} of ${from} arrived with what its payload was overwritten with after send() had returned`,
      );
    }
    tellUser(this.#host, () => this.#user.delivered(seq, id, from, payload, again));
  }

  #typed(what: string, wrong: string | null, tell: () => void): void {
    if (wrong === null) tellUser(this.#host, tell);
    else this.#host.broke('tells-types', () => `${what}(): ${wrong}`);
  }

  #ended(given: SessionEnd): void {
    if (this.#state === State.ended) {
      this.#host.broke('ends-once', () => `ended() of ${this.#name} came again`);
      return;
    }
    if (this.#isTooSoon('ended')) {
      queueMicrotask(() => this.#ended(given));
      return;
    }
    const { end, wrong } = told.checkedEnd(given);
    if (wrong !== null) this.#host.broke('tells-types', () => `ended(): ${wrong}`);
    this.#end(end);
  }

  #end(end: SessionEnd): void {
    this.#state = State.ended;
    this.#early.forget();
    this.#host.settled(this);
    tellUser(this.#host, () => this.#user.ended(end));
  }

  #giveUp(reason: string): void {
    if (this.#state !== State.ended) this.#end({ clean: false, code: 0, reason, retry: 'back-off', redirect: null });
  }

  #leave(what: string, act: (inner: Session) => void): void {
    const inner = this.#inner;
    if (this.#state === State.ended || inner === null) return;
    this.#awaitEnd();
    callDriver(this.#host, what, () => act(inner));
  }

  #awaitEnd(): void {
    this.#state = State.closing;
    this.#host.expect(this, GRACE_MS);
  }

  /** No longer open, with its end under way: that may take a moment, but no longer. */
  #refused(id: number): void {
    this.#refusingMs ??= this.#host.clockMs;
    if (this.#host.clockMs - this.#refusingMs > GRACE_MS)
      this.#host.broke('takes-while-open', () => `send(${id}) of ${this.#name} returned false on a session that did not end`);
  }
}
