/**
 * Whether a device was connected during all of the time that a message was in flight to it: what is owed by a server that does not promise
 * to resume. Pure.
 */
import { ConnectionEvent, type Observations } from './observations.ts';

/** A message that a connected device did not get within this time after its acknowledgement is no longer in flight. */
const UNDER_WAY_US = 5_000_000;

export interface Uninterrupted {
  /** From the first write of this row's message until it was acknowledged and should have arrived. */
  connectedFor(row: number, device: number): boolean;
}

/** Rows of the connection events are in order of time for each device. */
export function uninterrupted({ users, devices, attempts, connectionEvents }: Observations): Uninterrupted {
  const changes: { readonly up: boolean; readonly atUs: number }[][] = Array.from({ length: users * devices }, () => []);
  for (let row = 0; row < connectionEvents.count; row++) {
    const event = connectionEvents.event[row];
    if (event === ConnectionEvent.refused) continue;
    const place = (connectionEvents.user[row] as number) * devices + (connectionEvents.device[row] as number);
    changes[place]?.push({ up: event === ConnectionEvent.up, atUs: connectionEvents.atUs[row] as number });
  }
  return {
    connectedFor: (row, device) => {
      const fromUs = attempts.sentUs[row] as number;
      const toUs = (attempts.settledUs[row] as number) + UNDER_WAY_US;
      let up = false;
      for (const change of changes[(attempts.recipient[row] as number) * devices + device] ?? []) {
        if (change.atUs > toUs) break;
        if (change.atUs > fromUs && !(up && change.up)) return false;
        up = change.up;
      }
      return up;
    },
  };
}
