/** A chart with everything around it: heading, explanation, legend, the drawing in two widths, and its data as a table. */
import type { ChartSize } from '../charts/frame.ts';
import { type LineChart, lineChart } from '../charts/line-chart.ts';
import type { FaultBand, Series } from '../charts/series.ts';
import { type Markup, markup, type Piece } from '../markup.ts';

const WIDE = { width: 960, height: 300, variant: 'wide' } as const;
const NARROW = { width: 358, height: 250, variant: 'narrow' } as const;

export interface ChartFigure {
  /** What the chart shows, as its heading within the section. */
  readonly heading: string;
  readonly note: Piece;
  /** Entries made by legendKey and its like. */
  readonly legend: readonly Markup[];
  readonly draw: (size: ChartSize) => Markup;
  /** How much lower than 300 units the chart is drawn. */
  readonly lower: number;
  readonly data: Markup;
}

export function chartFigure({ heading, note, legend, draw, lower, data }: ChartFigure): Markup {
  return markup`<figure><figcaption><h3>${heading}</h3><p>${note}</p></figcaption>${legendList(legend)}${draw({ ...WIDE, height: WIDE.height - lower })}${draw({ ...NARROW, height: NARROW.height - lower / 2 })}${dataOf(heading, data)}</figure>`;
}

export interface LineFigure extends Omit<ChartFigure, 'legend' | 'draw'> {
  readonly chart: LineChart;
  /** What the legend says beyond the series and the faults. */
  readonly keys: readonly Markup[];
}

/** The same for a chart of lines, whose legend follows from its series; a single line needs none. */
export function lineFigure({ chart, keys, ...around }: LineFigure): Markup {
  const legend = [...chart.series.map(seriesKey), ...keys, ...faultKeys(chart.faults)];
  return chartFigure({
    ...around,
    legend: legend.length === 1 ? [] : legend,
    draw: (size) => lineChart(chart, size),
  });
}

/** The table beside a chart, folded away. */
export function dataOf(heading: string, data: Markup): Markup {
  return markup`<details class="data"><summary>Data of this chart: ${heading.charAt(0).toLowerCase()}${heading.slice(1)}</summary>${data}</details>`;
}

export function legendList(entries: readonly Markup[]): Markup | null {
  return entries.length === 0 ? null : markup`<ul class="legend">${entries}</ul>`;
}

/** A sample of a drawing, 28 by 10 units, and what it stands for; of a series, its name in the chart. */
export function legendKey(sample: Markup, name: Piece, series: string | null = null): Markup {
  return markup`<li${series === null ? null : markup` data-series="${series}"`}><svg class="key" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true">${sample}</svg>${name}</li>`;
}

function seriesKey({ name, tone, shape }: Series): Markup {
  const sample = shape === 'dots' ? markup`<circle cx="14" cy="5" r="4"/>` : markup`<path d="M1 5H27"/>`;
  return legendKey(markup`<g class="series ${tone}">${sample}</g>`, name, name);
}

/** Explains the bars, bands and lines of faults; empty without faults. */
export function faultKeys(faults: readonly FaultBand[]): readonly Markup[] {
  if (faults.length === 0) return [];
  return [
    faultKey(markup`<rect class="fault-bar" x="1" y="2.5" width="26" height="5"/>`),
    legendKey(
      markup`<rect class="waiting-band" x="0" y="0" width="24" height="10"/><line class="waiting" x1="0" x2="20" y1="5" y2="5"/><line class="recovered" x1="24" x2="24" y1="0" y2="10"/><circle class="whole" cx="23" cy="5" r="4"/>`,
      'users still wait, until they have recovered (dot, dotted line)',
    ),
  ];
}

/** What the band and the lines of a fault mean; `over` is what a chart draws of it besides. */
export function faultKey(over: Markup | null): Markup {
  return legendKey(
    markup`<rect class="fault-band" x="1" y="0" width="26" height="10"/><line class="injected" x1="1" x2="1" y1="0" y2="10"/><line class="healed" x1="27" x2="27" y1="0" y2="10"/>${over}`,
    'a fault, from its injection (solid line) until it is undone (dashed line)',
  );
}
