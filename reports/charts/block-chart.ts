/**
 * The blocks of a comparison as dots, in their order, for one metric: a small drawing, many of which stand side by side, so that a drift, a
 * lump or a block that alone decides is seen. Blocks that are no evidence are crosses along the bottom.
 */
import { type Markup, markup } from '../markup.ts';
import type { Axis } from './axis.ts';
import { atX, atY, drawing, type Frame, type Plot, short, visibleTicks } from './frame.ts';

export interface BlockChart extends Frame {
  /** Ratio of each block, in their order; null for a block that has none. */
  readonly ratios: readonly (number | null)[];
  /** The estimate over all blocks, with its interval; null if there is no estimate. */
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly limit: number;
}

const SIZE = { width: 310, height: 168, variant: 'only' } as const;
const INSET = { left: 50, right: 10, top: 10, bottom: 38 } as const;
/** The least distance of two labels above one another. */
const LABEL_HEIGHT = 13;

/** Ticks of y whose labels do not run into one another; that of "the same" is always among them. */
function spaced({ y }: BlockChart, plot: Plot): Axis['ticks'] {
  const kept: Axis['ticks'][number][] = [];
  for (const tick of y.ticks.toSorted((a, b) => Number(b.value === 1) - Number(a.value === 1))) {
    const at = atY(y, plot, tick.value);
    if (kept.every((other) => Math.abs(atY(y, plot, other.value) - at) >= LABEL_HEIGHT)) kept.push(tick);
  }
  return kept;
}

/** Height of the lane for blocks that are no evidence. */
const CROSSES = 18;

export function blockChart(chart: BlockChart): Markup {
  const bottom = SIZE.height - INSET.bottom;
  const crosses = chart.ratios.includes(null) ? CROSSES : 0;
  const plot: Plot = {
    left: INSET.left,
    top: INSET.top,
    width: SIZE.width - INSET.left - INSET.right,
    height: bottom - INSET.top - crosses,
  };
  const right = plot.left + plot.width;
  const level = (kind: string, ratio: number): Markup => {
    const y = short(atY(chart.y, plot, ratio));
    return markup`<line class="${kind}" x1="${plot.left}" x2="${right}" y1="${y}" y2="${y}"/>`;
  };
  const rows = spaced(chart, plot).map(
    ({ value, label }) =>
      markup`<text class="tick" x="${plot.left - 6}" y="${short(atY(chart.y, plot, value))}" dy=".32em" text-anchor="end">${label}</text>${level('grid', value)}`,
  );
  const columns = visibleTicks(chart.x, plot).map(
    ({ value, label }) =>
      markup`<text class="tick" x="${short(atX(chart.x, plot, value))}" y="${bottom + 15}" text-anchor="middle">${label}</text>`,
  );
  const dots = chart.ratios.map((ratio, index) => {
    const x = atX(chart.x, plot, index + 1);
    return ratio === null
      ? markup`<path class="no-evidence" d="M${short(x - 3.5)} ${short(bottom - 11)}l7 7m0-7l-7 7"/>`
      : markup`<circle class="dot" cx="${short(x)}" cy="${short(atY(chart.y, plot, ratio))}" r="3.5"/>`;
  });
  const { low, high, ratio } = chart;
  const [top, base] = [high, low].map((end) => (end === null ? null : atY(chart.y, plot, end)));
  const band =
    typeof top !== 'number' || typeof base !== 'number'
      ? null
      : markup`<rect class="ribbon main" x="${plot.left}" y="${short(Math.min(top, base))}" width="${plot.width}" height="${short(Math.abs(base - top))}"/>`;
  return drawing(chart, SIZE, {
    kind: 'blocks',
    contents: markup`${rows}${columns}${band}${level('same', 1)}${level('margin', chart.limit)}${ratio === null ? null : level('estimate', ratio)}<line class="axis" x1="${plot.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/><text class="label" x="${right}" y="${bottom + 31}" text-anchor="end">${chart.xLabel}</text>${dots}`,
  });
}
