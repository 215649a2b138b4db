/** What is around every chart with two axes: the drawing's size, its title and description for those who cannot see it, grid and ticks. */
import { type Markup, markup, type Piece } from '../markup.ts';
import type { Axis } from './axis.ts';

export interface Frame {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What a person who cannot see the picture should know. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly xLabel: string;
  readonly yLabel: string;
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
  /** Distinguishes two drawings of one chart: the page shows the one that fits. `only` is drawn once, for both. */
  readonly variant: 'wide' | 'narrow' | 'only';
}

/** Where the data goes, in the drawing's units. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const MARGIN = { right: 14, top: 22, bottom: 40 } as const;
/** Room for the labels of y, unless they need more. */
const LEFT = 58;

/** Where the data of a chart goes; `above` is room between the drawing's top and the plot. */
export function plotOf({ y }: Pick<Frame, 'y'>, { width, height }: Pick<ChartSize, 'width' | 'height'>, above: number): Plot {
  const left = y.ticks.reduce((most, { label }) => Math.max(most, Math.ceil(textWidth(label)) + 12), LEFT);
  return { left, top: MARGIN.top + above, width: width - left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
}

export interface Drawn {
  /** A class of the drawing; empty for none. */
  readonly kind: string;
  readonly contents: Markup;
  /** More attributes of the drawing. */
  readonly attributes?: Piece;
}

/** The whole drawing around its contents. */
export function drawing(
  { id, title, description }: Pick<Frame, 'id' | 'title' | 'description'>,
  { width, height, variant }: ChartSize,
  { kind, contents, attributes = null }: Drawn,
): Markup {
  const key = `${id}-${variant}`;
  return markup`<svg class="chart ${kind === '' ? '' : `${kind} `}${variant}" role="img" aria-labelledby="${key}-title ${key}-desc" viewBox="0 0 ${width} ${short(height)}" width="${width}" height="${short(height)}"${attributes}><title id="${key}-title">${title}</title><desc id="${key}-desc">${description}</desc>${contents}</svg>`;
}

export function atX(axis: Axis, plot: Plot, value: number): number {
  return plot.left + axis.position(value) * plot.width;
}

export function atY(axis: Axis, plot: Plot, value: number): number {
  return plot.top + (1 - axis.position(value)) * plot.height;
}

/** A coordinate to a tenth of a unit. */
export function short(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** About how wide a text of a chart is in the wider of the fonts that a page may get, in the drawing's units. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += /[%+−×mwMW]/u.test(character) ? 11 : /[.,: ilj()]/u.test(character) ? 4.5 : 7.4;
  return width;
}

/** Lines at the ticks of y, ticks of x along the bottom, and what both axes are. */
export function grid(frame: Frame, plot: Plot): Markup {
  const bottom = plot.top + plot.height;
  const right = plot.left + plot.width;
  const rows = frame.y.ticks.map((tick) => {
    const y = short(atY(frame.y, plot, tick.value));
    return markup`<line class="grid" x1="${plot.left}" x2="${right}" y1="${y}" y2="${y}"/><text class="tick" x="${plot.left - 8}" y="${y}" dy=".32em" text-anchor="end">${tick.label}</text>`;
  });
  const columns = visibleTicks(frame.x, plot).map((tick) => {
    const x = short(atX(frame.x, plot, tick.value));
    const cut = Number(x) + textWidth(tick.label) / 2 > right + MARGIN.right;
    return markup`<line class="mark" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 4}"/><text class="tick" x="${cut ? right + MARGIN.right : x}" y="${bottom + 17}" text-anchor="${cut ? 'end' : 'middle'}">${tick.label}</text>`;
  });
  return markup`${rows}<line class="axis" x1="${plot.left}" x2="${right}" y1="${short(bottom)}" y2="${short(bottom)}"/><g class="x-ticks">${columns}</g><text class="label" x="8" y="12">${frame.yLabel}</text><text class="label" x="${right}" y="${bottom + 34}" text-anchor="end">${frame.xLabel}</text>`;
}

/** What moves with the time axis when a reader zooms in, and is cut at the plot's edges then. */
export function zoomed(contents: Markup): Markup {
  return markup`<g class="clipped"><g class="zoomed">${contents}</g></g>`;
}

/** What a page's script has to know of a drawing over time: its end, and where the plot lies. */
export function zoomOf(endMs: number, { left, top, width, height }: Plot): Markup {
  return markup` data-zoom="${[endMs, left, width, top + height].map(short).join(' ')}"`;
}

/** Ticks of a horizontal axis whose labels do not run into one another; those of an even axis stay even. */
export function visibleTicks(axis: Axis, plot: Plot): Axis['ticks'] {
  const { ticks } = axis;
  if (!isEven(axis, plot)) return apart(ticks, axis, plot);
  for (let each = 1; each < ticks.length; each += 1) {
    const some = ticks.filter((_, index) => index % each === 0);
    if (apart(some, axis, plot).length === some.length) return some;
  }
  return ticks.slice(0, 1);
}

/** Whether all ticks are equally far apart, to the tenth of a unit. */
function isEven(axis: Axis, plot: Plot): boolean {
  const at = axis.ticks.map(({ value }) => atX(axis, plot, value));
  const steps = at.slice(1).map((x, index) => x - (at[index] ?? 0));
  return steps.every((step) => Math.abs(step - (steps[0] ?? 0)) < 0.1);
}

/** Without those whose label would run into the one before. */
function apart(ticks: Axis['ticks'], axis: Axis, plot: Plot): Axis['ticks'] {
  let free = Number.NEGATIVE_INFINITY;
  return ticks.filter((tick) => {
    const x = atX(axis, plot, tick.value);
    const half = textWidth(tick.label) / 2;
    if (x - half < free) return false;
    free = x + half + 8;
    return true;
  });
}

/** Areas over the whole height that say what is there when pointed at; each reaches half way to its neighbours. */
export function hoverAreas(hover: readonly { readonly x: number; readonly text: string }[], x: Axis, plot: Plot): Markup {
  if (hover.length === 0 || hover.length > HOVER_LIMIT) return markup``;
  const width = plot.width / hover.length;
  return markup`<g class="hover">${hover.map(
    ({ x: at, text }) =>
      markup`<rect x="${short(atX(x, plot, at) - width / 2)}" y="${plot.top}" width="${short(width)}" height="${short(plot.height)}"><title>${text}</title></rect>`,
  )}</g>`;
}

const HOVER_LIMIT = 300;
