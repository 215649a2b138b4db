import { describe, expect, it } from 'vitest';
import { type HistoryEntry, historySchema } from '../../../../harness/evidence/result/history.ts';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { historyEntry } from '../../../../harness/studies/history/entry.ts';
import { changesOf, historyOf, MAX_RUNS } from '../../../../harness/studies/history/trend.ts';
import { trendText } from '../../../../reports/trend-text.ts';
import { exampleResult } from '../../../reports/example-result.ts';

const PLAYED = exampleResult();
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString();
const entry = (minute: number, change: Partial<Result> = {}): HistoryEntry =>
  historyEntry({ ...PLAYED, startedAt: at(minute), ...change }, null) as HistoryEntry;
const cpu = (serverUsPerMessage: number | null): Partial<Result> => ({ cpu: { ...PLAYED.cpu, serverUsPerMessage } });

/** Around 1, by 4%. */
function noise(seed: number, count: number): number[] {
  const random = new Random(seed, 'noise', 0);
  return Array.from({ length: count }, () => 0.94 + 0.04 * (random.unit() + random.unit() + random.unit()));
}

describe('a change point', () => {
  const level = (change: number): number[] => noise(3, 30).map((value, index) => 200 * value * (index < 17 ? 1 : change));

  it('is where figures changed for good, with the values before and after', () => {
    const [change, ...others] = changesOf(level(1.15), 'lower');
    expect(others).toEqual([]);
    expect(change).toMatchObject({ at: 17, worse: true });
    expect(change?.ratio).toBeCloseTo(1.15, 1);
    expect(change?.before).toBeCloseTo(200, -1);
  });

  it('is an improvement if higher is better', () => {
    expect(changesOf(level(1.15), 'higher')).toMatchObject([{ at: 17, worse: false }]);
    expect(changesOf(level(0.85), 'lower')).toMatchObject([{ at: 17, worse: false }]);
  });

  it('shows a slow drift that comparing neighbours would miss', () => {
    const drift = noise(5, 60).map((value, index) => value * 1.004 ** index);
    const changes = changesOf(drift, 'lower');
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.every(({ worse }) => worse)).toBe(true);
  });

  it('is not found in a single slow run, or in the noise of a quiet series', () => {
    expect(changesOf(noise(3, 40).with(20, 3), 'lower')).toEqual([]);
    expect(changesOf(new Array<number>(40).fill(0), 'lower')).toEqual([]);
  });

  it('is named by its run even if runs in between measured nothing', () => {
    const gaps = level(1.3).flatMap((value, index) => (index % 3 === 0 ? [null, value] : [value]));
    const [change] = changesOf(gaps, 'lower');
    expect(gaps.slice(0, change?.at).filter((value) => value !== null)).toHaveLength(17);
  });
});

