/** Files as other people have them: encodings, several results, and what is no output at all. */
import { describe, expect, test } from 'vitest';
import { problemOf, resultOf, resultsOf } from './imported.ts';
import { exportedSummary, handledSummary } from './k6-summaries.ts';
import { artilleryReport, autocannonOf2017, firstArtilleryReport, machineSummary } from './other-outputs.ts';

const text = JSON.stringify(exportedSummary(), null, 2);
const utf16 = (given: string, order: 'le' | 'be'): Buffer => {
  const bytes = Buffer.from(given, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

describe('a file', () => {
  test.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ["UTF-16, as PowerShell's > writes it", utf16(`\ufeff${text}`, 'le')],
    ['UTF-16, big end first', utf16(`\ufeff${text}`, 'be')],
    ['UTF-16 without a mark', utf16(text, 'le')],
    ['UTF-16, big end first, without a mark', utf16(text, 'be')],
    ['lines that end as on Windows', Buffer.from(text.replaceAll('\n', '\r\n'))],
  ])('in %s is read as the same content', async (_what, bytes) => {
    const [plain, other] = [await resultOf('k6', text), await resultOf('k6', bytes)];
    expect(other.http).toEqual(plain.http);
    expect(other.measuredBy?.imported?.sha256).toBe(plain.measuredBy?.imported?.sha256);
  });

  test('of several results, in a list or one on each line, gives each of them', async () => {
    const [one, other] = [autocannonOf2017(), { ...autocannonOf2017(), '2xx': 900 }];
    const listed = await resultsOf('autocannon', [one, other]);
    expect(listed.map(({ http }) => http?.ok)).toEqual([1_000, 900]);
    const lines = await resultsOf('autocannon', `${JSON.stringify(one)}\r\n${JSON.stringify(other)}\n`);
    expect(lines.map(({ http }) => http?.ok)).toEqual([1_000, 900]);
  });

  test.each([
    ['nothing', '', ': is empty\n'],
    ['white space', ' \n', ': is empty\n'],
    ['an empty list', [], ': is an empty list\n'],
    ['half of it', text.slice(0, 200), ': is not JSON: '],
    ['a number that is none', text.replace('10', 'NaN'), ': is not JSON: '],
    ['another encoding', Buffer.from('{"é":1}', 'latin1'), ': is neither UTF-8 nor UTF-16 text\n'],
  ])('that holds %s is reported as that, with the remedy', async (_what, given, problem) => {
    const said = await problemOf('k6', given);
    expect(said.startsWith(problem)).toBe(true);
    expect(said).toContain('--summary-export');
  });

  test('of raw control characters sends none of them to the terminal', async () => {
    expect(await problemOf('k6', '{\u001b[31m\u0007\n::error::x')).not.toMatch(/\p{Cc}(?<!\n)|\n::/u);
  });
});

describe('a figure that cannot be', () => {
  const k6 = (metrics: object) => ({ metrics: { ...exportedSummary().metrics, ...metrics } });
  const old = autocannonOf2017;
  const report = (change: object) => ({ aggregate: { ...artilleryReport().aggregate, ...change } });
  test.each([
    ['k6', k6({ http_reqs: { count: '10', rate: 1 } }), 'metrics.http_reqs.count is "10": expected number'],
    ['k6', k6({ http_reqs: { count: -1, rate: 1 } }), 'http_reqs: count is -1, but it cannot be below 0'],
    ['k6', k6({ http_req_duration: { med: -5 } }), 'http_req_duration: med is -5, but it cannot be below 0'],
    ['k6', k6({ http_req_failed: { value: 2, passes: 2, fails: 0 } }), 'http_req_failed: rate is 2, but it cannot be above 1'],
    ['k6', k6({ http_reqs: { count: 1e300, rate: 1 } }), 'is 1e+300'],
    ['k6', { ...handledSummary(), state: { testRunDurationMs: 1e300 } }, 'state.testRunDurationMs is 1e+300'],
    [
      'k6',
      { ...machineSummary(), metadata: { generatedAt: 'yesterday' } },
      'metadata.generatedAt is "yesterday": write a time like',
    ],
    ['k6', { type: 'Point', metric: 'http_reqs', data: {} }, 'holds the samples that k6 --out json writes'],
    ['autocannon', { ...old(), start: 'yesterday' }, 'start is "yesterday": write a time like 2026-03-01T12:00:00Z'],
    ['autocannon', { ...old(), latency: { ...old().latency, p99: '20' } }, 'latency.p99 is "20": expected number'],
    ['autocannon', { ...old(), '2xx': -1 }, '2xx is -1'],
    ['autocannon', { ...old(), duration: 0 }, 'duration is 0'],
    ['autocannon', { hello: 1 }, 'duration is missing'],
    ['artillery', report({ counters: { 'http.requests': 'many' } }), 'counters.http.requests is "many": expected number'],
    ['artillery', report({ firstMetricAt: 'yesterday' }), 'firstMetricAt is "yesterday"'],
    ['artillery', { aggregate: {} }, 'it has no counters'],
    ['artillery', exportedSummary(), 'aggregate is missing'],
  ] as const)('in what %s wrote is an error of the file, with place and value', async (tool, given, problem) => {
    expect(await problemOf(tool, given)).toContain(problem);
  });
});

