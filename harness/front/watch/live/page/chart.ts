/** One chart of the page: uPlot's lines over the bands of the faults, its legend's values, and its table. */
import { browser, element, made, type PageElement, setText, show } from './browser.ts';
import type { ChartPlan } from './chart-plans.ts';
import type { Point, Story } from './story.ts';

/** The part of uPlot that is used; it draws on a canvas. */
interface Plot {
  readonly ctx: Canvas;
  readonly bbox: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly cursor: { readonly idx?: number | null };
  setData(data: readonly (readonly (number | null)[])[]): void;
  setSize(size: { readonly width: number; readonly height: number }): void;
  redraw(rebuildPaths: boolean): void;
  valToPos(value: number, scale: string, canvasPixels: boolean): number;
}
interface Canvas {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  font: string;
  textAlign: string;
  textBaseline: string;
  save(): void;
  restore(): void;
  beginPath(): void;
  rect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
  setLineDash(dash: readonly number[]): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
}
declare const uPlot: new (options: object, data: readonly (readonly (number | null)[])[], into: object) => Plot;

/** Maximum rows of the table beside a chart; older ones are removed. */
const MAX_ROWS = 120;
const MIN_SPAN_S = 10;
const DASHES = { main: [], second: [7, 3], third: [5, 5], quiet: [2, 3] } as const;
const WIDTHS = { main: 2, second: 2, third: 2, quiet: 1.5 } as const;

export interface Chart {
  show(story: Story): void;
}

export function chart(plan: ChartPlan): Chart {
  const place = element(`plot-${plan.id}`);
  let story: Story | null = null;
  let rows = 0;
  const plot = new uPlot(
    options(
      plan,
      place,
      () => story,
      (index) => showValues(plan, story, index),
    ),
    dataOf(plan, []),
    place,
  );
  new browser.ResizeObserver(() => plot.setSize(sizeOf(place))).observe(place);
  browser.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false));
  const details = element(`data-${plan.id}`);
  const fillTable = (): void => {
    if (story !== null && details.open) rows = showRows(plan, story, rows);
  };
  details.addEventListener('toggle', fillTable);
  return {
    show(next) {
      const isNew = next.points !== story?.points || next.faults !== story.faults;
      story = next;
      if (isNew) plot.setData(dataOf(plan, next.points));
      showValues(plan, next, plot.cursor.idx ?? null);
      place.setAttribute('aria-label', inWords(plan, next));
      fillTable();
    },
  };
}

function sizeOf(place: PageElement) {
  return { width: place.clientWidth, height: place.clientHeight };
}

function dataOf(plan: ChartPlan, points: readonly Point[]): (number | null)[][] {
  const positive = (value: number | null): number | null => (value === null ? null : Math.max(1, value));
  const taken = plan.scale === 'logarithmic' ? positive : (value: number | null): number | null => value;
  return [points.map(({ atS }) => atS), ...plan.series.map(({ of }) => points.map((point) => taken(of(point))))];
}

function colour(name: string): string {
  return browser.getComputedStyle(browser.document.documentElement).getPropertyValue(name).trim();
}

function options(plan: ChartPlan, place: PageElement, story: () => Story | null, chosen: (index: number | null) => void): object {
  const font = `12px ${browser.getComputedStyle(place).fontFamily}`;
  const axis = {
    font,
    stroke: () => colour('--soft'),
    grid: { stroke: () => colour('--rule'), width: 1 },
    ticks: { show: false },
  };
  return {
    ...sizeOf(place),
    padding: [18, 20, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'run' }, drag: { x: false, y: false }, y: false, focus: { prox: -1 } },
    scales: {
      x: { time: false, range: (_: Plot, _low: number, high: number) => [0, Math.max(MIN_SPAN_S, high ?? 0)] },
      y:
        plan.scale === 'logarithmic'
          ? { distr: 3, range: (_: Plot, low: number | null, high: number | null) => decades(low, high) }
          : { range: (_: Plot, _low: number, high: number | null) => [0, Math.max(1, (high ?? 0) * 1.08)] },
    },
    axes: [
      {
        ...axis,
        space: 60,
        size: 32,
        values: (_: Plot, splits: readonly number[]) => splits.map((at) => `${Number(at.toFixed(1))} s`),
      },
      { ...axis, size: 72, values: (_: Plot, splits: readonly (number | null)[]) => splits.map((value) => tick(plan, value)) },
    ],
    series: [
      {},
      ...plan.series.map(({ name, tone }) => ({
        label: name,
        stroke: () => colour(`--${tone}`),
        width: WIDTHS[tone],
        dash: DASHES[tone],
        points: { size: 5, fill: () => colour(`--${tone}`) },
      })),
    ],
    hooks: {
      drawClear: [(plot: Plot) => drawFaults(plot, story())],
      setCursor: [(plot: Plot) => chosen(plot.cursor.idx ?? null)],
    },
  };
}

