/** One metric over the runs of a series: a dot a run, the level of each stretch, and a line where it changed. */
import type { HistoryMetric, HistorySeries } from '../../../harness/evidence/result/history.ts';
import { NEVER } from '../../../harness/evidence/result/never.ts';
import { type Axis, rangeAxis } from '../../charts/axis.ts';
import type { Reference } from '../../charts/series.ts';
import { clip, formatInUnit, formatTick, plural } from '../../format.ts';
import { type Markup, markup, oneLine } from '../../markup.ts';
import { wasCompared } from '../../trend-words.ts';
import { legendKey, lineFigure } from '../chart-figure.ts';
import type { Detail } from '../detail.ts';
import { figure, first, numeric, table, text } from '../table.ts';
import { changeWords } from './changes-table.ts';
import { longName, shortName } from './run-names.ts';

export function metricFigure(series: HistorySeries, metric: HistoryMetric, id: string, detail: Detail): Markup {
  const { unit, better, changes } = metric;
  const name = clip(oneLine(metric.name), Math.min(detail.text, 60));
  const from = Math.max(0, series.runs.length - detail.points);
  const values = series.runs.map((_, index) => metric.values[index] ?? null).slice(from);
  const measured = values.filter((value) => value !== null);
  const wordsAt = (index: number): string =>
    metric.never?.includes(index) === true ? NEVER : formatInUnit(metric.values[index] ?? null, unit);
  const latest = metric.values.findLastIndex((value, index) => value !== null || metric.never?.includes(index) === true);
  if (measured.length === 0) {
    return markup`<p>${name} ${latest === -1 ? 'was not measured' : 'never came'} in these runs.</p>`;
  }
  const inUnit = (value: number): string => formatInUnit(value, unit);
  const levels = levelsOf(metric, series.runs.length);
  const heights = [...measured, ...levels.map(({ value }) => value)];
  const low = heights.reduce((a, b) => Math.min(a, b));
  const high = heights.reduce((a, b) => Math.max(a, b));
  const y = rangeAxis(low, high, 4, (value, digits) => formatTick(value, unit, digits));
  const [bottom, top] = [y.ticks[0]?.value ?? low, y.ticks.at(-1)?.value ?? high];
  const references: Reference[] = [
    ...changes
      .filter(({ at }) => at >= from)
      .map(({ at, worse }): Reference => {
        const x = at - from + 0.5;
        return { kind: worse ? 'change worse' : 'change better', from: [x, bottom], to: [x, top] };
      }),
    ...levels
      .filter(({ to }) => to > from)
      .map(({ from: start, to, value }): Reference => {
        return { kind: 'level', from: [Math.max(0, start - from) + 0.5, value], to: [to - from + 0.5, value] };
      }),
  ];
  return lineFigure({
    heading: name,
    note: `${better === 'lower' ? 'Lower' : 'Higher'} is better. ${changes.length === 0 ? noChangeText(metric) : `${plural(changes.length, 'change')}: ${changeWords(metric, changes.at(-1) as (typeof changes)[number], series, detail)}.`}`,
    keys: keysFor(changes),
    lower: 100,
    chart: {
      id: `trend-${id}`,
      title: `${name} over ${plural(values.length, 'run')}`,
      description: `Latest ${wordsAt(latest)}, between ${inUnit(low)} and ${inUnit(high)}. ${plural(changes.length, 'change')}.`,
      x: runAxis(series, from),
      y,
      xLabel: bottom === 0 ? 'run' : 'run (the scale does not begin at zero)',
      yLabel: '',
      series: [
        {
          name: 'a run',
          tone: 'main',
          points: values.map((value, index) => [index + 1, value]),
          shape: 'dots',
          ribbon: [],
          marks: [],
        },
      ],
      faults: [],
      references,
      hover: series.runs
        .slice(from)
        .map((run, index) => ({ x: index + 1, text: `${longName(run, detail)}: ${wordsAt(from + index)}` })),
    },
    data: valueTable(series, metric, `${name}, run by run (${id})`, detail),
  });
}

function noChangeText(metric: HistoryMetric): string {
  return wasCompared(metric) ? 'No change was found.' : 'There are too few runs to find a change.';
}

function keysFor(changes: HistoryMetric['changes']): readonly Markup[] {
  if (changes.length === 0) return [];
  const key = (kind: 'worse' | 'better'): Markup =>
    legendKey(markup`<line class="change ${kind}" x1="14" x2="14" y1="0" y2="10"/>`, `change for the ${kind}`);
  return [
    legendKey(markup`<line class="level" x1="0" x2="28" y1="5" y2="5"/>`, 'median of a stretch'),
    ...(changes.some(({ worse }) => worse) ? [key('worse')] : []),
    ...(changes.some(({ worse }) => !worse) ? [key('better')] : []),
  ];
}

interface Level {
  /** First run and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** The median of each stretch between changes; none where nothing changed. */
function levelsOf({ changes }: HistoryMetric, runs: number): readonly Level[] {
  const ordered = changes.toSorted((a, b) => a.at - b.at);
  return ordered.flatMap(({ at, before, after }, index): Level[] => {
    const previous = ordered[index - 1]?.at ?? 0;
    const next = ordered[index + 1]?.at ?? runs;
    // What never came has no place on the axis.
    const level = (from: number, to: number, value: number | null): Level[] => (value === null ? [] : [{ from, to, value }]);
    return [...(index === 0 ? level(previous, at, before) : []), ...level(at, next, after)];
  });
}

/** A place a run, named at about ten of them. */
function runAxis({ runs }: HistorySeries, from: number): Axis {
  const shown = runs.slice(from);
  const step = Math.max(1, Math.ceil(shown.length / 10));
  return {
    position: (number) => Math.min(1, Math.max(0, (number - 0.5) / Math.max(1, shown.length))),
    ticks: shown.flatMap((run, index) => (index % step === 0 ? [{ value: index + 1, label: shortName(run) }] : [])),
  };
}

function valueTable(
  { runs }: HistorySeries,
  { values, unit, changes, never }: HistoryMetric,
  caption: string,
  detail: Detail,
): Markup {
  // The latest runs are those that people look for.
  const { shown, omitted } = first(runs.map((run, index) => ({ run, index })).toReversed(), detail.rows);
  const changed = new Map(changes.map(({ at, worse }) => [at, worse ? 'worse from here on' : 'better from here on']));
  return table({
    caption,
    columns: [text('Run'), text('Version'), text('Verdict'), numeric('Value'), text('Change')],
    rows: shown.map(({ run, index }) => [
      longName(run, detail),
      clip(oneLine(`${run.version}, ${run.runtime}`), Math.min(detail.text, 60)),
      run.verdict,
      never?.includes(index) === true ? NEVER : figure(values[index] ?? null, (value) => formatInUnit(value, unit)),
      changed.get(index) ?? '',
    ]),
    omitted,
    document: 'the history',
  });
}
