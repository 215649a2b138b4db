/** What was not measured is unknown in the document and in every report of it: never zero, never yes, never a pass. */
import { describe, expect, test } from 'vitest';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { historyEntry } from '../../../../harness/studies/history/entry.ts';
import type { ImportTool } from '../../../../harness/studies/import/import-output.ts';
import { resultAnnotations } from '../../../../reports/github-annotations.ts';
import { htmlReport } from '../../../../reports/html/report.ts';
import { junitXml } from '../../../../reports/junit.ts';
import { markdownSummary } from '../../../../reports/markdown.ts';
import { terminalSummary } from '../../../../reports/terminal.ts';
import { withoutOwnScript } from '../../../reports/page-elements.ts';
import { resultOf } from './imported.ts';
import { exportedSummary, handledSummary } from './k6-summaries.ts';
import { artilleryReport, autocannonOf2017, machineSummary } from './other-outputs.ts';

const without = <Document extends object>(document: Document, ...keys: (keyof Document)[]): Document => {
  const copy = structuredClone(document);
  for (const key of keys) delete copy[key];
  return copy;
};

/** As little as a file may hold. */
const BARE: readonly (readonly [tool: ImportTool, document: unknown])[] = [
  ['k6', { metrics: { my_gauge: { value: 7 } } }],
  ['k6', { metrics: without(exportedSummary().metrics, 'http_req_failed', 'vus_max', 'data_received') }],
  ['k6', { ...machineSummary(), config: {}, metadata: {} }],
  [
    'autocannon',
    {
      ...without(
        autocannonOf2017(),
        'errors',
        'timeouts',
        'connections',
        'pipelining',
        'url',
        'throughput',
        '1xx',
        '3xx',
        '4xx',
        '5xx',
      ),
      requests: { total: 1_000 },
    },
  ],
  ['artillery', { aggregate: { counters: { 'http.requests': 60 } } }],
];

/** Every number and truth of a document, with its place. */
function* figuresIn(value: unknown, place = ''): Generator<readonly [place: string, value: number | boolean]> {
  if (typeof value === 'number' || typeof value === 'boolean') yield [place, value];
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* figuresIn(inner, place === '' ? key : `${place}.${key}`);
}

/** Beginnings, widths and the smallest of a curve: no figures of anybody. */
const NO_FIGURE = /^(?:checks\.\d+\.pass|http\.fromMs|timeline\.stepMs|.*resolutionUs|.*\.curve\..*)$/;
/** Artillery and autocannon count only what there was. */
const COUNTED = /^http\.(?:errors|timeouts|ok)$/;

function reportsOf(result: Result): readonly string[] {
  return [
    terminalSummary(result, { colour: false, width: 100, reportPath: null }),
    markdownSummary(result),
    withoutOwnScript(htmlReport(result)).replace(/<style>.*?<\/style>|<svg.*?<\/svg>/gsu, ''),
    junitXml(result),
    JSON.stringify(resultAnnotations(result)),
  ];
}

describe.each(BARE.map(([tool, document], index) => [tool, index, document] as const))(
  'of a bare file of %s (%i)',
  (tool, _index, document) => {
    test('no figure of the document becomes a zero or a yes that nobody measured', async () => {
      const result = await resultOf(tool, document);
      const invented = [...figuresIn({ ...result, measuredBy: null })].filter(
        ([place, value]) => (value === 0 || typeof value === 'boolean') && !NO_FIGURE.test(place) && !COUNTED.test(place),
      );
      expect(invented).toEqual([]);
      expect(result.delivery).toBeNull();
      expect(result.load).toMatchObject({ valid: null, lagUs: null, payloadBytes: null, offlineShare: null, reconnects: null });
    });

    test('no report shows a zero or a yes that nobody measured', async () => {
      for (const text of reportsOf(await resultOf(tool, document))) {
        expect(text).not.toMatch(/\b0 (?:µs|B|users?|nodes?|cores?|connections?|messages)\b/u);
        expect(text).not.toMatch(/lost 0|0 of 0|kept up<\/dt><dd>yes|none lost|can be trusted|NaN|undefined|\bnull\b/u);
      }
    });

    test('history keeps no metric that nobody measured', async () => {
      const result = await resultOf(tool, document);
      const entry = historyEntry({ ...result, verdict: 'pass' }, null);
      if (typeof entry === 'string') throw new Error(entry);
      expect(Object.keys(entry.values).filter((name) => /^(?:delivery\.|lag\.|load\.|errors$|memory\.)/.test(name))).toEqual([]);
    });
  },
);

