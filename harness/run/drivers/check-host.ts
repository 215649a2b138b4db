/** What the checked sessions of one driver share, and what they are told in addition to the events of the interface. */
import type { ConnectOptions, SessionEvents } from '../../contracts/driver.ts';
import type { DriverRule } from './driver-rules.ts';
import type { LentPayload } from './lent-payload.ts';
import type { UnsettledSends } from './unsettled-sends.ts';
import type { WitnessedWrites } from './witnessed-writes.ts';

/** Something that must happen in time. */
export interface Expected {
  /** It did not happen. */
  overdue(): void;
}

/** What the sessions of one driver share. */
export interface CheckHost {
  broke(rule: DriverRule, example: () => string): void;
  threw(where: string, error: unknown): void;
  readonly loan: LentPayload;
  readonly writes: WitnessedWrites;
  sendsOf(options: ConnectOptions): UnsettledSends;
  /** The method of the driver that is running now, in whichever session; null while none is. */
  within: string | null;
  /** Milliseconds for which the driver was tended, excluding time in which this process did not run. */
  readonly clockMs: number;
  /** Calls `overdue` unless `settled` comes first. */
  expect(session: Expected, withinMs: number): void;
  settled(session: Expected): void;
}

/** Reports of rules that only the driver's own helpers can check; the helpers look for violations. */
export interface WatchedEvents extends SessionEvents {
  broke(rule: DriverRule, example: () => string): void;
}
