/**
 * A strip chart as static SVG: every repeat is a dot on the row of its clock, so that few repeats are seen for what they are; the median
 * and the p95 are strokes across the row, and what never came is a hollow triangle at the end of the axis.
 *
 * In: rows in data units and the axis that places them. Out: markup whose colours come from the page's style sheet.
 */
import { type Markup, markup } from '../markup.ts';
import type { Axis } from './axis.ts';
import type { ChartSize } from './frame.ts';

export interface StripRow {
  readonly name: string;
  /** One a repeat, in their order; null for what never came. */
  readonly values: readonly (number | null)[];
  readonly median: number | null;
  readonly p95: number | null;
}

export interface StripChart {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the picture should know. */
  readonly description: string;
  readonly x: Axis;
  readonly xLabel: string;
  readonly rows: readonly StripRow[];
}

const ROW = 34;
const MARGIN = { left: 124, right: 22, top: 8, bottom: 40 };
/** Dots of equal times lie beside one another on this many lanes. */
const LANES = 5;
const LANE = 4;
const DOT_LIMIT = 200;

/** Draws the chart; of the repeats at most the first 200 are drawn. The height follows from the rows. */
export function stripChart(chart: StripChart, size: Pick<ChartSize, 'width' | 'variant'>): Markup {
  const height = MARGIN.top + chart.rows.length * ROW + MARGIN.bottom;
  const key = `${chart.id}-${size.variant}`;
  const at = (value: number): number => MARGIN.left + chart.x.position(value) * (size.width - MARGIN.left - MARGIN.right);
  return markup`<svg class="chart strip ${size.variant}" role="img" aria-labelledby="${key}-title ${key}-desc" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}"><title id="${key}-title">${chart.title}</title><desc id="${key}-desc">${chart.description}</desc>${axis(chart, size.width, height, at)}${chart.rows.map((row, index) => strip(row, MARGIN.top + (index + 0.5) * ROW, size.width, at))}</svg>`;
}

function axis({ x, xLabel }: StripChart, width: number, height: number, at: (value: number) => number): Markup {
  const bottom = height - MARGIN.bottom;
  const right = width - MARGIN.right;
  let free = Number.NEGATIVE_INFINITY;
  const ticks = x.ticks.flatMap(({ value, label }) => {
    const place = at(value);
    const half = label.length * 3.3;
    if (place - half < free) return [];
    free = place + half + 8;
    return [
      markup`<line class="grid" x1="${short(place)}" x2="${short(place)}" y1="${MARGIN.top}" y2="${bottom}"/><text class="tick" x="${short(place)}" y="${bottom + 17}" text-anchor="middle">${label}</text>`,
    ];
  });
  return markup`${ticks}<line class="axis" x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/><text class="label" x="${right}" y="${bottom + 34}" text-anchor="end">${xLabel}</text>`;
}

function strip(row: StripRow, middle: number, width: number, at: (value: number) => number): Markup {
  const end = width - MARGIN.right + 8;
  const dots = row.values.slice(0, DOT_LIMIT).map((value, index) => {
    const y = middle + ((index % LANES) - (LANES - 1) / 2) * LANE;
    return value === null
      ? markup`<path class="unseen-dot" d="M${short(end - 4)} ${short(y - 4)}l8 4l-8 4z"/>`
      : markup`<circle class="dot" cx="${short(at(value))}" cy="${short(y)}" r="3"/>`;
  });
  return markup`<text class="row" x="${MARGIN.left - 10}" y="${short(middle)}" dy=".32em" text-anchor="end">${row.name}</text>${dots}${stroke('median', row.median, middle, at)}${stroke('p95', row.p95, middle, at)}`;
}

function stroke(kind: 'median' | 'p95', value: number | null, middle: number, at: (value: number) => number): Markup | null {
  if (value === null) return null;
  const x = short(at(value));
  return markup`<line class="${kind}" x1="${x}" x2="${x}" y1="${short(middle - 13)}" y2="${short(middle + 13)}"/>`;
}

function short(value: number): string {
  return String(Number(value.toFixed(1)));
}
