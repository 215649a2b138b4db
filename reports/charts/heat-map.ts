/**
 * A heat map as static SVG: time across, latency up, and how dark a cell is says what share of its column's messages it holds. Cells of one
 * darkness are one path, so that thousands of cells stay small.
 *
 * In: cells in data units and the axes that place them. Out: markup whose colours come from the page's style sheet.
 */
import { type Markup, markup } from '../markup.ts';
import { faultStrip } from './fault-strip.ts';
import { atX, atY, type ChartSize, drawing, type Frame, grid, hoverAreas, type Plot, plotOf, zoomed, zoomOf } from './frame.ts';
import type { FaultBand } from './series.ts';

/** Shares at which a cell gets darker: a cell with a share of the column below the first is level 0, at or above the last level 5. */
export const SHARE_LEVELS = [0.001, 0.01, 0.05, 0.2, 0.5] as const;

export interface HeatMap extends Frame {
  /** Edges of the rows, ascending, in the units of y. */
  readonly edges: readonly number[];
  readonly columns: readonly HeatColumn[];
  readonly faults: readonly FaultBand[];
  /** Where the time axis ends. */
  readonly endMs: number;
}

export interface HeatColumn {
  readonly from: number;
  readonly to: number;
  /** One a row, from the lowest. */
  readonly counts: readonly number[];
  /** Shown when the column is pointed at. */
  readonly hover: string;
}

export function heatMap(chart: HeatMap, size: ChartSize): Markup {
  const strip = faultStrip(chart.faults, chart.x, plotOf(chart, size, 0));
  const plot = plotOf(chart, size, strip.height);
  const hover = chart.columns.map(({ from, to, hover: text }) => ({ x: (from + to) / 2, text }));
  return drawing(
    chart,
    { ...size, height: size.height + strip.height },
    {
      kind: 'heat',
      contents: markup`${zoomed(strip.behind(plot))}${grid(chart, plot)}${zoomed(markup`${cells(chart, plot)}${strip.over(plot)}`)}${strip.above(plot)}${zoomed(markup`${size.variant === 'narrow' ? null : hoverAreas(hover, chart.x, plot)}`)}`,
      attributes: zoomOf(chart.endMs, plot),
    },
  );
}

/** The darkness of a cell; null for one without messages. */
export function heatLevel(count: number, total: number): number | null {
  if (count <= 0) return null;
  const share = count / total;
  return SHARE_LEVELS.filter((level) => share >= level).length;
}

function cells(chart: HeatMap, plot: Plot): Markup {
  const paths = new Array<string>(SHARE_LEVELS.length + 1).fill('');
  const tops = chart.edges.map((edge) => Math.round(atY(chart.y, plot, edge)));
  for (const { from, to, counts } of chart.columns) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const [left, right] = [from, to].map((ms) => Math.round(atX(chart.x, plot, ms) * 2) / 2) as [number, number];
    let row = 0;
    while (row < counts.length) {
      const level = heatLevel(counts[row] as number, total);
      let end = row + 1;
      while (end < counts.length && heatLevel(counts[end] as number, total) === level) end += 1;
      // Neighbours of one darkness, one above the other, are drawn as one.
      if (level !== null) {
        const height = (tops[row] as number) - (tops[end] as number);
        paths[level] += `M${left} ${tops[end]}h${right - left}v${height}h${left - right}z`;
      }
      row = end;
    }
  }
  return markup`${paths.map((path, level) => (path === '' ? null : markup`<path class="heat-${level}" d="${path}"/>`))}`;
}
