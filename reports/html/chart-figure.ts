/** A chart with everything around it: heading, explanation, legend, the drawing in two widths, and its data as a table. */
import { type LineChart, lineChart } from '../charts/line-chart.ts';
import { type Markup, markup } from '../markup.ts';

const WIDE = { width: 960, height: 300, variant: 'wide' } as const;
const NARROW = { width: 358, height: 250, variant: 'narrow' } as const;

export interface ChartFigure {
  /** What the chart shows, as its heading within the section. */
  readonly heading: string;
  readonly note: string;
  readonly chart: LineChart;
  /** Drawn lower than a main chart. */
  readonly flat?: boolean;
  readonly data: Markup;
}

export function chartFigure({ heading, note, chart, flat, data }: ChartFigure): Markup {
  const lower = flat ? 110 : 0;
  return markup`<figure><figcaption><h3>${heading}</h3><p>${note}</p></figcaption>${legend(chart)}${lineChart(chart, { ...WIDE, height: WIDE.height - lower })}${lineChart(chart, { ...NARROW, height: NARROW.height - lower / 2 })}<details><summary>Data of this chart: ${heading.toLowerCase()}</summary>${data}</details></figure>`;
}

function legend(chart: LineChart): Markup {
  const keys = chart.series.map(
    ({ name, tone }) =>
      markup`<li><svg class="key" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><g class="series ${tone}"><path d="M1 5H27"/></g></svg>${name}</li>`,
  );
  const faultKeys =
    chart.faults.length === 0
      ? null
      : markup`<li><svg class="key" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><rect class="fault-bar" x="1" y="2" width="26" height="6"/></svg>fault, injected to healed</li><li><svg class="key" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><line class="healing" x1="0" x2="20" y1="5" y2="5"/><circle class="whole" cx="22" cy="5" r="4"/></svg>users whole again</li>`;
  return markup`<ul class="legend">${keys}${faultKeys}</ul>`;
}
