/**
 * Delivery latency: from the intended send time to the first delivery, for messages whose receiver was not away on purpose with every
 * device. The wait for somebody who left measures that person's absence; the wait for somebody whom the server disconnected measures the
 * server. A message that was acknowledged and never arrived took for ever, if it was owed.
 */
import type * as hdr from 'hdr-histogram-js';
import { firstShownUs } from '../ledger/first-shown.ts';
import { type Observations, Outcome } from '../ledger/observations.ts';
import { uninterrupted } from '../ledger/uninterrupted.ts';
import { emptyHistogram, LONGEST_US } from './latency-recorder.ts';
import { ConnectionHistory } from './recovery-connections.ts';

export interface DeliveryLatency {
  /** Microseconds, 3 digits. */
  readonly histogram: hdr.Histogram;
  /** Acknowledged messages that were owed to a device and never shown on any. */
  readonly never: number;
}

/**
 * Messages intended before the run's zero (the warm-up) are left out. Of a server that does not promise to resume, a message is owed to a
 * device that was connected all the while.
 */
export function deliveryLatency(observations: Observations, resumes: boolean): DeliveryLatency {
  const { attempts, devices } = observations;
  const connection = resumes ? null : uninterrupted(observations);
  const isOwed = (row: number): boolean =>
    connection === null || Array.from({ length: devices }, (_, device) => device).some((it) => connection.connectedFor(row, it));
  const shownUs = firstShownUs(observations);
  const history = new ConnectionHistory(observations);
  const histogram = emptyHistogram();
  let never = 0;
  for (let row = 0; row < attempts.count; row += 1) {
    const shown = shownUs[row] as number;
    const intended = attempts.intendedUs[row] as number;
    if (intended < 0) continue;
    if (Number.isNaN(shown)) {
      if (attempts.outcome[row] === Outcome.acked && isOwed(row)) never += 1;
      continue;
    }
    if (history.allAwayByChoice(attempts.recipient[row] as number, intended, shown)) continue;
    histogram.recordValue(Math.min(LONGEST_US, Math.max(0, Math.round(shown - intended))));
  }
  return { histogram, never };
}
