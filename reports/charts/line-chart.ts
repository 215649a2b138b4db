/**
 * A line chart as static SVG, readable without script: axes, grid, ribbons, lines, lines of reference, and above the plot a strip that
 * shows each fault from its injection to the moment users had recovered.
 *
 * In: series in data units and the axes that place them. Out: markup whose colours come from the page's style sheet.
 */
import { type Markup, markup } from '../markup.ts';
import { faultStrip } from './fault-strip.ts';
import {
  atX,
  atY,
  type ChartSize,
  drawing,
  type Frame,
  grid,
  hoverAreas,
  type Plot,
  plotOf,
  short,
  zoomed,
  zoomOf,
} from './frame.ts';
import type { FaultBand, Point, Reference, Series } from './series.ts';

export interface LineChart extends Frame {
  readonly series: readonly Series[];
  readonly faults: readonly FaultBand[];
  readonly references: readonly Reference[];
  /** Of a time axis from zero: where it ends, so that a reader may zoom into it. */
  readonly endMs?: number;
  /** Shown when a point is pointed at; one text for each x. */
  readonly hover: readonly { readonly x: number; readonly text: string }[];
}

export function lineChart(chart: LineChart, size: ChartSize): Markup {
  const strip = faultStrip(chart.faults, chart.x, plotOf(chart, size, 0));
  const plot = plotOf(chart, size, strip.height);
  const series = inDrawingOrder(chart.series);
  return drawing(
    chart,
    { ...size, height: size.height + strip.height },
    {
      kind: '',
      contents: markup`${zoomed(strip.behind(plot))}${grid(chart, plot)}${zoomed(strip.over(plot))}${strip.above(plot)}${zoomed(markup`${chart.references.map((line) => reference(line, chart, plot))}${series.map((one) => ribbon(one, chart, plot))}${series.map((one) => line(one, chart, plot))}${size.variant === 'narrow' ? null : hoverAreas(chart.hover, chart.x, plot)}`)}`,
      attributes: chart.endMs === undefined ? null : zoomOf(chart.endMs, plot),
    },
  );
}

/** Thin lines over thick ones: where two run together both are seen. */
function inDrawingOrder(series: readonly Series[]): readonly Series[] {
  const order = ['quiet', 'main', 'second', 'third'];
  return series.toSorted((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}

function reference({ kind, from, to }: Reference, chart: LineChart, plot: Plot): Markup {
  const [x1, y1, x2, y2] = [
    atX(chart.x, plot, from[0]),
    atY(chart.y, plot, from[1]),
    atX(chart.x, plot, to[0]),
    atY(chart.y, plot, to[1]),
  ];
  return markup`<line class="${kind}" x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}"/>`;
}

function ribbon({ ribbon: points, tone, name }: Series, chart: LineChart, plot: Plot): Markup | null {
  if (points.length < 2) return null;
  const edge = (side: 1 | 2, order: readonly (readonly [number, number, number])[]): string =>
    order.map((point) => `${short(atX(chart.x, plot, point[0]))} ${short(atY(chart.y, plot, point[side]))}`).join('L');
  return markup`<path class="ribbon ${tone}" data-series="${name}" d="M${edge(2, points)}L${edge(1, points.toReversed())}Z"/>`;
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
  const seen = (points: readonly Point[]): readonly (readonly [number, number])[] =>
    points.flatMap(([x, y]) => (y === null ? [] : [[x, y] as const]));
  const dots = series.shape === 'line' ? [] : seen(series.points).map((point) => dot(point, chart, plot));
  const marks = seen(series.marks).map((point) => mark(point, chart, plot));
  return markup`<g class="series ${series.tone}" data-series="${series.name}">${series.shape === 'dots' ? null : markup`<path d="${path}"/>`}${dots}${marks}</g>`;
}

function dot([x, y]: readonly [number, number], chart: LineChart, plot: Plot): Markup {
  return markup`<circle cx="${short(atX(chart.x, plot, x))}" cy="${short(atY(chart.y, plot, y))}" r="4"/>`;
}

function mark([x, y]: readonly [number, number], chart: LineChart, plot: Plot): Markup {
  const [at, middle] = [short(atX(chart.x, plot, x)), atY(chart.y, plot, y)];
  return markup`<line class="censored" x1="${at}" x2="${at}" y1="${short(middle - 6)}" y2="${short(middle + 6)}"/>`;
}
