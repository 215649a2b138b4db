/**
 * A line chart as static SVG, readable without script: axes, grid, lines, and above the plot a strip that shows each fault
 * from its injection to the moment users were whole again.
 *
 * In: series in data units and the axes that place them. Out: markup whose colours come from the page's style sheet.
 */
import { clip, plural } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import type { Axis } from './axis.ts';
import type { FaultBand, Point, Series } from './series.ts';

export interface LineChart {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the picture should know. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  readonly faults: readonly FaultBand[];
  /** Shown when a point is pointed at; one text for each x, at most HOVER_LIMIT. */
  readonly hover: readonly { readonly x: number; readonly text: string }[];
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
  /** Distinguishes two drawings of one chart. */
  readonly variant: 'wide' | 'narrow';
}

const STRIP_ROW = 20;
const STRIP_ROWS = 3;
const FAULT_LIMIT = 40;
const HOVER_LIMIT = 300;
const MARGIN = { left: 58, right: 14, top: 22, bottom: 40 };

interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Draws the chart. Faults beyond the first forty, and lanes beyond three, are left to the table below the chart. */
export function lineChart(chart: LineChart, size: ChartSize): Markup {
  const faults = chart.faults.slice(0, FAULT_LIMIT);
  const lanes = faultLanes(faults, chart.x, size.width);
  const stripHeight = (lanes.length === 0 ? 0 : Math.max(...lanes) + 1) * STRIP_ROW;
  const plot: Plot = {
    left: MARGIN.left,
    top: MARGIN.top + stripHeight,
    width: size.width - MARGIN.left - MARGIN.right,
    height: size.height - MARGIN.top - MARGIN.bottom,
  };
  const height = size.height + stripHeight;
  const key = `${chart.id}-${size.variant}`;
  return markup`<svg class="chart ${size.variant}" role="img" aria-labelledby="${key}-title ${key}-desc" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}"><title id="${key}-title">${chart.title}</title><desc id="${key}-desc">${chart.description}</desc>${bands(faults, chart.x, plot)}${grid(chart, plot)}${faultStrip(faults, lanes, chart.x, plot, size)}${inDrawingOrder(chart.series).map((series) => line(series, chart, plot))}${size.variant === 'wide' ? hoverAreas(chart, plot) : null}</svg>`;
}

