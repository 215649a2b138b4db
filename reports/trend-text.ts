/**
 * A history for a terminal: each series with its figures, the latest beside the stretch it belongs to, and every change.
 *
 * In: a History. Out: lines of text; everything that people named is stripped of control characters.
 */
import { styleText } from 'node:util';
import type { History, HistoryChange, HistoryMetric, HistorySeries } from '../harness/evidence/result/history.ts';
import { NEVER } from '../harness/evidence/result/never.ts';
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import { formatInUnit, plural } from './format.ts';
import { levelText, machineWords, notComparedSentences, wasCompared } from './trend-words.ts';

const BARS = '▁▂▃▄▅▆▇█';
/** Runs that are drawn, the latest. */
const DRAWN = 40;

export function trendText(given: History, { colour }: { readonly colour: boolean }): string {
  const history = withOneLineTexts(given);
  const lines = history.series.flatMap((series) => seriesLines(series, colour));
  const open = notComparedSentences(history);
  return [...lines, ...(open.length === 0 ? [] : ['', ...open])].join('\n');
}

function seriesLines(series: HistorySeries, colour: boolean): string[] {
  const { setup, fingerprint, runs, metrics } = series;
  const nodes = plural(setup.nodes, 'node');
  const title = `${setup.scenario} on ${setup.target} (${nodes}, ${plural(setup.users, 'user')}, ${setup.model})`;
  const lines = [
    '',
    colour ? styleText('bold', title, { validateStream: false }) : title,
    `  ${machineWords(fingerprint)}; ${plural(runs.length, 'run')}`,
  ];
  const width = Math.max(0, ...metrics.map(({ name }) => name.length));
  for (const metric of metrics) {
    const at = metric.values.findLastIndex((value, index) => value !== null || metric.never?.includes(index) === true);
    const latest = metric.never?.includes(at) === true ? NEVER : formatInUnit(metric.values[at] ?? null, metric.unit);
    lines.push(
      `  ${metric.name.padEnd(width)}  ${latest.padEnd(10)} ${sparkline(metric.values)}${wasCompared(metric) ? '' : '  (not compared)'}`,
    );
    for (const change of metric.changes) lines.push(changeLine(metric, change, series, colour));
  }
  return lines;
}

function changeLine({ unit }: HistoryMetric, change: HistoryChange, { runs }: HistorySeries, colour: boolean): string {
  const run = runs[change.at];
  const by = change.ratio === null ? '' : ` (${change.ratio >= 1 ? '+' : ''}${((change.ratio - 1) * 100).toFixed(1)}%)`;
  const where = run === undefined ? '' : ` since ${run.startedAt}${run.label === null ? '' : ` ${run.label}`}`;
  const word = change.worse ? 'worse' : 'better';
  const text = `${word}: ${levelText(change.before, unit)} to ${levelText(change.after, unit)}${by}${where}`;
  return `    ${colour ? styleText(change.worse ? 'red' : 'green', text, { validateStream: false }) : text}`;
}

/** The values as bars between the smallest and the largest; a space for a missing value. */
function sparkline(values: readonly (number | null)[]): string {
  const drawn = values.slice(-DRAWN);
  const measured = drawn.filter((value) => value !== null);
  const low = Math.min(...measured);
  const span = Math.max(...measured) - low;
  const bar = (value: number): string => BARS[span === 0 ? 0 : Math.round(((value - low) / span) * (BARS.length - 1))] as string;
  return drawn.map((value) => (value === null ? ' ' : bar(value))).join('');
}
