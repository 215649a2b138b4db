/** What a history found, or that it could not look, the same on the page, in the terminal and in the index. Plain text, not escaped. */
import {
  type History,
  type HistoryChange,
  type HistoryMetric,
  type HistorySeries,
  RUNS_EACH_SIDE,
} from '../harness/evidence/result/history.ts';
import { NEVER } from '../harness/evidence/result/never.ts';
import { formatInUnit, plural } from './format.ts';

const NEEDED = 2 * RUNS_EACH_SIDE;

/** The kind of machine of a series; of an imported run nobody may have told it. */
export function machineWords(fingerprint: string): string {
  return /^(?:unknown[; ]*)+$/.test(fingerprint) ? 'machine unknown' : fingerprint;
}

/** A level of a metric; one that never came is said to be. */
export function levelText(level: number | null, unit: string): string {
  return level === null ? NEVER : formatInUnit(level, unit);
}

/** Whether there were runs enough to look for a change. */
export function wasCompared({ values, compared }: HistoryMetric): boolean {
  // Documents from before it was said have the values.
  return compared ?? measuredIn(values) >= NEEDED;
}

function measuredIn(values: HistoryMetric['values']): number {
  return values.filter((value) => value !== null).length;
}

/** The last change of each metric, the latest first: what was worse once and is mended since is no news. */
export function latestChanges({ series }: History) {
  const startOf = ({ series: { runs }, change: { at } }: { series: HistorySeries; change: HistoryChange }): string =>
    runs[at]?.startedAt ?? '';
  return series
    .flatMap((one) =>
      one.metrics.flatMap((metric) => metric.changes.slice(-1).map((change) => ({ series: one, metric, change }))),
    )
    .toSorted((a, b) => (startOf(a) < startOf(b) ? 1 : startOf(a) > startOf(b) ? -1 : 0));
}

/** `2 metrics got worse`; of what nobody could look at, that nothing was compared. */
export function trendWord(history: History): string {
  const worse = latestChanges(history).filter(({ change }) => change.worse).length;
  if (worse > 0) return `${plural(worse, 'metric')} got worse`;
  if (history.series.length === 0) return 'Nothing kept';
  return nothingCompared(history) ? 'Nothing was compared' : 'Nothing got worse';
}

/** Whether there is no metric with runs enough, so that nothing can be said of any. */
export function nothingCompared({ series }: History): boolean {
  return !series.some(({ metrics }) => metrics.some(wasCompared));
}

/** Why metrics were not compared, one sentence each; empty where all were. */
export function notComparedSentences({ series }: History): readonly string[] {
  const bare = series.filter(({ metrics }) => metrics.length === 0).length;
  const metrics = series.flatMap((one) => one.metrics);
  const few = metrics.filter((metric) => !wasCompared(metric));
  const most = Math.max(0, ...few.map(({ values }) => measuredIn(values)));
  return [
    ...(bare === 0
      ? []
      : [
          `Of ${bare === series.length ? 'these runs' : plural(bare, 'series', 'series')} none of the metrics shown was measured.`,
        ]),
    ...(few.length === 0
      ? []
      : [
          `${few.length === metrics.length ? 'No metric was' : `${few.length} of ${plural(metrics.length, 'metric')} ${few.length === 1 ? 'was' : 'were'} not`} compared: this takes ${NEEDED} runs with one name, one setup and one kind of machine that measured it, but there are at most ${most}.`,
        ]),
  ];
}
