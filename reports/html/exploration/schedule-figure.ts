/** A schedule of faults: a picture of when each acts, and its steps with their settings as a table. */
import type { ScheduleStep } from '../../../harness/evidence/result/exploration.ts';
import { timeAxis } from '../../charts/axis.ts';
import { type ScheduleChart, type ScheduleRow, scheduleChart } from '../../charts/schedule-chart.ts';
import { settingsText, writtenMs } from '../../exploration-words.ts';
import { clip, formatMs, plural } from '../../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../../markup.ts';
import { chartFigure, legendKey } from '../chart-figure.ts';
import type { Detail } from '../detail.ts';
import { first, prose, table, text } from '../table.ts';

/** Rows that a picture shows; the table has the others. */
const DRAWN = 24;

export interface ScheduleFigure {
  /** Unique in the page. */
  readonly id: string;
  readonly heading: string;
  readonly note: Piece;
  readonly steps: readonly ScheduleStep[];
  /** Length of the load; null where it is not known. */
  readonly loadMs: number | null;
  /** Where rows that were left out are. */
  readonly document: string;
}

export function scheduleFigure({ id, heading, note, steps, loadMs, document }: ScheduleFigure, detail: Detail): Markup {
  const data = stepTable(heading, steps, document, detail);
  const rows = steps.slice(0, DRAWN).flatMap((step) => rowOf(step) ?? []);
  if (rows.length === 0) return markup`<h3>${heading}</h3><p>${note}</p>${steps.length === 0 ? null : data}`;
  const last = rows.reduce((most, { fromMs, toMs }) => Math.max(most, toMs ?? fromMs), loadMs ?? 0);
  const chart: ScheduleChart = {
    id,
    title: heading,
    description: `${plural(steps.length, 'fault')}, the first ${formatMs(rows[0]?.fromMs ?? null)} after the load began.`,
    x: timeAxis(last, 8),
    rows,
  };
  return chartFigure({
    heading,
    note,
    legend: legend(rows),
    draw: (size) => scheduleChart(chart, size),
    lower: 0,
    data,
  });
}

function legend(rows: readonly ScheduleRow[]): readonly Markup[] {
  return [
    ...(rows.some(({ toMs }) => toMs !== null)
      ? [legendKey(markup`<rect class="fault-bar" x="1" y="0" width="26" height="10"/>`, 'from its injection until it is undone')]
      : []),
    ...(rows.some(({ toMs }) => toMs === null)
      ? [legendKey(markup`<path class="fault-bar" d="M14 0l5 5l-5 5l-5-5z"/>`, 'injected, and not undone by the schedule')]
      : []),
  ];
}

function rowOf(step: ScheduleStep): ScheduleRow | null {
  const fromMs = writtenMs(step.at);
  if (fromMs === null) return null;
  const forMs = writtenMs(step.for);
  const victim = step.target;
  const whom = typeof victim === 'string' ? ` ${victim}` : '';
  return { name: oneLine(`${step.kind}${whom}`), fromMs, toMs: forMs === null ? null : fromMs + forMs };
}

function stepTable(caption: string, steps: readonly ScheduleStep[], document: string, detail: Detail): Markup {
  const { shown, omitted } = first(steps, detail.rows);
  const say = (words: string, limit: number): string => clip(oneLine(words), Math.min(detail.text, limit));
  return table({
    caption,
    columns: [text('Fault'), text('At'), text('For'), prose('Settings')],
    rows: shown.map((step) => [
      say(step.kind, 60),
      time(step.at, say),
      step.for === undefined ? '–' : time(step.for, say),
      say(settingsText(step), 200) || '–',
    ]),
    omitted,
    document,
  });
}

/** The time as every page writes it; a text that is not a time stays as it was written. */
function time(written: string, say: (words: string, limit: number) => string): string {
  const ms = writtenMs(written);
  return ms === null ? say(written, 40) : formatMs(ms);
}
