/** Recovery over the repeats of a step: every repeat as a dot, the distribution as a table. */
import { eventClocks, healClocks, levelRegained } from '../../harness/evidence/result/recovery-clock-table.ts';
import type { ClockDistribution, Result } from '../../harness/evidence/result/result.ts';
import { type Axis, logAxis } from '../charts/axis.ts';
import { type StripChart, type StripRow, stripChart } from '../charts/strip-chart.ts';
import { clocksOfStep, occurrencesOf } from '../clocks.ts';
import { clip, formatCount, formatMs, plural, roundTick } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import { chartFigure, legendKey } from './chart-figure.ts';
import type { Detail } from './detail.ts';
import { capital } from './head.ts';
import { figure, first, numeric, table, text } from './table.ts';

type Step = Result['recoveryDistribution'][number];

const CHARTS = 4;

/** Nothing where no step was repeated. */
export function repeats(result: Result, detail: Detail): Markup | null {
  const steps = result.recoveryDistribution;
  if (steps.length === 0) return null;
  const { shown, omitted } = first(steps, Math.min(CHARTS, detail.rows));
  return markup`<p>${QUANTILES} The page <a href="chaos.html">chaos.html</a> beside this one has the curves and each repeat.</p>${shown.map((step, index) => markup`${injectionStrip(result, step, index, detail)}${distributionTable(step, stepName(result, step, detail), detail)}`)}${omitted === 0 ? null : markup`<p>${plural(omitted, 'more step')} in result.json.</p>`}`;
}

/** Every repeat of a step on each of its clocks from the injection; null for a step whose repeats are not in the Result. */
export function injectionStrip(result: Result, step: Step, index: number, detail: Detail): Markup | null {
  const clocks = occurrencesOf(result, step);
  const rows = eventClocks.map(({ field, name }): StripRow => {
    const { median, p95 } = step.clocks[field];
    return { name, values: clocks.map((row) => row[field]), median, p95 };
  });
  const level = levelRegained(step.clocks);
  return stripFigure({
    id: `repeats-${index + 1}`,
    heading: `Recovery over ${plural(step.repeats, 'repeat')} of ${stepName(result, step, detail)}`,
    note: note(step),
    description: `The service level was regained after ${formatMs(level.median)} at the median and ${formatMs(level.p95)} at the 95th percentile; ${plural(level.censored, 'repeat')} in which this was not observed.`,
    from: 'since the injection',
    rows,
    data: (heading) => occurrenceTable(clocks, heading, detail),
  });
}

/** The same clocks from the heal, what had come before it at nought; null where nothing was undone. */
export function healStrip(result: Result, step: Step, index: number, detail: Detail): Markup | null {
  const { fromHeal } = step;
  if (fromHeal === null) return null;
  const level = levelRegained(fromHeal);
  const clocks = occurrencesOf(result, step).flatMap(({ fault, fromHeal: own }) => (own === null ? [] : [{ fault, own }]));
  return stripFigure({
    id: `repeats-heal-${index + 1}`,
    heading: `From the heal, over ${plural(clocks.length, 'repeat')} of ${stepName(result, step, detail)}`,
    note: 'The same clocks from the moment the fault was undone; whatever had been reached before it is at the start of the axis.',
    description: `After the heal the service level was regained after ${formatMs(level.median)} at the median and ${formatMs(level.p95)} at the 95th percentile.`,
    from: 'since the heal',
    rows: healClocks.map(({ field, name }) => ({
      name,
      values: clocks.map(({ own }) => own[field]),
      median: fromHeal[field].median,
      p95: fromHeal[field].p95,
    })),
    data: (heading) => {
      const { shown, omitted } = first(clocks, detail.rows);
      return table({
        caption: heading,
        columns: [text('Repeat'), ...healClocks.map(({ name }) => numeric(capital(name)))],
        rows: shown.map(({ fault, own }) => [
          clip(oneLine(fault), Math.min(detail.text, 80)),
          ...healClocks.map(({ field }) => time(own[field])),
        ]),
        omitted,
      });
    },
  });
}

/** What a step does, and which one it is where several do the same. */
export function stepName({ recoveryDistribution: steps }: Result, { kind, fault }: Step, detail: Detail): string {
  const name = clip(oneLine(kind), Math.min(detail.text, 40));
  const alone = steps.filter((step) => step.kind === kind).length === 1;
  return alone ? name : `${name} (${clip(oneLine(fault), Math.min(detail.text, 40))})`;
}