/** Whole decades, at least one. */
function decades(low: number | null, high: number | null): readonly [number, number] {
  const from = Math.floor(Math.log10(Math.max(1, low ?? 100)));
  const to = Math.ceil(Math.log10(Math.max(1, high ?? 1_000)));
  return [10 ** from, 10 ** Math.max(from + 1, to)];
}

/** Only the decades of a logarithmic axis are labelled. */
function tick(plan: ChartPlan, value: number | null): string {
  if (value === null || (plan.scale === 'logarithmic' && !Number.isInteger(Math.log10(value)))) return '';
  return plan.format(value).replace(/(\.\d*?)0+(?=\D|$)/u, (_, digits: string) => (digits === '.' ? '' : digits));
}

/** Draws a band while the fault lasts, a line where it struck, a dashed line where it was undone, and its number in the table of faults. */
function drawFaults({ ctx, bbox, valToPos }: Plot, story: Story | null): void {
  if (story === null || story.faults.length === 0) return;
  const ratio = browser.devicePixelRatio;
  const now = story.points.at(-1)?.atS ?? 0;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, 0, bbox.width, bbox.top + bbox.height);
  ctx.clip();
  ctx.font = `600 ${11.5 * ratio}px sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.lineWidth = 1.25 * ratio;
  const line = (x: number): void => {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  };
  for (const [index, { atS, healedS, state }] of story.faults.entries()) {
    if (state === 'skipped') continue;
    const from = valToPos(atS, 'x', true);
    const to = valToPos(healedS ?? Math.max(now, atS), 'x', true);
    ctx.fillStyle = colour('--fault-back');
    ctx.fillRect(from, bbox.top, Math.max(0, to - from), bbox.height);
    ctx.strokeStyle = colour('--fault');
    ctx.setLineDash([]);
    line(from);
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    if (healedS !== null) line(to);
    ctx.fillStyle = colour('--ink');
    ctx.fillText(String(index + 1), from, bbox.top - 2 * ratio);
  }
  ctx.restore();
}

/** The legend shows the values under the pointer, or the newest ones. */
function showValues(plan: ChartPlan, story: Story | null, index: number | null): void {
  const point = index === null ? story?.points.at(-1) : story?.points[index];
  for (const [at, { of }] of plan.series.entries()) {
    setText(`value-${plan.id}-${at}`, point === undefined ? '' : written(plan, of(point)));
  }
}

function written(plan: ChartPlan, value: number | null): string {
  return value === null ? '–' : plan.format(value);
}

function inWords(plan: ChartPlan, { points, faults }: Story): string {
  const newest = points.at(-1);
  if (newest === undefined) return `${plan.heading}: nothing measured yet`;
  const values = plan.series.map(({ name, of }) => `${name} ${written(plan, of(newest))}`).join(', ');
  const struck = faults.filter(({ state }) => state !== 'skipped').length;
  return `${plan.heading} over ${Math.round(newest.atS)} s, ${struck} ${struck === 1 ? 'fault' : 'faults'} marked. At the end: ${values}. The data are in the table below.`;
}

/** Adds the rows of points that came after the first `shown`, at the top; returns how many points there are now. */
function showRows(plan: ChartPlan, { points }: Story, shown: number): number {
  const body = element(`rows-${plan.id}`);
  for (const point of points.slice(Math.max(shown, points.length - MAX_ROWS))) {
    const head = made('th', 'num', `${point.atS.toFixed(1)} s`);
    head.setAttribute('scope', 'row');
    body.prepend(made('tr', '', head, ...plan.series.map(({ of }) => made('td', 'num', written(plan, of(point))))));
  }
  while (body.childElementCount > MAX_ROWS) body.lastElementChild?.remove();
  const older = points.length - body.childElementCount;
  show(`${plan.id}-more`, older > 0);
  setText(`${plan.id}-more`, `${older} older ones are in the chart, and in the report.`);
  return points.length;
}