test("k6's machine-readable summary is read with its seconds, its matches of a total, and the time it was written", async () => {
  const result = await resultOf('k6', machineSummary());
  expect(result).toMatchObject({ verdict: 'pass', startedAt: '2026-01-15T10:29:45.000Z', durationMs: 60_500 });
  expect(result.http).toMatchObject({ sent: 1_500, ok: 1_469, answered: null });
  expect(result.http?.latency).toMatchObject({ count: 1_500, minUs: 123_500, p50Us: 234_500, p95Us: 421_500, p99Us: null });
  expect(result.measuredBy?.caveats.join(' ')).toContain('it is not known whether any failed');
});

describe('a trend of k6', () => {
  test('without min, med or avg keeps its other percentiles and its unit, in both forms', async () => {
    const flat = exportedSummary();
    const stats = { 'p(75)': 7, 'p(99)': 90, 'p(99.9)': 120 };
    const bare = await resultOf('k6', { metrics: { ...flat.metrics, http_req_duration: stats } });
    const whole = handledSummary();
    whole.metrics.http_req_duration = { type: 'trend', contains: 'time', values: stats };
    for (const { http, latency, measuredBy } of [bare, await resultOf('k6', whole)]) {
      expect(http?.latency).toMatchObject({ count: 1_000, minUs: null, p50Us: null, p99Us: 90_000, p999Us: 120_000 });
      expect(latency.service).toMatchObject({
        p50Us: null,
        p99Us: 90_000,
        curve: [
          [75, 7_000],
          [99, 90_000],
          [99.9, 120_000],
        ],
      });
      expect(measuredBy?.figures.find(({ name }) => name === 'http_req_duration')).toMatchObject({ unit: 'ms', values: stats });
    }
  });
});

describe('autocannon', () => {
  test('of 2017 called p99.9 p999, and did not say how many latencies there were', async () => {
    const { http, durationMs, startedAt } = await resultOf('autocannon', autocannonOf2017());
    expect(http?.latency).toMatchObject({
      count: null,
      minUs: 1_000,
      p90Us: 8_000,
      p99Us: 20_000,
      p999Us: 28_000,
      maxUs: 30_000,
    });
    expect(http).toMatchObject({ mismatches: null, resets: null, statuses: null, ok: 1_000, answered: 1_000 });
    expect({ durationMs, startedAt }).toEqual({ durationMs: 10_000, startedAt: '2017-05-01T10:00:00.000Z' });
  });

  test('counts answers with another body, and sequences begun again, as not good', async () => {
    const { http } = await resultOf('autocannon', { ...autocannonOf2017(), mismatches: 100, resets: 5 });
    expect(http).toMatchObject({ ok: 895, mismatches: 100, resets: 5, okMeans: 'of status 2xx with the expected body' });
    const none = await resultOf('autocannon', { ...autocannonOf2017(), mismatches: 1_000 });
    expect(none).toMatchObject({ verdict: 'unknown', reasons: ['nothing is proven: autocannon saw no good answer'] });
  });
});

describe("Artillery's report", () => {
  test('of version 2 gives its answers, errors and response times', async () => {
    const result = await resultOf('artillery', artilleryReport());
    expect(result).toMatchObject({ verdict: 'pass', startedAt: '2022-04-22T19:36:48.000Z', durationMs: 10_000 });
    expect(result.load).toMatchObject({ users: 20, sent: 60, ratePerSecond: 6, ackedPerSecond: 5.5, loop: null, valid: null });
    expect(result.http).toMatchObject({ answered: 58, ok: 55, errors: 2, timeouts: 2, statuses: { '200': 55, '500': 3 } });
    expect(result.http?.latency).toMatchObject({ count: 58, p50Us: 18_000, p95Us: 62_000, p99Us: 110_000, p999Us: 118_000 });
  });

  test('of version 1 gives the same from its fixed fields', async () => {
    const result = await resultOf('artillery', firstArtilleryReport());
    expect(result).toMatchObject({ verdict: 'pass', startedAt: '2019-03-16T15:22:15.000Z', durationMs: 10_000 });
    expect(result.http).toMatchObject({ sent: 100, answered: 95, ok: 95, errors: 5 });
    expect(result.http?.latency).toMatchObject({ count: null, p50Us: 12_000, p90Us: null, p95Us: 40_000, p99Us: 80_000 });
  });

  test('of a run without an answer proves nothing, and has no latency', async () => {
    const report = firstArtilleryReport();
    Object.assign(report.aggregate, { requestsCompleted: 0, codes: {}, latency: { min: null, median: null, p99: null } });
    const result = await resultOf('artillery', report);
    expect(result).toMatchObject({ verdict: 'unknown', http: { ok: 0, latency: null } });
  });

  test('of sockets alone does not say whether anybody was answered', async () => {
    const counters = { 'vusers.created': 5, 'vusers.completed': 5, 'websocket.messages_sent': 50 };
    const result = await resultOf('artillery', { aggregate: { ...artilleryReport().aggregate, counters, summaries: {} } });
    expect(result).toMatchObject({ verdict: 'unknown', http: null, load: { sent: 50, ackedPerSecond: null } });
  });

  test('is invalid if it left out users who were due, and is counted from its periods if it was cut short', async () => {
    const report = artilleryReport();
    report.aggregate.counters['vusers.skipped'] = 3;
    expect(await resultOf('artillery', report)).toMatchObject({
      verdict: 'invalid',
      load: { valid: false },
      http: { latency: null },
    });
    const period = artilleryReport().aggregate;
    const cut = await resultOf('artillery', { aggregate: {}, intermediate: [period, period] });
    expect(cut.http).toMatchObject({ sent: 120, ok: 110, latency: null });
  });
});
