/**
 * Each device's connection over time, searchable: which device was away on purpose, which lost its connection, when it came back. Pure.
 *
 * Devices are numbered over all users: number `user * devices + device`, which is the user's own number if users have one device.
 */
import { sortBy } from '../ledger/message-index.ts';
import { ConnectionEvent, type ConnectionEvents, type Observations } from '../ledger/observations.ts';

const CHANGES: ReadonlySet<number> = new Set([
  ConnectionEvent.up,
  ConnectionEvent.left,
  ConnectionEvent.lost,
  ConnectionEvent.moved,
]);

export class ConnectionHistory {
  readonly #events: ConnectionEvents;
  readonly #devices: number;
  /** Rows by device, then by time. */
  readonly #rows: Uint32Array;
  readonly #starts: Uint32Array;

  constructor({ connectionEvents, users, devices }: Pick<Observations, 'connectionEvents' | 'users' | 'devices'>) {
    this.#events = connectionEvents;
    this.#devices = devices;
    const count = users * devices;
    const numbers = Uint32Array.from({ length: connectionEvents.count }, (_, row) =>
      deviceNumber(connectionEvents, row, devices),
    );
    const all = Uint32Array.from({ length: connectionEvents.count }, (_, row) => row);
    this.#rows = sortBy(all, numbers, Math.max(0, count - 1));
    this.#starts = new Uint32Array(count + 1);
    for (const number of numbers) this.#starts[number + 1] = (this.#starts[number + 1] as number) + 1;
    for (let number = 0; number < count; number++) {
      this.#starts[number + 1] = (this.#starts[number + 1] as number) + (this.#starts[number] as number);
    }
  }

  /** Time of the device's first event of this kind in [fromUs, toUs); NaN when there was none. */
  firstIn(device: number, event: ConnectionEvent, fromUs: number, toUs: number): number {
    for (let at = this.#firstAtOrAfter(device, fromUs); at < (this.#starts[device + 1] as number); at++) {
      const row = this.#rows[at] as number;
      const us = this.#events.atUs[row] as number;
      if (us >= toUs) break;
      if (this.#events.event[row] === event) return us;
    }
    return Number.NaN;
  }

  /** Whether the device was signed in during all of [fromUs, toUs]. */
  connectedThroughout(device: number, fromUs: number, toUs: number): boolean {
    const after = this.#firstAtOrAfter(device, fromUs);
    if (this.#stateBefore(device, after) !== ConnectionEvent.up) return false;
    for (let at = after; at < (this.#starts[device + 1] as number); at++) {
      const row = this.#rows[at] as number;
      if ((this.#events.atUs[row] as number) > toUs) break;
      if (this.#events.event[row] !== ConnectionEvent.unsure && this.#events.event[row] !== ConnectionEvent.sure) return false;
    }
    return true;
  }

  /** Whether each of the user's devices was away on purpose at some time in [fromUs, toUs]. */
  allAwayByChoice(user: number, fromUs: number, toUs: number): boolean {
    for (let device = user * this.#devices; device < (user + 1) * this.#devices; device++) {
      if (!this.awayByChoice(device, fromUs, toUs)) return false;
    }
    return true;
  }

  /** Whether the device was away on purpose at any time in [fromUs, toUs]. */
  awayByChoice(device: number, fromUs: number, toUs: number): boolean {
    if (this.leftBefore(device, fromUs)) return true;
    return !Number.isNaN(this.firstIn(device, ConnectionEvent.left, fromUs, toUs));
  }

  /** Whether the device was away on purpose just before this. */
  leftBefore(device: number, us: number): boolean {
    return this.#stateBefore(device, this.#firstAtOrAfter(device, us)) === ConnectionEvent.left;
  }

  /** The last event before this place that changed the connection: a refused attempt changes nothing, and neither does an unread socket. */
  #stateBefore(device: number, place: number): number {
    for (let at = place - 1; at >= (this.#starts[device] as number); at--) {
      const event = this.#events.event[this.#rows[at] as number] as number;
      if (CHANGES.has(event)) return event;
    }
    return ConnectionEvent.lost;
  }

  /** Place among the device's rows of the first event at or after `us`. */
  #firstAtOrAfter(device: number, us: number): number {
    let low = this.#starts[device] as number;
    let high = this.#starts[device + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events.atUs[this.#rows[middle] as number] as number) < us) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Which device a row of the connection events is about, over all users. */
export function deviceNumber(events: ConnectionEvents, row: number, devices: number): number {
  return (events.user[row] as number) * devices + (events.device[row] as number);
}