describe('a history', () => {
  it('is a document that matches its schema, in order of time', () => {
    const history = historyOf([entry(2), entry(0), entry(1)]);
    expect(historySchema.parse(history)).toEqual(history);
    expect(history.series.map(({ runs }) => runs.map(({ startedAt }) => startedAt))).toEqual([[at(0), at(1), at(2)]]);
  });

  it('keeps apart runs of other machines and of other setups, but not runs of other versions', () => {
    const { environment, target, load } = PLAYED;
    const history = historyOf([
      entry(0),
      entry(1, { target: { ...target, version: '9' }, environment: { ...environment, letitcrash: '9.0.0', loadAverage: 3 } }),
      entry(2, { target: { ...target, config: Object.fromEntries(Object.entries(target.config).toReversed()) } }),
      entry(3, { environment: { ...environment, cores: (environment.cores ?? 0) + 1 } }),
      entry(4, { target: { ...target, config: { ...target.config, durability: 'commit' } } }),
      entry(5, { load: { ...load, model: 'poisson 1/s' } }),
    ]);
    expect(history.series.map(({ runs }) => runs.map(({ startedAt }) => startedAt))).toEqual([
      [at(5)],
      [at(4)],
      [at(3)],
      [at(0), at(1), at(2)],
    ]);
  });

  it('has the metrics that were asked for and measured, and null for runs without them', () => {
    const entries = [entry(0, cpu(null)), entry(1, cpu(210))];
    const [series] = historyOf(entries, ['cpu.serverPerMessage', 'memory.returnedToBaseline', 'rate']).series;
    expect(series?.metrics.map(({ name }) => name)).toContain('rate');
    expect(series?.metrics[0]).toMatchObject({ name: 'cpu.serverPerMessage', unit: 'us', better: 'lower', values: [null, 210] });
    expect(series?.metrics.at(-1)).toMatchObject({ name: 'rate', better: 'higher' });
    expect(historyOf([entry(0, cpu(null))], ['cpu.serverPerMessage']).series[0]?.metrics).toEqual([]);
  });

  it.each(['rate', 'http.rate', 'delivery.acked', 'delivery.delivered'])('calls %s worse if it falls for good', (name) => {
    const values = noise(3, 30).map((value, index) => 2_000 * value * (index < 15 ? 1 : 0.5));
    const entries = values.map((value, minute) => ({ ...entry(minute), values: { [name]: value } }));
    const [metric] = historyOf(entries, [name]).series[0]?.metrics ?? [];
    expect(metric).toMatchObject({ name, better: 'higher', changes: [{ at: 15, worse: true }] });
  });

  it('takes a percentile that was never reached for worse than every number, and says so', () => {
    const name = 'response.p99';
    const response = (never: boolean): Partial<Result> => {
      const { latency } = exampleResult();
      const { response: was } = latency;
      if (was === null) throw new Error('the example has response times');
      return { latency: { ...latency, response: never ? { ...was, p99Us: null, maxUs: null, unanswered: 500 } : was } };
    };
    const entries = Array.from({ length: 30 }, (_, minute) => entry(minute, response(minute >= 15)));
    expect(entries[20]).toMatchObject({ never: [name, 'response.max'] });
    const history = historyOf(entries, [name]);
    expect(historySchema.parse(history)).toEqual(history);
    const [metric] = history.series[0]?.metrics ?? [];
    expect(metric?.changes).toMatchObject([{ at: 15, after: null, ratio: null, worse: true }]);
    expect(metric?.values.slice(14, 16)).toEqual([exampleResult().latency.response?.p99Us, null]);
    expect(metric?.never).toEqual(Array.from({ length: 15 }, (_, index) => 15 + index));
    expect(trendText(history, { colour: false })).toMatch(/response\.p99 +never.*\n.*worse: .* to never/);
  });

  it('forgets the oldest runs when there are very many', () => {
    const [series] = historyOf(
      Array.from({ length: MAX_RUNS + 3 }, (_, minute) => entry(minute)),
      ['lag.p50'],
    ).series;
    expect(series?.runs).toHaveLength(MAX_RUNS);
    expect(series?.runs[0]?.startedAt).toBe(at(3));
  });

  it('shows what its runs have if nobody chooses: response times of messages or of requests', () => {
    const shown = (change: Partial<Result>): string[] =>
      historyOf([entry(0, change)]).series[0]?.metrics.map(({ name }) => name) ?? [];
    expect(shown({})).toEqual(expect.arrayContaining(['response.p50', 'response.p99', 'cpu.serverPerMessage']));
    expect(shown({}).some((name) => name.startsWith('http.') || name === 'rate')).toBe(false);
    const bare = {
      ...PLAYED,
      latency: { ...PLAYED.latency, response: null, delivery: null },
      recovery: [],
      recoveryDistribution: [],
    };
    expect(shown(bare)).toEqual(expect.arrayContaining(['service.p50', 'service.p99', 'rate']));
    const ofValues = (values: Record<string, number>): string[] =>
      historyOf([{ ...entry(0), values }]).series[0]?.metrics.map(({ name }) => name) ?? [];
    // One rate, and of percentiles the usual ones; where there are none of those, whatever was measured.
    expect(ofValues({ 'http.p50': 1, 'http.p90': 2, 'http.requests': 6, 'http.rate': 5 })).toEqual(['http.p50', 'http.requests']);
    expect(ofValues({ 'http.p90': 2, 'http.max': 3, 'http.rate': 5 })).toEqual(['http.p90', 'http.max', 'http.rate']);
    expect(ofValues({ 'lag.p50': 1 })).toEqual(['lag.p50']);
  });

  it('says of each metric whether there were enough runs to look for a change', () => {
    const runs = (count: number) =>
      historyOf(
        Array.from({ length: count }, (_, minute) => entry(minute)),
        ['response.p99', 'rate'],
      );
    const compared = (count: number) => runs(count).series[0]?.metrics.map((metric) => metric.compared);
    expect(compared(9)).toEqual([false, false]);
    expect(compared(10)).toEqual([true, true]);
    const gaps = historyOf(Array.from({ length: 12 }, (_, minute) => entry(minute, cpu(minute % 4 === 0 ? null : 40))));
    expect(gaps.series[0]?.metrics.find(({ name }) => name === 'cpu.serverPerMessage')?.compared).toBe(false);
  });
});
