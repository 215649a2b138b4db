/** Recovery over the repeats of a step: every repeat as a dot, the distribution as a table. */
import type { Result } from '../../harness/result/result.ts';
import { type Axis, logAxis } from '../charts/axis.ts';
import { type StripChart, type StripRow, stripChart } from '../charts/strip-chart.ts';
import { clocksOfStep, INJECTION_CLOCKS, occurrencesOf } from '../clocks.ts';
import { clip, formatCount, formatMs, plural } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import type { Detail } from './detail.ts';
import { figure, first, numeric, table, text } from './table.ts';

type Step = Result['recoveryDistribution'][number];

const CHARTS = 4;
const WIDE = { width: 960, variant: 'wide' } as const;
const NARROW = { width: 358, variant: 'narrow' } as const;

/** Nothing where no step was repeated. */
export function repeats(result: Result, detail: Detail): Markup | null {
  const steps = result.recoveryDistribution;
  if (steps.length === 0) return null;
  const { shown } = first(steps, Math.min(CHARTS, detail.rows));
  return markup`${shown.map((step, index) => stripFigure(result, step, index, detail))}${distributionTable(steps, detail)}`;
}

function stripFigure(result: Result, step: Step, index: number, detail: Detail): Markup | null {
  const clocks = occurrencesOf(result, step);
  if (clocks.length === 0) return null;
  const rows = INJECTION_CLOCKS.map(([key, name]): StripRow => {
    const { median, p95 } = step.clocks[key];
    return { name, values: clocks.map((row) => row[key]), median, p95 };
  });
  const kind = clip(oneLine(step.kind), Math.min(detail.text, 40));
  const heading = `Recovery over ${plural(step.repeats, 'repeat')} of ${kind}`;
  const slo = step.clocks.sloMs;
  const chart: StripChart = {
    id: `repeats-${index + 1}`,
    title: heading,
    description: `The service level was regained after ${formatMs(slo.median)} at the median and ${formatMs(slo.p95)} at the 95th percentile; ${plural(slo.censored, 'repeat')} in which it was not seen to be.`,
    x: timeAxis(rows),
    xLabel: 'since the injection',
    rows,
  };
  return markup`<figure><figcaption><h3>${heading}</h3><p>${note(step)}</p></figcaption>${LEGEND}${stripChart(chart, WIDE)}${stripChart(chart, NARROW)}<details><summary>Data of this chart: ${heading.toLowerCase()}</summary>${occurrenceTable(clocks, heading, detail)}</details></figure>`;
}

const LEGEND = markup`<ul class="legend"><li><svg class="key strip" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><circle class="dot" cx="6" cy="6" r="3"/></svg>a repeat</li><li><svg class="key strip" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><line class="median" x1="6" x2="6" y1="0" y2="12"/></svg>median</li><li><svg class="key strip" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><line class="p95" x1="6" x2="6" y1="0" y2="12"/></svg>p95</li><li><svg class="key strip" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path class="unseen-dot" d="M2 2l8 4l-8 4z"/></svg>not seen before the end</li></ul>`;

function note({ repeats: count, overlapping }: Step): string {
  const overlap =
    overlapping === 0
      ? 'Each was recovered from before the next.'
      : `${formatCount(overlapping)} of ${formatCount(count)} were injected before an earlier fault was recovered from, whose trouble their times may include.`;
  return `Every repeat is a fault of its own, measured against the steady state before the first. ${overlap}`;
}

/** Decades: the first sign of trouble and the last of it lie far apart. What came at once stands at the axis' start. */
function timeAxis(rows: readonly StripRow[]): Axis {
  const seen = rows.flatMap(({ values }) => values).filter((value) => value !== null && value > 0) as number[];
  return logAxis(Math.max(1, Math.min(...seen, 1000)), Math.max(10, ...seen), formatMs);
}

function occurrenceTable(clocks: Result['recovery'], caption: string, detail: Detail): Markup {
  const { shown, omitted } = first(clocks, detail.rows);
  return table({
    caption,
    columns: [text('Repeat'), ...INJECTION_CLOCKS.map(([, name]) => numeric(capital(name))), text('Overlaps')],
    rows: shown.map((row) => [
      clip(oneLine(row.fault), Math.min(detail.text, 80)),
      ...INJECTION_CLOCKS.map(([key]) => time(row[key])),
      row.overlaps === null ? '–' : clip(oneLine(row.overlaps), Math.min(detail.text, 80)),
    ]),
    omitted,
  });
}

function distributionTable(steps: readonly Step[], detail: Detail): Markup {
  const all = steps.flatMap((step) => clocksOfStep(step).map((clock) => ({ step, clock })));
  const { shown, omitted } = first(all, detail.rows);
  const rows = shown.map(({ step, clock: { from, name, distribution } }): Piece[] => [
    markup`${clip(oneLine(step.kind), Math.min(detail.text, 40))} <small>${clip(oneLine(step.fault), Math.min(detail.text, 80))}, ${plural(step.repeats, 'repeat')}</small>`,
    `${name}, from ${from}`,
    time(distribution.median),
    time(distribution.p95),
    interval(distribution),
    time(distribution.max),
    figure(distribution.censored, formatCount),
  ]);
  return markup`<p>Over the repeats of a fault the quantiles are Kaplan and Meier’s: a repeat that was not recovered from counts as longer than it was watched, and a quantile that lies beyond is “not seen”.</p>${table(
    {
      caption: 'Distribution of recovery over repeats',
      columns: [
        text('Fault'),
        text('Clock'),
        numeric('Median'),
        numeric('p95'),
        numeric('95% interval of p95'),
        numeric('Longest seen'),
        numeric('Not seen'),
      ],
      rows,
      omitted,
    },
  )}`;
}

function interval({ low, high }: Step['clocks']['sloMs']): Markup {
  if (low === null) return markup`<span class="none">–</span>`;
  return markup`${figure(low, formatMs)} to ${high === null ? markup`<span class="none">unbounded</span>` : figure(high, formatMs)}`;
}

function time(ms: number | null): Markup {
  return ms === null ? markup`<span class="state bad">not seen</span>` : figure(ms, formatMs);
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
