/** What a run tells, as Prometheus text and as OTLP: the same figures, from one table. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type MetricDescription,
  metricNames,
  metrics,
  RESPONSE_TIME_EDGES_SECONDS,
} from '../../../../harness/front/watch/telemetry/metric-table.ts';
import { METRICS_PAGE, metricsPage } from '../../../../harness/front/watch/telemetry/metrics-page.ts';
import { otlpMetrics } from '../../../../harness/front/watch/telemetry/otlp-data.ts';
import { prometheusName } from '../../../../harness/front/watch/telemetry/prometheus-name.ts';
import { prometheusText } from '../../../../harness/front/watch/telemetry/prometheus-text.ts';
import { RunFigures } from '../../../../harness/front/watch/telemetry/run-figures.ts';
import type { WatchEvent } from '../../../../harness/front/watch/watcher.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { type Scraped, scraped } from './prometheus-samples.ts';
import { fault, plan, planWithHttp, reading, WHOLE_RUN } from './watched-run.ts';

function after(events: readonly WatchEvent[], of = plan()): RunFigures {
  const figures = new RunFigures(of);
  for (const event of events) figures.event(event);
  return figures;
}

const text = async (events: readonly WatchEvent[], of = plan()): Promise<Scraped> =>
  scraped(await prometheusText(after(events, of).read()));

describe('the text for Prometheus', () => {
  test('counts messages since the workers began, and requests since the last answers', async () => {
    const { values, types } = await text(WHOLE_RUN, planWithHttp());
    expect(values.get('letitcrash_load_messages_acknowledged_total')).toBe(250);
    expect(types.get('letitcrash_load_messages_acknowledged_total')).toBe('counter');
    expect(values.get('letitcrash_load_http_answers_total{outcome="ok"}')).toBe(15);
    expect(values.get('letitcrash_load_http_answers_total{outcome="other"}')).toBe(1);
    expect(values.get('letitcrash_load_error_ratio')).toBe(0.25);
    expect(values.get('letitcrash_load_users_connected')).toBe(100);
  });

  test('has each response time in its bucket, with an edge in the bucket that it closes', async () => {
    const { values, types } = await text(WHOLE_RUN);
    const name = 'letitcrash_load_response_time_seconds';
    expect(types.get(name)).toBe('histogram');
    expect(values.get(`${name}_bucket{le="0.00025"}`)).toBe(0);
    expect(values.get(`${name}_bucket{le="0.0005"}`)).toBe(1);
    expect(values.get(`${name}_bucket{le="0.0025"}`)).toBe(1);
    expect(values.get(`${name}_bucket{le="0.005"}`)).toBeGreaterThanOrEqual(3);
    expect(values.get(`${name}_bucket{le="50"}`)).toBe(4);
    expect(values.get(`${name}_bucket{le="+Inf"}`)).toBe(5);
    expect(values.get(`${name}_count`)).toBe(5);
    expect(values.get(`${name}_sum`)).toBeCloseTo(70.0153, 0);
    expect(values.get('letitcrash_load_response_latest_seconds{quantile="0.99"}')).toBe(0.005);
  });

  test('names the present phase, and no other', async () => {
    const { values } = await text([{ kind: 'phase', phase: 'drain', message: '' }]);
    const phases = [...values].filter(([name]) => name.startsWith('letitcrash_run_phase'));
    expect(phases.filter(([, value]) => value === 1)).toEqual([['letitcrash_run_phase{phase="drain"}', 1]]);
    expect(phases).toHaveLength(6);
  });

  test('has future faults at 0, so that the first one shows as a rise', async () => {
    const name = 'letitcrash_run_faults_total{fault="kill-node",outcome="injected"}';
    expect((await text([])).values.get(name)).toBe(0);
    expect((await text([fault('injected'), fault('healed'), fault('injected')])).values.get(name)).toBe(2);
  });

  test('has no verdict and no ledger before the end, and both after it', async () => {
    const before = await text(WHOLE_RUN.slice(0, -1));
    expect([...before.values.keys()].filter((key) => /verdict|delivery_|check/.test(key))).toEqual([]);
    const { values } = await text(WHOLE_RUN);
    const result = exampleResult();
    expect(values.get(`letitcrash_run_verdict{verdict="${result.verdict}"}`)).toBe(1);
    expect(values.get('letitcrash_run_delivery_messages{state="acked"}')).toBe(result.delivery?.acked);
    expect(values.get('letitcrash_run_delivery_violations{property="lost"}')).toBe(result.delivery?.lost);
    expect(values.get('letitcrash_run_latency_seconds{latency="response",quantile="0.99"}')).toBe(
      (result.latency.response?.p99Us ?? 0) / 1e6,
    );
  });

  test('survives names with quotes and backslashes, and makes them one line', async () => {
    const odd = 'a "b" \\ c\nd';
    const base = exampleResult();
    const result = { ...base, checks: [{ name: odd, pass: false, actual: 1, limit: 1, unit: '' }] };
    const { values } = await text([{ kind: 'end', result, reportPath: 'runs/example/report.html' }]);
    expect(values.get(`letitcrash_run_check_passed{check=${JSON.stringify(odd.replace('\n', ' '))}}`)).toBe(0);
  });

  test('has buckets that hold what was measured, in whatever seconds it was measured', async () => {
    const times = fc.array(fc.integer({ min: 1, max: 100_000_000 }), { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(fc.array(times, { minLength: 1, maxLength: 5 }), async (seconds) => {
        const { values } = await text(seconds.map((us, index) => reading(index * 1000, 0, us)));
        const all = seconds.flat().map((us) => us / 1e6);
        for (const edge of RESPONSE_TIME_EDGES_SECONDS) {
          const counted = values.get(`letitcrash_load_response_time_seconds_bucket{le="${edge}"}`) ?? Number.NaN;
          // What lies within a thousandth above an edge may count as below it.
          expect(counted).toBeGreaterThanOrEqual(all.filter((each) => each <= edge).length);
          expect(counted).toBeLessThanOrEqual(all.filter((each) => each <= edge * 1.001 + 1e-6).length);
        }
        expect(values.get('letitcrash_load_response_time_seconds_count')).toBe(all.length);
      }),
      { numRuns: 50 },
    );
  });
});

test('a complete run with HTTP has every metric of the table, with the labels that the table names', () => {
  const told = new Map(
    after(WHOLE_RUN, planWithHttp())
      .read()
      .map((each) => [each.name, each.samples]),
  );
  expect([...told.keys()].sort()).toEqual([...metricNames].sort());
  for (const name of metricNames) {
    const { labels }: MetricDescription = metrics[name];
    for (const sample of told.get(name) ?? []) expect([name, ...Object.keys(sample.labels)]).toEqual([name, ...labels]);
  }
});

test('OTLP gives the same figures as the text', async () => {
  const figures = after(WHOLE_RUN, planWithHttp());
  const { values, types } = scraped(await prometheusText(figures.read()));
  const told = otlpMetrics(figures.read(), { fromMs: 1_000_000, toMs: 1_002_500 });
  expect(told.map(({ descriptor }) => prometheusName(descriptor.name as keyof typeof metrics)).sort()).toEqual(
    [...types.keys()].sort(),
  );
  for (const { descriptor, dataPoints } of told) {
    const name = prometheusName(descriptor.name as keyof typeof metrics);
    for (const { attributes, value, startTime, endTime } of dataPoints) {
      expect([startTime, endTime]).toEqual([
        [1000, 0],
        [1002, 500_000_000],
      ]);
      const labels = Object.entries(attributes).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
      const suffix = labels.length === 0 ? '' : `{${labels.join(',')}}`;
      if (typeof value === 'number') expect([name, values.get(`${name}${suffix}`)]).toEqual([name, value]);
      else expect([values.get(`${name}_count`), values.get(`${name}_sum`)]).toEqual([value.count, value.sum]);
    }
  }
});

describe('the table', () => {
  test('agrees with METRICS.md; if not: node harness/front/watch/telemetry/metrics-page.ts', () => {
    expect(readFileSync(METRICS_PAGE, 'utf8')).toBe(metricsPage());
  });

  test('has no name that is the beginning of another, and none that contains its unit', () => {
    for (const name of metricNames) {
      expect(metricNames.filter((other) => other.startsWith(`${name}.`))).toEqual([]);
      expect(name).not.toMatch(/seconds|bytes|total|ratio|_/);
    }
  });

  test("has only valid Prometheus names, and none of the reference server's", () => {
    const source = readFileSync(new URL('../../../../targets/reference/control/metrics.ts', import.meta.url), 'utf8');
    const names = metricNames.map(prometheusName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(name).toMatch(/^letitcrash_(load|run)_[a-z0-9_]+$/);
      expect(source).not.toContain(`'${name.replace('letitcrash_', '')}'`);
    }
  });

  test.each([
    ['letitcrash.load.response.time', 'letitcrash_load_response_time_seconds'],
    ['letitcrash.load.messages.sent', 'letitcrash_load_messages_sent_total'],
    ['letitcrash.load.error', 'letitcrash_load_error_ratio'],
    ['letitcrash.run.connection.memory', 'letitcrash_run_connection_memory_bytes'],
    ['letitcrash.load.users.connected', 'letitcrash_load_users_connected'],
  ] as const)('%s is %s to Prometheus', (name, prometheus) => {
    expect(prometheusName(name)).toBe(prometheus);
  });
});
