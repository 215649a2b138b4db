/** What is made of an HTTP load: the verdict of requests alone, and the messages with and without it. */
import { describe, expect, test } from 'vitest';
import { LatencyRecorder } from '../../../../../harness/evidence/measure/latency-recorder.ts';
import type { LatencySummary } from '../../../../../harness/evidence/result/result.ts';
import { withoutWithheld } from '../../../../../harness/evidence/result/withheld.ts';
import { messagesBeside } from '../../../../../harness/run/conductor/messages/http-beside.ts';
import { judgeRequests } from '../../../../../harness/run/conductor/result/verdict.ts';
import { markdownSummary } from '../../../../../reports/markdown.ts';
import { verdictSentence } from '../../../../../reports/sentence.ts';
import { terminalSummary } from '../../../../../reports/terminal.ts';
import { exampleResult } from '../../../../reports/example-result.ts';

const missed = { name: 'http.p95 < 5ms', pass: false, actual: 9_000, limit: 5_000, unit: 'us' };
const good = { ok: 10, checks: [{ ...missed, pass: true }], invalidity: [], aborted: null };

describe('the verdict of requests alone', () => {
  test('is a pass when there were good answers and every check held', () => {
    expect(judgeRequests(good)).toEqual({ verdict: 'pass', reasons: [] });
  });

  test('is unknown without a good answer, even where no check was missed', () => {
    expect(judgeRequests({ ...good, ok: 0 }).verdict).toBe('unknown');
  });

  test('is a fail for a limit that was not met', () => {
    expect(judgeRequests({ ...good, checks: [missed] })).toMatchObject({
      verdict: 'fail',
      reasons: [expect.stringContaining('http.p95')],
    });
  });

  test('is invalid if a generator measured itself, whatever else happened', () => {
    expect(judgeRequests({ ok: 0, checks: [missed], invalidity: ['busy'], aborted: null })).toEqual({
      verdict: 'invalid',
      reasons: ['busy'],
    });
  });

  test('is a fail if a condition ended the run although nothing was answered, unless a generator was too busy to say so', () => {
    expect(judgeRequests({ ...good, ok: 0, checks: [], aborted: 'aborted' })).toEqual({ verdict: 'fail', reasons: ['aborted'] });
    expect(judgeRequests({ ...good, aborted: 'aborted', invalidity: ['busy'] })).toEqual({
      verdict: 'invalid',
      reasons: ['aborted', 'busy'],
    });
  });
});

test('messages count as beside requests, or as alone, only in intervals that are entirely so', () => {
  const interval = (second: number, ms: number) => {
    const recorder = new LatencyRecorder();
    recorder.record(ms * 1_000);
    return { fromUs: second * 1e6, toUs: (second + 1) * 1e6, response: recorder.take(), service: null, lag: null };
  };
  const intervals = [
    interval(-1, 99),
    interval(0, 1),
    interval(1, 2),
    interval(2, 30),
    interval(3, 40),
    interval(4, 3),
    interval(9, 98),
  ];
  const split = messagesBeside(intervals, null, { fromMs: 1_500, toMs: 4_000 }, 8_000);
  expect(split?.beside).toMatchObject({ count: 2 });
  // Nobody waited for the answers, and an interval does not tell whose sender left.
  expect(split?.beside).not.toHaveProperty('unanswered');
  expect(split?.beside).not.toHaveProperty('released');
  expect(split?.beside?.minUs).toBeGreaterThan(29_000);
  expect(split?.without).toMatchObject({ count: 2 });
  expect(split?.without?.maxUs).toBeLessThan(3_100);
  expect(messagesBeside([], null, { fromMs: 0, toMs: 1 }, 1)).toEqual({ beside: null, without: null });
});

test('no report of requests alone says that no message was lost', () => {
  const example = exampleResult();
  const latency = { count: 9, minUs: 0, p50Us: 1_000, p90Us: 2_000, p95Us: 3_000, p99Us: 4_000, p999Us: 5_000, maxUs: 6_000 };
  const alone = {
    ...example,
    verdict: 'pass' as const,
    reasons: [],
    load: { ...example.load, loop: 'closed' as const },
    http: {
      origins: ['http://127.0.0.1:80'],
      connections: 1,
      pipelining: 1,
      workers: 1,
      ratePerSecond: null,
      loop: 'closed' as const,
      resolutionUs: 1_000,
      fromMs: 0,
      toMs: 1_000,
      sent: 10,
      answered: 9,
      ok: 9,
      okMeans: 'of status 2xx',
      statuses: { '200': 9 },
      errors: 0,
      timeouts: 0,
      unanswered: 0,
      mismatches: null,
      resets: null,
      bytes: 90,
      answeredPerSecond: 9,
      latency: { ...latency, curve: [] as [number, number][] },
      seconds: [],
      messages: null,
    },
  };
  expect(verdictSentence(alone)).toBe('9 of 9 HTTP answers were of status 2xx, 99% within 4.00 ms; no messages to account for.');
  for (const text of [terminalSummary(alone, { colour: false, width: 80, reportPath: null }), markdownSummary(alone)]) {
    expect(text).not.toContain('none lost');
    expect(text.toLowerCase()).toContain('nothing to account for');
    expect(text).toContain('3.00 ms');
  }
  const beside = { ...alone.http, messages: { beside: example.latency.response as LatencySummary, without: null } };
  expect(withoutWithheld({ ...alone, verdict: 'invalid', http: beside }).http).toMatchObject({
    latency: null,
    messages: { beside: null, without: null },
    answered: 9,
  });
});
