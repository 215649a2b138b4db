/** When each attempted message was first shown to its recipient, on whichever device. Pure. */
import { indexMessages } from './message-index.ts';
import { DeliveryFlag, type Observations } from './observations.ts';

/** Microseconds since the run's zero, one element for each row of the attempts; NaN for a message that was never shown. */
export function firstShownUs(observations: Observations): Float64Array {
  const { attempts, deliveries } = observations;
  const index = indexMessages(attempts, observations.users);
  const shown = new Float64Array(attempts.count).fill(Number.NaN);
  for (let delivery = 0; delivery < deliveries.count; delivery++) {
    if (((deliveries.flags[delivery] as number) & DeliveryFlag.ignored) !== 0) continue;
    const row = index.find(deliveries.sender[delivery] as number, deliveries.id[delivery] as number);
    if (row < 0 || attempts.recipient[row] !== deliveries.receiver[delivery]) continue;
    const atUs = deliveries.atUs[delivery] as number;
    // Rows are in order only within a device.
    if (!((shown[row] as number) <= atUs)) shown[row] = atUs;
  }
  return shown;
}