interface StripFigure {
  readonly id: string;
  readonly heading: string;
  readonly note: string;
  readonly description: string;
  readonly from: string;
  readonly rows: readonly StripRow[];
  readonly data: (heading: string) => Markup;
}

function stripFigure({ id, heading, note: explanation, description, from, rows, data }: StripFigure): Markup | null {
  if (rows.every(({ values }) => values.length === 0)) return null;
  const chart: StripChart = {
    id,
    title: heading,
    description,
    x: recoveryAxis(rows.flatMap(({ values }) => values)),
    xLabel: from,
    rows,
  };
  return chartFigure({
    heading,
    note: explanation,
    legend: LEGEND,
    draw: (size) => stripChart(chart, size),
    lower: 0,
    data: data(heading),
  });
}

const LEGEND = [
  legendKey(markup`<g class="strip"><circle class="dot" cx="14" cy="5" r="3"/></g>`, 'a repeat'),
  legendKey(markup`<g class="strip"><line class="median" x1="14" x2="14" y1="0" y2="10"/></g>`, 'median'),
  legendKey(markup`<g class="strip"><line class="p95" x1="14" x2="14" y1="0" y2="10"/></g>`, 'p95'),
  legendKey(markup`<g class="strip"><path class="unseen-dot" d="M10 1l8 4l-8 4z"/></g>`, 'not seen before the end'),
];

function note({ repeats: count, overlapping }: Step): string {
  const overlap =
    overlapping === 0
      ? 'Each was recovered from before the next began.'
      : `${formatCount(overlapping)} of ${formatCount(count)} were injected before an earlier fault was recovered from, so their times may include its effects.`;
  return `Every repeat is a fault of its own, measured against the steady state before the first. ${overlap}`;
}

/** Decades: the first sign of trouble and the last of it lie far apart. What came at once stands at the axis' start. */
export function recoveryAxis(times: readonly (number | null)[]): Axis {
  const seen = times.flatMap((ms) => (ms !== null && ms > 0 ? [ms] : []));
  const low = seen.reduce((best, ms) => Math.min(best, ms), 1000);
  return logAxis(
    Math.max(1, low),
    seen.reduce((best, ms) => Math.max(best, ms), 10),
    formatTickMs,
  );
}

/** Ticks are round: 1 s, not 1.00 s. */
function formatTickMs(ms: number): string {
  return roundTick(formatMs(ms));
}

function occurrenceTable(clocks: Result['recovery'], caption: string, detail: Detail): Markup {
  const { shown, omitted } = first(clocks, detail.rows);
  return table({
    caption,
    columns: [text('Repeat'), ...eventClocks.map(({ name }) => numeric(capital(name))), text('Overlaps')],
    rows: shown.map((row) => [
      clip(oneLine(row.fault), Math.min(detail.text, 80)),
      ...eventClocks.map(({ field }) => time(row[field])),
      row.overlaps === null ? '–' : clip(oneLine(row.overlaps), Math.min(detail.text, 80)),
    ]),
    omitted,
  });
}

export const QUANTILES =
  'Over the repeats of a fault the quantiles are Kaplan-Meier estimates: a repeat that was not recovered from counts as longer than it was watched, and a quantile beyond that is “not seen”.';

export function distributionTable(step: Step, name: string, detail: Detail): Markup {
  const { shown, omitted } = first(clocksOfStep(step), detail.rows);
  const rows = shown.map(({ from, name: clock, distribution }): Piece[] => [
    `${capital(clock)}, from ${from}`,
    time(distribution.median),
    time(distribution.p95),
    interval(distribution),
    time(distribution.max),
    figure(distribution.censored, formatCount),
  ]);
  return table({
    caption: `Distribution of recovery over ${plural(step.repeats, 'repeat')} of ${name}`,
    columns: [
      text('Clock'),
      numeric('Median'),
      numeric('p95'),
      numeric('95% interval of p95'),
      numeric('Longest seen'),
      numeric('Not seen'),
    ],
    rows,
    omitted,
  });
}

function interval({ low, high }: ClockDistribution): Markup {
  if (low === null) return markup`<span class="none">–</span>`;
  return markup`${figure(low, formatMs)} to ${high === null ? markup`<span class="none">unbounded</span>` : figure(high, formatMs)}`;
}

function time(ms: number | null): Markup {
  return ms === null ? markup`<span class="state bad">not seen</span>` : figure(ms, formatMs);
}
