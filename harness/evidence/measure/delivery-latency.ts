/**
 * Delivery latency: from the intended send time to the first delivery, for messages whose receiver was not away on purpose with every
 * device. The wait for somebody who left measures that person's absence; the wait for somebody whom the server disconnected measures the
 * server.
 */
import type * as hdr from 'hdr-histogram-js';
import { firstShownUs } from '../ledger/first-shown.ts';
import type { Observations } from '../ledger/observations.ts';
import { emptyHistogram, LONGEST_US } from './latency-recorder.ts';
import { ConnectionHistory } from './recovery-connections.ts';

/** Microseconds, 3 digits; messages intended before the run's zero (the warm-up) are left out. */
export function deliveryLatency(observations: Observations): hdr.Histogram {
  const { attempts } = observations;
  const shownUs = firstShownUs(observations);
  const history = new ConnectionHistory(observations);
  const histogram = emptyHistogram();
  for (let row = 0; row < attempts.count; row += 1) {
    const shown = shownUs[row] as number;
    const intended = attempts.intendedUs[row] as number;
    if (Number.isNaN(shown) || intended < 0) continue;
    if (history.allAwayByChoice(attempts.recipient[row] as number, intended, shown)) continue;
    histogram.recordValue(Math.min(LONGEST_US, Math.max(0, Math.round(shown - intended))));
  }
  return histogram;
}
