/** Twelve imported runs, the last six three times slower: the trend says so, and of too few that nothing was compared. */
import { describe, expect, test } from 'vitest';
import type { History, HistoryEntry } from '../../../../harness/evidence/result/history.ts';
import { entryFacts } from '../../../../harness/front/library/index-entry.ts';
import { historyEntry } from '../../../../harness/studies/history/entry.ts';
import { historyOf } from '../../../../harness/studies/history/trend.ts';
import type { ImportTool } from '../../../../harness/studies/import/import-output.ts';
import { trendReport } from '../../../../reports/html/trend.ts';
import { trendText } from '../../../../reports/trend-text.ts';
import { resultOf } from './imported.ts';
import { handledSummary } from './k6-summaries.ts';
import { artilleryReport, autocannonOf2017 } from './other-outputs.ts';

const DAY_MS = 86_400_000;
/** By the day of a run and how much slower it is. */
const OUTPUTS: Readonly<Record<ImportTool, (day: number, slower: number) => unknown>> = {
  k6: (day, slower) => {
    const given = handledSummary();
    const startedAt = new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
    const values = { ...given.metrics.http_req_duration?.values, 'p(95)': (20 + (day % 3)) * slower };
    given.metrics.http_req_duration = { type: 'trend', contains: 'time', values };
    // A slower server has k6 take more virtual users.
    given.metrics.vus_max = { type: 'gauge', contains: 'default', values: { value: 7 * slower, min: 7, max: 7 * slower } };
    return { ...given, letitcrash: { startedAt, scenario: 'shop', target: 'shop', kind: 'http' } };
  },
  autocannon: (day, slower) => {
    const given = autocannonOf2017();
    return { ...given, start: Date.UTC(2026, 0, 1 + day), latency: { ...given.latency, p99: (20 + (day % 3)) * slower } };
  },
  artillery: (day, slower) => {
    const { aggregate } = artilleryReport();
    const times = aggregate.summaries['http.response_time'];
    const at = Date.UTC(2026, 0, 1) + day * DAY_MS;
    const summaries = { 'http.response_time': { ...times, p99: (110 + (day % 3)) * slower } };
    return { aggregate: { ...aggregate, firstMetricAt: at, lastMetricAt: at + 10_000, summaries } };
  },
};

async function history(tool: ImportTool, runs: number): Promise<History> {
  const entries: HistoryEntry[] = [];
  for (let day = 0; day < runs; day += 1) {
    const entry = historyEntry(await resultOf(tool, OUTPUTS[tool](day, day < 6 ? 1 : 3)), null);
    if (typeof entry === 'string') throw new Error(entry);
    entries.push(entry);
  }
  return historyOf(entries);
}

describe.each(Object.keys(OUTPUTS) as ImportTool[])('runs of %s', (tool) => {
  const metric = tool === 'k6' ? 'http.p95' : 'http.p99';

  test('that became three times slower are reported as worse, in the metrics that they have', async () => {
    const made = await history(tool, 12);
    expect(made.series).toHaveLength(1);
    const names = made.series[0]?.metrics.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([metric, 'rate', 'http.errors']));
    expect(trendReport(made)).toContain('<title>1 metric got worse');
    expect(trendText(made, { colour: false })).toMatch(new RegExp(`${metric}[^]*worse: .* since 2026-01-07`));
  });

  test('are not compared if there are too few, and page, terminal and index say so', async () => {
    const made = await history(tool, 9);
    const page = trendReport(made);
    expect(trendText(made, { colour: false })).toContain('  machine unknown; 9 runs');
    expect(page).toContain('machine unknown');
    expect(page).toContain('<title>Nothing was compared');
    expect(page).not.toMatch(/Nothing got worse|No change was found|No metric changed/);
    const said =
      'No metric was compared: this takes 10 runs with one name, one setup and one kind of machine that measured it, but there are at most 9.';
    expect(page).toContain(said);
    expect(trendText(made, { colour: false })).toContain(said);
    expect(entryFacts({ kind: 'history', history: made })).toMatchObject({ verdict: 'Nothing was compared' });
  });
});

test('a metric that the runs do not have is reported as missing, and nothing got worse in it', async () => {
  const { series, ...others } = await history('autocannon', 12);
  const bare = { ...others, series: series.map((one) => ({ ...one, metrics: [] })) };
  expect(trendReport(bare)).toContain('<title>Nothing was compared');
  expect(trendText(bare, { colour: false })).toContain('Of these runs none of the metrics shown was measured.');
});
