/**
 * How figures developed: sorts entries into series, and finds where a series changed for good. Pure.
 *
 * A gate compares two versions, and a slowdown of one per cent a week never fails it. A change point in a series of runs on one kind of
 * machine shows what no single comparison can.
 */

import type { Metric } from '../../evidence/metrics/metric.ts';
import { metrics as allMetrics } from '../../evidence/metrics/metrics.ts';
import {
  HISTORY_SCHEMA,
  type History,
  type HistoryChange,
  type HistoryEntry,
  type HistoryMetric,
  type HistorySeries,
  RUNS_EACH_SIDE,
} from '../../evidence/result/history.ts';
import { eDivisive } from '../../evidence/stats/change-point.ts';
import { quantileOfSorted } from '../../evidence/stats/quantile.ts';
import { Random } from '../../evidence/stats/random.ts';

/** What is shown by default, if it was measured, in addition to the latencies of the load. */
const SHOWN: readonly string[] = [
  'delivery.p99',
  'cpu.serverPerMessage',
  'memory.perConnection',
  'memory.heapPerConnection',
  'memory.peakNodes',
  'recovery.slo',
  'recovery.drained',
];
/** The timing metrics of a load: the first of these that its runs have. */
const TIMED = ['response', 'http', 'service'] as const;
/** Which of them are shown or, if none was measured, whatever was. */
const PERCENTILES: readonly string[] = ['p50', 'p95', 'p99'];
const OTHER_PERCENTILES: readonly string[] = ['p90', 'p99.9', 'max'];
/** For a load that sends as fast as it is answered, the rate is a figure of the server; the first that exists. */
const RATES: readonly string[] = ['rate', 'http.requests', 'http.rate'];

const SIGNIFICANCE = 0.01;
/** The smallest p-value that they allow, 1/200, is half of the significance; each change found takes so many searches. */
const PERMUTATIONS = 199;
/** Only this many of the latest runs are examined, because the search takes time in proportion to their square. */
export const MAX_RUNS = 400;
/** The permutations are drawn from a fixed seed: the same history always shows the same changes. */
const SEED = 1;

/** The document; `names` are the metrics to show; by default, those that people look for first in each series. */
export function historyOf(entries: readonly HistoryEntry[], names: readonly string[] | null = null): History {
  const groups = Map.groupBy(entries, ({ setup, fingerprint }) => JSON.stringify([canonical(setup), fingerprint]));
  const series = [...groups.values()].map((group) => seriesOf(group, names));
  const latest = ({ runs }: HistorySeries): string => runs.at(-1)?.startedAt ?? '';
  return {
    schema: HISTORY_SCHEMA,
    series: series.sort((a, b) => (latest(a) < latest(b) ? 1 : latest(a) > latest(b) ? -1 : 0)),
    significance: SIGNIFICANCE,
  };
}

function seriesOf(group: readonly HistoryEntry[], asked: readonly string[] | null): HistorySeries {
  const ordered = group.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0)).slice(-MAX_RUNS);
  const { setup, fingerprint } = ordered[0] as HistoryEntry;
  const names = asked ?? shownOf(ordered);
  return {
    setup,
    fingerprint,
    runs: ordered.map(({ run, startedAt, label, verdict, version, runtime, letitcrash }) => {
      return { run, startedAt, label, verdict, version, runtime, letitcrash };
    }),
    metrics: names.flatMap((name) => {
      const metric = allMetrics.get(name);
      const values = ordered.map((entry) => entry.values[name] ?? null);
      const never = ordered.flatMap((entry, index) => (entry.never?.includes(name) === true ? [index] : []));
      return metric === undefined || values.every((value) => value === null) ? [] : [trendOf(metric, values, never)];
    }),
  };
}

/** Metrics depend on what the runs have: those of another tool have no response time, and a closed loop has a rate to report. */
function shownOf(entries: readonly HistoryEntry[]): readonly string[] {
  const measured = new Set(entries.flatMap(({ values }) => Object.keys(values)));
  const had = (names: readonly string[]): readonly string[] => names.filter((name) => measured.has(name));
  const of = (kind: string, percentiles: readonly string[]): readonly string[] =>
    had(percentiles.map((percentile) => `${kind}.${percentile}`));
  const timed = TIMED.find((kind) => of(kind, [...PERCENTILES, ...OTHER_PERCENTILES]).length > 0);
  const usual = timed === undefined ? [] : of(timed, PERCENTILES);
  const latencies = timed === undefined || usual.length > 0 ? usual : of(timed, OTHER_PERCENTILES);
  const ofRequests = timed === 'response' ? [] : [...had(RATES).slice(0, 1), ...had(['http.errors'])];
  const shown = [...latencies, ...ofRequests, ...had(SHOWN)];
  // Whatever exists, rather than nothing.
  return shown.length > 0 ? shown : [...allMetrics.keys()].filter((name) => measured.has(name));
}

function trendOf({ name, unit, better }: Metric, values: readonly (number | null)[], never: readonly number[]): HistoryMetric {
  const ranked = withNever(values, never);
  return {
    name,
    unit,
    better,
    values: [...values],
    ...(never.length === 0 ? {} : { never: [...never] }),
    changes: changesOf(ranked, better),
    compared: isEnough(ranked),
  };
}

/** Where something never came, infinity. */
function withNever(values: readonly (number | null)[], never: readonly number[]): readonly (number | null)[] {
  const places = new Set(never);
  return values.map((value, index) => (places.has(index) ? Number.POSITIVE_INFINITY : value));
}

function isEnough(values: readonly (number | null)[]): boolean {
  return values.filter((value) => value !== null).length >= 2 * RUNS_EACH_SIDE;
}

/** What never came is taken to be this many times as long as the longest that did: the search needs distances. */
const NEVER_FACTOR = 10;

/** Where the values changed; runs without a value are skipped. An infinite value is one that never came. */
export function changesOf(values: readonly (number | null)[], better: Metric['better']): HistoryChange[] {
  const places = values.flatMap((value, index) => (value === null ? [] : [index]));
  const measured = values.filter((value) => value !== null);
  if (!isEnough(values)) return [];
  // Figures vary in proportion to their size.
  const longest = Math.max(1, ...measured.filter((value) => Number.isFinite(value)));
  const finite = measured.map((value) => Math.min(value, NEVER_FACTOR * longest));
  const scaled = finite.every((value) => value > 0) ? finite.map(Math.log) : finite;
  const random = new Random(SEED, 'change points', 0);
  const found = eDivisive(scaled, {
    random: () => random.unit(),
    permutations: PERMUTATIONS,
    significance: SIGNIFICANCE,
    minSize: RUNS_EACH_SIDE,
  });
  const bounds = [0, ...found, measured.length];
  const levels = bounds.slice(1).map((end, stretch) => median(measured.slice(bounds[stretch], end)));
  return found.map((at, index) => {
    const before = levels[index] as number;
    const after = levels[index + 1] as number;
    const cameIn = (level: number): number | null => (Number.isFinite(level) ? level : null);
    return {
      at: places[at] as number,
      before: cameIn(before),
      after: cameIn(after),
      ratio: before === 0 || !Number.isFinite(before + after) ? null : after / before,
      worse: better === 'lower' ? after > before : after < before,
    };
  });
}

function median(values: readonly number[]): number {
  return quantileOfSorted(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** The same text for the same setup, whatever the order of its keys. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)]));
}
