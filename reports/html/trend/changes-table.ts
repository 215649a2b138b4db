/** Every change of a series: what, since when, from which level to which. */
import type { HistoryChange, HistoryMetric, HistorySeries } from '../../../harness/evidence/result/history.ts';
import { clip, formatChange, formatInUnit } from '../../format.ts';
import { type Markup, markup, oneLine } from '../../markup.ts';
import { levelText, wasCompared } from '../../trend-words.ts';
import { state } from '../checks-section.ts';
import type { Detail } from '../detail.ts';
import { figure, first, numeric, table, text } from '../table.ts';
import { longName } from './run-names.ts';

/** `response.p99 is 12.0% higher since 1a2b3c, 2026-11-24 03:12`. */
export function changeWords(
  { name, unit }: HistoryMetric,
  change: HistoryChange,
  { runs }: HistorySeries,
  detail: Detail,
): string {
  const by = change.ratio === null ? '' : `, ${formatChange(change.ratio)}`;
  const run = runs[change.at];
  const since = run === undefined ? '' : `, since ${longName(run, detail)}`;
  return `${clip(oneLine(name), Math.min(detail.text, 60))} went from ${levelText(change.before, unit)} to ${levelText(change.after, unit)}${by}${since}`;
}

/** A sentence where nothing changed. */
export function changesTable(series: HistorySeries, index: number, detail: Detail): Markup {
  const all = series.metrics.flatMap((metric) => metric.changes.map((change) => ({ metric, change })));
  if (all.length === 0)
    return markup`<p>${series.metrics.some(wasCompared) ? 'No metric changed for good in these runs, of those that were compared.' : 'Nothing was compared in these runs.'}</p>`;
  const { shown, omitted } = first(
    all.toSorted((a, b) => b.change.at - a.change.at),
    detail.rows,
  );
  return table({
    caption: index === 0 ? 'Changes, the latest first' : `Changes of series ${index + 1}, the latest first`,
    columns: [text('Metric'), text('Outcome'), numeric('Before'), numeric('After'), numeric('Change'), text('Since')],
    rows: shown.map(({ metric: { name, unit }, change: { at, before, after, ratio, worse } }) => {
      const run = series.runs[at];
      return [
        clip(oneLine(name), Math.min(detail.text, 60)),
        worse ? state('bad', 'worse') : state('good', 'better'),
        figure(before, (value) => formatInUnit(value, unit)),
        figure(after, (value) => formatInUnit(value, unit)),
        figure(ratio, formatChange),
        run === undefined ? '–' : longName(run, detail),
      ];
    }),
    omitted,
    document: 'the history',
  });
}
