/** The metric `rate`: what the server took on, which is not what was sent to it. */
import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../../harness/evidence/ledger/observations.ts';
import { metrics } from '../../../../harness/evidence/metrics/metrics.ts';
import { type Result, resultSchema } from '../../../../harness/evidence/result/result.ts';
import { buildHttpResult } from '../../../../harness/run/conductor/http/http-result.ts';
import type { OwnHttp } from '../../../../harness/run/drivers/http/http-measured.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { emptyHistory, exchange, observe } from '../../evidence/ledger/history.ts';
import { GOOD, planned } from '../../plan/scenario/planning.ts';
import { LOAD_MS, playedResult, unmeasured } from './played-result.ts';

const WARM_UP_US = 1e6;
const PER_SECOND = 100;

const rateOf = (result: Result) => metrics.get('rate')?.read(result);

/** A hundred messages a second, a second of them before the load; `outcome` by number within the load, what came before was acknowledged. */
function played(outcome: (message: number) => Outcome): Result {
  const history = emptyHistory(2);
  for (let atUs = -WARM_UP_US; atUs < LOAD_MS * 1000; atUs += 1e6 / PER_SECOND) {
    const send = exchange(history, 0, 1, atUs);
    if (atUs < 0) continue;
    send.outcome = outcome(atUs / (1e6 / PER_SECOND));
    if (send.outcome !== Outcome.acked) history.deliveries.pop();
  }
  return playedResult({
    plan: planned(`${GOOD}expect: { delivery: observed, rate: "> 90/s" }
`),
    observations: observe(history),
  });
}

describe('the rate of a load', () => {
  test('counts the messages that the server acknowledged', () => {
    const result = played(() => Outcome.acked);
    expect(rateOf(result)).toBe(PER_SECOND);
    expect(result.checks).toMatchObject([{ name: 'rate > 90/s', pass: true }]);
  });

  test.each([
    ['refused', Outcome.failed],
    ['left in doubt', Outcome.indeterminate],
  ])('leaves out messages that were %s, and the limit is missed although enough were sent', (_what, outcome) => {
    const result = played((message) => (message % 10 === 0 ? Outcome.acked : outcome));
    expect(result.load.ratePerSecond).toBe(PER_SECOND);
    expect(rateOf(result)).toBe(PER_SECOND / 10);
    expect(result.checks).toMatchObject([{ name: 'rate > 90/s', pass: false, actual: PER_SECOND / 10 }]);
  });

  test('leaves out what was acknowledged or sent in the drain, and so does the processor time a message', () => {
    const history = emptyHistory(2);
    for (let message = 0; message < 1_000; message++) {
      const send = exchange(history, 0, 1, message * 10_000);
      // Four in five are answered while the load lasts, the others after it; one in ten waited for the drain to be written.
      if (message % 5 === 0) send.settledUs += LOAD_MS * 1000;
      if (message % 10 === 0) send.sentUs += LOAD_MS * 1000;
    }
    const result = playedResult({ plan: planned(GOOD), observations: observe(history) });
    expect(rateOf(result)).toBe(80);
    expect(result.load.ratePerSecond).toBe(90);
    expect(result.load.sent).toBe(1_000);
    // A second of processor time for 800 messages.
    expect(result.cpu.serverUsPerMessage).toBe(1e6 / 800);
    const shorter = { ...unmeasured.cpu, toUs: (LOAD_MS * 1000) / 2 };
    const half = playedResult({ plan: planned(GOOD), observations: observe(history), cpu: shorter });
    expect(half.cpu.serverUsPerMessage).toBe(1e6 / 400);
  });

  test('is zero if nothing was acknowledged, because that was measured', () => {
    expect(rateOf(played(() => Outcome.failed))).toBe(0);
  });

  test('counts good answers in a run of HTTP requests alone', () => {
    const measured: OwnHttp = {
      origins: ['http://127.0.0.1:80'],
      connections: 1,
      pipelining: 1,
      workers: 1,
      ratePerSecond: null,
      loop: 'closed',
      resolutionUs: 1_000,
      fromMs: 1_000,
      toMs: 5_000,
      sent: 400,
      answered: 400,
      ok: 8,
      okMeans: 'of status 2xx',
      statuses: { '200': 8, '503': 392 },
      errors: 0,
      timeouts: 0,
      unanswered: 0,
      mismatches: null,
      resets: null,
      bytes: 1,
      answeredPerSecond: 100,
      latency: null,
      seconds: [],
      messages: null,
    };
    const result = buildHttpResult({ ...unmeasured, plan: planned(GOOD), deployment: null, measured, invalidity: [] });
    expect(result.load.ratePerSecond).toBe(100);
    expect(rateOf(result)).toBe(2);
  });

  test('is unknown in earlier results, which can still be read', () => {
    const { ackedPerSecond: _, ...load } = exampleResult().load;
    const earlier = resultSchema.parse({ ...exampleResult(), load });
    expect(rateOf(earlier)).toBe(null);
    expect(earlier.load.ratePerSecond).toBe(load.ratePerSecond);
  });
});
