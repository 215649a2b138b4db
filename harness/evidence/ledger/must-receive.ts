/**
 * Which devices of a recipient must get a message: those that the server knew when it accepted the message. Pure.
 *
 * A device is known from its first sign-in on, so it must get whatever was first written after that. A message that was written before any
 * device of its recipient had signed in waits for the first one that does: one of them must get it.
 */
import { ConnectionEvent, type Observations } from './observations.ts';

export interface MustReceive {
  /** Whether this device of the row's recipient must get the row's message itself. */
  mustGet(row: number, device: number): boolean;
}

/** If users have one device, it is that one, whenever it first signed in. */
export function mustReceive({ users, devices, attempts, connectionEvents }: Observations): MustReceive {
  if (devices === 1) return { mustGet: () => true };
  const knownUs = new Float64Array(users * devices).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < connectionEvents.count; row++) {
    if (connectionEvents.event[row] !== ConnectionEvent.up) continue;
    const at = (connectionEvents.user[row] as number) * devices + (connectionEvents.device[row] as number);
    knownUs[at] = Math.min(knownUs[at] as number, connectionEvents.atUs[row] as number);
  }
  return {
    mustGet: (row, device) =>
      (knownUs[(attempts.recipient[row] as number) * devices + device] as number) <= (attempts.sentUs[row] as number),
  };
}
