/** When each attempted message was first shown to its recipient, on whichever device. Pure. */
import { indexMessages } from './message-index.ts';
import { ArrivalFlag, type Observations } from './observations.ts';

/** Microseconds since the run's zero, one element for each row of the attempts; NaN for a message that was never shown. */
export function firstShownUs(observations: Observations): Float64Array {
  const { attempts, arrivals } = observations;
  const index = indexMessages(attempts, observations.users);
  const shown = new Float64Array(attempts.count).fill(Number.NaN);
  for (let arrival = 0; arrival < arrivals.count; arrival++) {
    if (((arrivals.flags[arrival] as number) & ArrivalFlag.ignored) !== 0) continue;
    const row = index.find(arrivals.sender[arrival] as number, arrivals.id[arrival] as number);
    if (row < 0 || attempts.recipient[row] !== arrivals.receiver[arrival]) continue;
    const atUs = arrivals.atUs[arrival] as number;
    // Rows are in order only within a device.
    if (!((shown[row] as number) <= atUs)) shown[row] = atUs;
  }
  return shown;
}
