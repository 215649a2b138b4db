/**
 * A custom driver, held to the rules of the interface while it runs: the sessions that it opens are CheckedSessions, and this is what they
 * share. Nothing here knows about load, ledger or runs: anything that walks through a driver's contract can use it in the same way.
 */

import type { ConnectOptions, Driver, Session, SessionEvents } from '../../contracts/driver.ts';
import type { CheckHost, Expected } from './check-host.ts';
import { CheckedSession } from './checked-session.ts';
import { type BrokenRule, BrokenRules, type DriverRule } from './driver-rules.ts';
import { LentPayload } from './lent-payload.ts';
import { shown } from './told-types.ts';
import { UnsettledSends } from './unsettled-sends.ts';
import { WitnessedWrites } from './witnessed-writes.ts';

/** Of the time between two calls of `tend`, at most this counts: time in which this process did not run is not silence of the server. */
const STEP_MS = 50;
const SWEEP_MS = 250;

/** Stack frames of the harness: the folder above this one. */
const HARNESS = new URL('../..', import.meta.url).href;

export class CheckedDriver implements Driver, CheckHost {
  readonly name: string;
  /** Its name and its file, for people. */
  readonly label: string;
  readonly #driver: Driver;
  readonly #checkSession: (session: unknown) => void;
  readonly #broken: BrokenRules;
  readonly writes = new WitnessedWrites((example) => this.broke('writes-what-it-takes', example));
  readonly loan = new LentPayload();
  within: string | null = null;
  readonly #sends = new Map<string, UnsettledSends>();
  readonly #deadlines = new Map<Expected, number>();
  #nowMs: number | null = null;
  #clockMs = 0;
  #sweptMs = 0;

  /**
   * `file` is how people know it besides its name. `checkSession` checks the result of connect() and throws, in words for people, if it is
   * not a Session.
   */
  constructor(driver: Driver, file: string, checkSession: (session: unknown) => void) {
    this.name = driver.name;
    this.#driver = driver;
    this.#checkSession = checkSession;
    this.label = `${driver.name} (${file})`;
    this.#broken = new BrokenRules(this.label);
  }

  /** What it has broken so far. */
  get brokenRules(): readonly BrokenRule[] {
    return this.#broken.all();
  }

  get devices(): boolean {
    return this.#driver.devices ?? false;
  }

  get presence(): boolean {
    return this.#driver.presence ?? false;
  }

  connect(options: ConnectOptions, events: SessionEvents): Session {
    const session = new CheckedSession(this, options, events);
    session.begin(this.#driver, this.#checkSession);
    return session;
  }

  tend(nowMs: number): void {
    this.#clockMs += Math.min(Math.max(0, nowMs - (this.#nowMs ?? nowMs)), STEP_MS);
    this.#nowMs = nowMs;
    try {
      this.#driver.tend(nowMs);
    } catch (error) {
      this.threw('tend()', error);
    }
    this.writes.look(this.#clockMs);
    if (this.#clockMs - this.#sweptMs >= SWEEP_MS) this.#sweep();
  }

  /**
   * Handles an uncaught error. Returns true if the driver caused it (in a listener or a promise of its own): it is then recorded and does
   * not end the worker. The run goes on to its end, and is invalid.
   */
  claims(error: unknown): boolean {
    if (isOurs(error)) return false;
    this.threw('a listener or a promise of its own', error);
    return true;
  }

  threw(where: string, error: unknown): void {
    this.broke(
      'throws-nothing',
      () => `${where} threw ${error instanceof Error ? `${error.name}: ${error.message}` : shown(error)}`,
    );
  }

  // What the sessions ask for.

  broke(rule: DriverRule, example: () => string): void {
    this.#broken.add(rule, example);
  }

  /** One for each device of a user, for all its sessions. */
  sendsOf({ credential: { user, device }, usedId }: ConnectOptions): UnsettledSends {
    const who = `${user}/${device}`;
    const known = this.#sends.get(who);
    if (known !== undefined) return known;
    const sends = new UnsettledSends(usedId);
    this.#sends.set(who, sends);
    return sends;
  }

  get clockMs(): number {
    return this.#clockMs;
  }

  expect(session: Expected, withinMs: number): void {
    this.#deadlines.set(session, this.#clockMs + withinMs);
  }

  settled(session: Expected): void {
    this.#deadlines.delete(session);
  }

  #sweep(): void {
    this.#sweptMs = this.#clockMs;
    for (const [session, deadlineMs] of this.#deadlines) {
      if (deadlineMs > this.#clockMs) continue;
      this.#deadlines.delete(session);
      session.overdue();
    }
  }
}

/** Whether the code that threw, below Node's own frames, belongs to the harness. */
function isOurs(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at ') && !/\bnode:|<anonymous>/.test(line));
  return frames[0]?.includes(HARNESS) ?? false;
}
