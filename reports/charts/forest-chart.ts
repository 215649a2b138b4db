/**
 * A forest plot as static SVG: one row a metric with its estimate, its interval, and the side beyond its margin shaded; a ratio's logarithm
 * across, so that twice as much and half as much are equally far from the same. The verdict is a shape and a tone.
 *
 * In: rows in ratios and the axis that places them. Out: markup whose colours come from the page's style sheet.
 */
import { type Markup, markup } from '../markup.ts';
import type { Axis } from './axis.ts';
import { atX, type ChartSize, drawing, type Frame, type Plot, short, visibleTicks } from './frame.ts';

export interface ForestRow {
  readonly name: string;
  /** What follows the name, less loudly; may be empty. */
  readonly note: string;
  /** The estimate and its interval in words. */
  readonly reading: string;
  /** Null where it was not measured. */
  readonly ratio: number | null;
  /** Null for an end that is open. */
  readonly low: number | null;
  readonly high: number | null;
  /** The ratio from which on it is worse by more than is allowed, and on which side of it worse lies. */
  readonly limit: number;
  readonly worse: 'above' | 'below';
  readonly verdict: 'regressed' | 'equivalent' | 'inconclusive';
}

export interface ForestChart extends Pick<Frame, 'id' | 'title' | 'description' | 'x' | 'xLabel'> {
  readonly rows: readonly ForestRow[];
}

const WIDE = { row: 40, left: 226, right: 238, top: 8, bottom: 42 } as const;
/** On a phone a row's name and reading stand over its interval. */
const NARROW = { row: 76, left: 8, right: 8, top: 4, bottom: 42 } as const;
/** Height of a row's name and reading there. */
const NAMED = 40;
/** Half the height of the bars. */
const REACH = 11;
/** Characters of a row's name that there is room for. */
export const NAME_LIMIT = 26;

export function forestChart(chart: ForestChart, { width, variant }: Pick<ChartSize, 'width' | 'variant'>): Markup {
  const layout = variant === 'narrow' ? NARROW : WIDE;
  const plot: Plot = {
    left: layout.left,
    top: layout.top,
    width: width - layout.left - layout.right,
    height: chart.rows.length * layout.row,
  };
  // Lines that stand for a ratio leave out the words above an interval.
  const clear = variant === 'narrow' ? NAMED : 0;
  const stretches = chart.rows.map((_, index): Stretch => {
    const top = layout.top + index * layout.row;
    return [top + clear, top + layout.row];
  });
  const rows = chart.rows.map((row, index) => {
    const top = layout.top + index * layout.row;
    const middle = variant === 'narrow' ? top + 56 : top + layout.row / 2;
    return markup`${zone(row, chart.x, plot, middle)}${interval(row, chart.x, plot, middle)}${words(row, plot, variant === 'narrow' ? { below: top } : { beside: middle })}`;
  });
  return drawing(
    chart,
    { width, height: layout.top + plot.height + layout.bottom, variant },
    {
      kind: 'forest',
      contents: markup`${scale(chart, plot, stretches)}${rows.map((_, index) => separator(layout.top + index * layout.row, width)).slice(1)}${upright('same', atX(chart.x, plot, 1), stretches)}${rows}`,
    },
  );
}

function separator(y: number, width: number): Markup {
  return markup`<line class="grid" x1="0" x2="${width}" y1="${y}" y2="${y}"/>`;
}

/** From the top of a line to its bottom. */
type Stretch = readonly [from: number, to: number];

function upright(kind: string, x: number, stretches: readonly Stretch[]): readonly Markup[] {
  const at = short(x);
  return stretches.map(
    ([from, to]) => markup`<line class="${kind}" x1="${at}" x2="${at}" y1="${short(from)}" y2="${short(to)}"/>`,
  );
}

function scale({ x, xLabel }: ForestChart, plot: Plot, stretches: readonly Stretch[]): Markup {
  const bottom = plot.top + plot.height;
  const ticks = visibleTicks(x, plot).map(({ value, label }) => {
    const at = short(atX(x, plot, value));
    return markup`${upright('grid', atX(x, plot, value), stretches)}<text class="tick" x="${at}" y="${bottom + 17}" text-anchor="middle">${label}</text>`;
  });
  return markup`${ticks}<line class="axis" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${bottom}" y2="${bottom}"/><text class="label" x="${plot.left + plot.width / 2}" y="${bottom + 35}" text-anchor="middle">${xLabel}</text>`;
}

function zone({ limit, worse }: ForestRow, x: Axis, plot: Plot, middle: number): Markup {
  const at = atX(x, plot, limit);
  const [from, to] = worse === 'above' ? [at, plot.left + plot.width] : [plot.left, at];
  return markup`<rect class="worse-zone" x="${short(from)}" y="${short(middle - REACH - 3)}" width="${short(Math.max(0, to - from))}" height="${2 * REACH + 6}"/><line class="margin" x1="${short(at)}" x2="${short(at)}" y1="${short(middle - REACH - 3)}" y2="${short(middle + REACH + 3)}"/>`;
}

function interval({ ratio, low, high, verdict }: ForestRow, x: Axis, plot: Plot, middle: number): Markup | null {
  if (ratio === null) return null;
  const y = short(middle);
  const open = low === null && high === null;
  const from = low === null ? plot.left : atX(x, plot, low);
  const to = high === null ? plot.left + plot.width : atX(x, plot, high);
  return markup`<g class="verdict-${verdict}"><line class="interval${open ? ' open' : ''}" x1="${short(from)}" x2="${short(to)}" y1="${y}" y2="${y}"/>${low === null ? null : cap(from, middle)}${high === null ? null : cap(to, middle)}${verdictShape(verdict, atX(x, plot, ratio), middle)}</g>`;
}

function cap(x: number, middle: number): Markup {
  return markup`<line class="interval" x1="${short(x)}" x2="${short(x)}" y1="${short(middle - 5)}" y2="${short(middle + 5)}"/>`;
}

/** A triangle for regressed, a disc for equivalent, a hollow square for inconclusive: told apart without colour. */
export function verdictShape(verdict: ForestRow['verdict'], x: number, y: number): Markup {
  if (verdict === 'equivalent') return markup`<circle class="shape" cx="${short(x)}" cy="${short(y)}" r="5.5"/>`;
  if (verdict === 'regressed') return markup`<path class="shape" d="M${short(x)} ${short(y - 7)}l7 12.5h-14z"/>`;
  return markup`<rect class="shape hollow" x="${short(x - 5)}" y="${short(y - 5)}" width="10" height="10"/>`;
}

/** Where a row's words stand: below the top of the row on a narrow screen, else beside the middle of its interval. */
type Place = { readonly below: number } | { readonly beside: number };

function words({ name, note, reading }: ForestRow, plot: Plot, place: Place): Markup {
  if ('below' in place) {
    const top = place.below;
    return markup`<text class="row" x="${plot.left}" y="${top + 18}">${name}</text><text class="tick" x="${plot.left}" y="${top + 34}">${reading}</text>`;
  }
  const middle = place.beside;
  const noted = note !== '';
  return markup`<text class="row" x="0" y="${short(noted ? middle - 7 : middle)}" dy=".32em">${name}</text>${noted ? markup`<text class="tick" x="0" y="${short(middle + 8)}" dy=".32em">${note}</text>` : null}<text class="reading" x="${plot.left + plot.width + 14}" y="${short(middle)}" dy=".32em">${reading}</text>`;
}