describe('a summary without http_req_failed', () => {
  const { http_req_failed: _, http_req_duration: trend, ...metrics } = exportedSummary().metrics;
  const given = { metrics: { ...metrics, http_req_duration: without(trend, 'thresholds') } };

  test('proves nothing, because it is unknown how many requests were answered well', async () => {
    const result = await resultOf('k6', given);
    expect(result).toMatchObject({
      verdict: 'unknown',
      reasons: ['nothing is proven: k6 does not report whether any request was answered well'],
      http: { sent: 1_000, answered: null, ok: null, errors: null },
      load: { ackedPerSecond: null },
    });
    for (const text of reportsOf(result)) expect(text).not.toContain('2xx');
  });

  test('fails all the same if a threshold did not hold', async () => {
    const failed = await resultOf('k6', { metrics: { ...metrics, http_req_duration: trend } });
    expect(failed).toMatchObject({ verdict: 'fail', checks: [{ pass: false }] });
  });
});

test("what counts as a good answer is k6's own rule, and the report states it", async () => {
  const result = await resultOf('k6', handledSummary());
  const [terminal] = reportsOf({ ...result, verdict: 'pass', checks: [] });
  expect(terminal?.replaceAll(/\s+/gu, ' ')).toContain(
    "990 of 1,000 HTTP requests were answered and good by k6's count (status 200 to 399, unless the script says otherwise)",
  );
});

describe('a threshold', () => {
  const threshold = async (values: object, expression: string, type = 'trend', name = 'http_req_duration{status:500}') => {
    const given = handledSummary();
    given.metrics[name] = { type, contains: 'time', values: values as never, thresholds: { [expression]: { ok: true } } };
    const { checks } = await resultOf('k6', given);
    return checks.find((check) => check.name === `${name}: ${expression}`);
  };

  test.each([
    ['nulls', { min: null, med: null, 'p(95)': null }],
    ['nothing', {}],
    ['a count of none', { 'p(95)': 0, count: 0 }],
    ["k6's zeros for no sample", { avg: 0, min: 0, med: 0, max: 0, 'p(90)': 0, 'p(95)': 0 }],
  ])('whose values are %s did not hold, whatever k6 says', async (_what, values) => {
    expect(await threshold(values, 'p(95)<500')).toMatchObject({ pass: false, actual: null, limit: 500_000 });
  });

  test('of a rate without a sample did not hold; of a counter that counted none it did', async () => {
    expect(await threshold({ rate: 0, passes: 0, fails: 0 }, 'rate<0.01', 'rate', 'failures')).toMatchObject({ pass: false });
    expect(await threshold({ count: 0, rate: 0 }, 'count<5', 'counter', 'my_errors')).toMatchObject({ pass: true });
  });

  test('of a statistic that the summary was not asked for has the result that k6 gave', async () => {
    expect(await threshold({ 'p(95)': 12 }, 'p(99)<500')).toMatchObject({ pass: true, actual: null });
  });
});

test('counts are printed as whole numbers', async () => {
  const given = handledSummary();
  given.metrics.orders = { type: 'counter', contains: 'default', values: { count: 48_012, rate: 4_801.2 } };
  given.metrics.stock = {
    type: 'gauge',
    contains: 'default',
    values: { value: 123_456 },
    thresholds: { 'value>5': { ok: true } },
  };
  const [terminal, markdown, html] = reportsOf(await resultOf('k6', given));
  for (const text of [markdown, html]) expect(text).toContain('count 48,012');
  expect(terminal).toContain('stock: value>5  123,456 (limit 5)');
});

test('an imported HTTP run says how good its answers were if autocannon found other bodies', async () => {
  const result = await resultOf('autocannon', { ...autocannonOf2017(), mismatches: 100 });
  expect(reportsOf(result)[1]).toContain('900 of 1,000 HTTP answers were of status 2xx with the expected body');
  expect(reportsOf(await resultOf('artillery', artilleryReport()))[0]).toContain('Artillery keeps no ledger');
});