/** Thin lines over thick ones: where two run together both are seen. */
function inDrawingOrder(series: readonly Series[]): readonly Series[] {
  const order = ['quiet', 'main', 'second', 'third'];
  return series.toSorted((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}

function atX(axis: Axis, plot: Plot, value: number): number {
  return plot.left + axis.position(value) * plot.width;
}

function atY(axis: Axis, plot: Plot, value: number): number {
  return plot.top + (1 - axis.position(value)) * plot.height;
}

function short(value: number): string {
  return String(Number(value.toFixed(1)));
}

function grid(chart: LineChart, plot: Plot): Markup {
  const bottom = plot.top + plot.height;
  const right = plot.left + plot.width;
  const rows = chart.y.ticks.map((tick) => {
    const y = short(atY(chart.y, plot, tick.value));
    return markup`<line class="grid" x1="${plot.left}" x2="${right}" y1="${y}" y2="${y}"/><text class="tick" x="${plot.left - 8}" y="${y}" dy=".32em" text-anchor="end">${tick.label}</text>`;
  });
  const columns = visibleTicks(chart.x, plot).map((tick) => {
    const x = short(atX(chart.x, plot, tick.value));
    const cut = Number(x) + labelUnits(tick.label) / 2 > right + MARGIN.right;
    return markup`<line class="mark" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick" x="${cut ? right + MARGIN.right : x}" y="${bottom + 17}" text-anchor="${cut ? 'end' : 'middle'}">${tick.label}</text>`;
  });
  return markup`${rows}<line class="axis" x1="${plot.left}" x2="${right}" y1="${short(bottom)}" y2="${short(bottom)}"/>${columns}<text class="label" x="${plot.left - 50}" y="12">${chart.yLabel}</text><text class="label" x="${right}" y="${bottom + 34}" text-anchor="end">${chart.xLabel}</text>`;
}

/** About how wide a text of the chart is, in the drawing's units. */
function labelUnits(text: string): number {
  return text.length * 6.6;
}

/** Ticks whose labels do not run into one another. */
function visibleTicks(axis: Axis, plot: Plot): Axis['ticks'] {
  let free = Number.NEGATIVE_INFINITY;
  return axis.ticks.filter((tick) => {
    const x = atX(axis, plot, tick.value);
    const half = labelUnits(tick.label) / 2;
    if (x - half < free) return false;
    free = x + half + 8;
    return true;
  });
}

function line(series: Series, chart: LineChart, plot: Plot): Markup {
  let path = '';
  let open = false;
  for (const [index, [x, y]] of series.points.entries()) {
    if (y === null) {
      open = false;
      continue;
    }
    const at = `${short(atX(chart.x, plot, x))} ${short(atY(chart.y, plot, y))}`;
    // A point between two gaps would be invisible: a line of no length with round caps is a dot.
    const alone = !open && (series.points[index + 1]?.[1] ?? null) === null;
    path += `${open ? 'L' : 'M'}${at}${alone ? 'h0' : ''}`;
    open = true;
  }
  const dots = series.dots
    ? series.points
        .filter((point): point is readonly [number, number] => point[1] !== null)
        .map((point) => dot(point, chart, plot))
    : [];
  return markup`<g class="series ${series.tone}"><path d="${path}"/>${dots}</g>`;
}

function dot([x, y]: Point & readonly [number, number], chart: LineChart, plot: Plot): Markup {
  return markup`<circle cx="${short(atX(chart.x, plot, x))}" cy="${short(atY(chart.y, plot, y))}" r="4"/>`;
}

function bands(faults: readonly FaultBand[], x: Axis, plot: Plot): Markup {
  return markup`${faults.map((fault) => {
    const from = atX(x, plot, fault.fromMs);
    const to = Math.max(from + 1.5, atX(x, plot, fault.toMs ?? fault.fromMs));
    return markup`<rect class="fault-band" x="${short(from)}" y="${plot.top}" width="${short(to - from)}" height="${short(plot.height)}"/>${
      fault.recoveredMs === null
        ? null
        : markup`<line class="recovered" x1="${short(atX(x, plot, fault.recoveredMs))}" x2="${short(atX(x, plot, fault.recoveredMs))}" y1="${plot.top - 4}" y2="${short(plot.top + plot.height)}"/>`
    }`;
  })}`;
}

/** Puts faults whose bars and labels would touch into lanes below one another; the fourth lane does not exist. */
function faultLanes(faults: readonly FaultBand[], x: Axis, width: number): readonly number[] {
  const ends: number[] = [];
  return faults.map((fault) => {
    const span = width - MARGIN.left - MARGIN.right;
    const from = x.position(fault.fromMs) * span;
    const to = Math.max(
      x.position(fault.recoveredMs ?? fault.toMs ?? fault.fromMs) * span + 10,
      from + labelWidth(fault, width) + 14,
    );
    let lane = ends.findIndex((end) => end + 6 <= from);
    if (lane < 0) lane = ends.length < STRIP_ROWS ? ends.length : STRIP_ROWS - 1;
    ends[lane] = Math.max(to, ends[lane] ?? 0);
    return lane;
  });
}

function faultName(fault: FaultBand, width: number): string {
  return width < 600 ? fault.label : `${fault.label} ${clip(fault.kind, 24)}`;
}

function labelWidth(fault: FaultBand, width: number): number {
  return labelUnits(faultName(fault, width));
}

function faultStrip(faults: readonly FaultBand[], lanes: readonly number[], x: Axis, plot: Plot, size: ChartSize): Markup {
  return markup`${faults.map((fault, index) => {
    const y = MARGIN.top + (lanes[index] as number) * STRIP_ROW + 6;
    const from = atX(x, plot, fault.fromMs);
    const to = Math.max(from + 3, atX(x, plot, fault.toMs ?? fault.fromMs));
    const whole = fault.recoveredMs === null ? null : atX(x, plot, fault.recoveredMs);
    const name = faultName(fault, size.width);
    const textWidth = labelWidth(fault, size.width);
    const flip = from + textWidth > size.width - MARGIN.right;
    return markup`<text class="fault-name" x="${short(flip ? size.width - MARGIN.right : from)}" y="${y}" text-anchor="${flip ? 'end' : 'start'}">${name}</text><rect class="fault-bar" x="${short(from)}" y="${y + 3}" width="${short(to - from)}" height="5"/>${
      whole === null || whole <= to
        ? null
        : markup`<line class="healing" x1="${short(to)}" x2="${short(whole)}" y1="${y + 5.5}" y2="${y + 5.5}"/>`
    }${whole === null ? null : markup`<circle class="whole" cx="${short(whole)}" cy="${y + 5.5}" r="4"/>`}`;
  })}`;
}

function hoverAreas(chart: LineChart, plot: Plot): Markup {
  if (chart.hover.length === 0 || chart.hover.length > HOVER_LIMIT) return markup``;
  const width = plot.width / chart.hover.length;
  return markup`<g class="hover">${chart.hover.map(
    ({ x, text }) =>
      markup`<rect x="${short(atX(chart.x, plot, x) - width / 2)}" y="${plot.top}" width="${short(width)}" height="${short(plot.height)}"><title>${text}</title></rect>`,
  )}</g>`;
}

/** `2 faults: F1 kill-node at 10.0 s` for descriptions. */
export function faultsInWords(faults: readonly FaultBand[]): string {
  if (faults.length === 0) return 'No faults.';
  const some = faults
    .slice(0, 6)
    .map((fault) => `${fault.label} ${clip(fault.kind, 40)} at ${(fault.fromMs / 1000).toFixed(1)} s`);
  return `${plural(faults.length, 'fault')}: ${some.join(', ')}${faults.length > 6 ? ', and more' : ''}.`;
}
