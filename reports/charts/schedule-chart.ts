/**
 * A schedule of faults as static SVG: a row a fault, with its bar from its injection to its heal, or a mark where nothing undoes it, over the
 * time of the load.
 *
 * In: rows in data units and the axis that places them. Out: markup whose colours come from the page's style sheet.
 */
import { clip } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import type { Axis } from './axis.ts';
import { atX, type ChartSize, drawing, type Plot, short, textWidth, visibleTicks } from './frame.ts';

export interface ScheduleRow {
  /** What is done. */
  readonly name: string;
  readonly fromMs: number;
  /** Null when it is not undone. */
  readonly toMs: number | null;
}

export interface ScheduleChart {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the picture should know. */
  readonly description: string;
  readonly x: Axis;
  readonly rows: readonly ScheduleRow[];
}

const ROW = 26;
const MARGIN = { right: 18, top: 6, bottom: 40 } as const;
/** Of the width, at most this share is for names. */
const NAMES = 0.42;
const NAME_CHARS = 40;

/** The height follows from the rows. */
export function scheduleChart(chart: ScheduleChart, { width, variant }: Pick<ChartSize, 'width' | 'variant'>): Markup {
  const height = MARGIN.top + chart.rows.length * ROW + MARGIN.bottom;
  const room = width * NAMES;
  const names = chart.rows.map(({ name }) => fitting(name, room));
  const left = Math.ceil(names.reduce((most, name) => Math.max(most, textWidth(name)), 40)) + 14;
  const plot: Plot = { left, top: MARGIN.top, width: width - left - MARGIN.right, height: chart.rows.length * ROW };
  const bottom = plot.top + plot.height;
  const right = plot.left + plot.width;
  const ticks = visibleTicks(chart.x, plot).map(({ value, label }) => {
    const x = short(atX(chart.x, plot, value));
    return markup`<line class="grid" x1="${x}" x2="${x}" y1="${plot.top}" y2="${bottom}"/><text class="tick" x="${x}" y="${bottom + 17}" text-anchor="middle">${label}</text>`;
  });
  const rows = chart.rows.map((row, index) =>
    bar(row, names[index] as string, chart.x, { ...plot, top: plot.top + index * ROW }),
  );
  return drawing(
    chart,
    { width, height, variant },
    {
      kind: 'schedule',
      contents: markup`${ticks}<line class="axis" x1="${plot.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/><text class="label" x="${right}" y="${bottom + 34}" text-anchor="end">time since the load began</text>${rows}`,
    },
  );
}

function bar({ fromMs, toMs }: ScheduleRow, name: string, x: Axis, plot: Plot): Markup {
  const from = atX(x, plot, fromMs);
  const middle = plot.top + ROW / 2;
  const drawn =
    toMs === null
      ? markup`<path class="fault-bar" d="M${short(from)} ${short(middle - 6)}l6 6l-6 6l-6-6z"/>`
      : markup`<rect class="fault-bar" x="${short(from)}" y="${short(middle - 5)}" width="${short(Math.max(3, atX(x, plot, toMs) - from))}" height="10"/>`;
  return markup`<text class="row" x="${plot.left - 10}" y="${short(middle)}" dy=".32em" text-anchor="end">${name}</text>${drawn}`;
}

/** As much of a name as finds room. */
function fitting(name: string, room: number): string {
  let text = clip(name, NAME_CHARS);
  for (let chars = NAME_CHARS; textWidth(text) > room && chars > 4; chars -= 1) text = clip(name, chars);
  return text;
}
