/** Users who leave by choice: what they did not wait for is not charged to the server, and what they would have waited for is not forgotten. */
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../reports/html/report.ts';
import { calibrate } from './calibrate.ts';
import { DRAWN, drawn } from './drawn.ts';
import { quietest } from './quietest.ts';

const ALLOWED_MS = 100;

describe('churn against a server of a known delay', () => {
  it('leaves the response time at the delay, though users are away for much longer', async () => {
    const delayMs = drawn('delay', 200, 400);
    const result = await quietest(
      () => calibrate({ server: { delayMs }, load: { duration: '4s', churn: '15%/s', away: '1s' } }),
      ({ latency }) => (latency.response?.p99Us ?? Number.POSITIVE_INFINITY) / 1000 - delayMs,
      ALLOWED_MS,
    );
    const { response, service, lag } = result.latency;
    // Some left while they waited, or nothing was tried here.
    expect(response?.released, DRAWN).toBeGreaterThan(10);
    expect((response?.count ?? 0) + (response?.released ?? 0)).toBe(result.delivery?.acked);
    expect(htmlReport(result)).toContain(`${response?.released} more, whose senders left before the answer, count until then`);
    expect(response?.unanswered).toBe(0);
    const machineMs = (lag?.maxUs ?? 0) / 1000;
    for (const summary of [response, service]) {
      expect(summary?.p50Us, DRAWN).toBeGreaterThanOrEqual(delayMs * 1000 * 0.999);
      expect((summary?.p99Us ?? Number.POSITIVE_INFINITY) / 1000, DRAWN).toBeLessThan(delayMs + ALLOWED_MS + machineMs);
    }
  });
});
