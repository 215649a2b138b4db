/** The metrics of a comparison: a forest plot with each margin drawn in, and the figures. */
import type { ComparedMetric, Comparison } from '../../../harness/evidence/result/comparison.ts';
import { ratioAxis } from '../../charts/axis.ts';
import { type ForestChart, type ForestRow, forestChart, NAME_LIMIT, verdictShape } from '../../charts/forest-chart.ts';
import {
  BETTER_WORDS,
  betterForSure,
  detectableText,
  inOrderOfWeight,
  intervalText,
  sidesText,
  sideValue,
  WITHHELD,
} from '../../comparison-words.ts';
import { clip, formatChange, formatNumber, formatShare, plural, roundTick } from '../../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../../markup.ts';
import { chartFigure, legendKey } from '../chart-figure.ts';
import { state } from '../checks-section.ts';
import type { Detail } from '../detail.ts';
import { section } from '../page.ts';
import { figure, first, numeric, table, text } from '../table.ts';

const DRAWN = 40;

export function metricsSection(comparison: Comparison, detail: Detail): Markup {
  if (!comparison.valid) return section('metrics', 'Metrics', markup`<p>${WITHHELD}</p>`);
  if (comparison.metrics.length === 0) return section('metrics', 'Metrics', markup`<p>No metric was compared.</p>`);
  return section(
    'metrics',
    'Metrics',
    markup`${forest(comparison, detail)}<p>${clip(oneLine(sidesText(comparison)), detail.text)}</p>${better(comparison, detail)}`,
  );
}

/** Where worse by more than allowed begins: mirrored where higher is better. */
export function limitOf({ better, margin }: Pick<ComparedMetric, 'better' | 'margin'>): number {
  const limit = 1 + Math.max(0, margin);
  return better === 'lower' ? limit : 1 / limit;
}

function forest(comparison: Comparison, detail: Detail): Markup {
  const { shown } = first(inOrderOfWeight(comparison.metrics), Math.min(DRAWN, detail.rows));
  const rows = shown.map((metric) => rowOf(metric, detail));
  const ends = shown.flatMap((metric) => [metric.ratio, metric.low, metric.high, limitOf(metric)]);
  const regressed = shown.filter(({ verdict }) => verdict === 'regressed').length;
  const chart = {
    id: 'forest',
    title: 'How B compares with A, by metric',
    description: `${plural(shown.length, 'metric')}, ${regressed === 0 ? 'none' : String(regressed)} of them regressed. ${shown
      .slice(0, 6)
      .map(
        (metric) =>
          `${oneLine(clip(metric.name, 40))}: ${formatChange(metric.ratio)}, ${intervalText(metric)}, ${metric.verdict}`,
      )
      .join('; ')}.`,
    xLabel: 'B compared with A (logarithm of the ratio)',
    rows,
  };
  const ratios = ends.filter((end) => end !== null);
  return chartFigure({
    heading: 'How B compares with A',
    note: 'Each row is one metric: the estimate of B over A across all blocks, and its 95% interval. The shaded zone is worse than the margin allows: a metric has regressed if the evidence puts it there, and is equivalent, which means not worse, if the evidence keeps it out.',
    legend: legend(shown.some(({ ratio, low, high }) => ratio !== null && (low === null || high === null))),
    draw: ({ width, variant }) => {
      const drawn: ForestChart = { ...chart, x: ratioAxis(ratios, variant === 'narrow' ? 6 : 9, formatTickChange) };
      return forestChart(drawn, { width, variant });
    },
    lower: 0,
    data: metricTable(comparison, detail),
  });
}

/** Ticks are round: +5%, ×2. */
export function formatTickChange(ratio: number): string {
  if (Math.abs(ratio - 1) < 1e-9) return 'same';
  if (ratio >= 2) return `×${Number(ratio.toPrecision(6))}`;
  return roundTick(formatChange(ratio));
}

function rowOf(metric: ComparedMetric, detail: Detail): ForestRow {
  const { name, ratio, low, high, better, role, verdict } = metric;
  const values = `${sideValue(metric, 'a')} → ${sideValue(metric, 'b')}`;
  const worse = better === 'lower' ? 'above' : 'below';
  return {
    name: clip(oneLine(name), Math.min(detail.text, NAME_LIMIT)),
    note: role === 'advisory' ? `${values}, advisory` : values,
    reading: ratio === null ? 'no ratio' : `${formatChange(ratio)} (${shortInterval(metric)})`,
    ratio,
    low,
    high,
    limit: limitOf(metric),
    worse,
    verdict,
  };
}

/** As `intervalText` says it, in the room beside a drawing. */
function shortInterval(metric: ComparedMetric): string {
  const { low, high } = metric;
  if (low === null && high === null) return 'no interval';
  if (low === null) return `up to ${formatChange(high)}`;
  return high === null ? `from ${formatChange(low)} up` : intervalText(metric);
}

function better(comparison: Comparison, detail: Detail): Markup | null {
  const sure = betterForSure(comparison);
  if (sure.length === 0) return null;
  const { shown, omitted } = first(sure, Math.min(12, detail.rows));
  return markup`<p>${BETTER_WORDS.before}, ${BETTER_WORDS.behind}: ${shown.map(
    ({ name, ratio }, index) =>
      markup`${index === 0 ? null : ', '}${clip(oneLine(name), Math.min(detail.text, 60))} ${figure(ratio, formatChange)}`,
  )}${omitted > 0 ? `, and ${plural(omitted, 'more metric')}` : null}.</p>`;
}

function legend(open: boolean): readonly Markup[] {
  const shape = (verdict: ForestRow['verdict']): Markup =>
    markup`<g class="forest verdict-${verdict}"><line class="interval" x1="1" x2="27" y1="5" y2="5"/>${verdictShape(verdict, 14, 5)}</g>`;
  return [
    ...(['regressed', 'equivalent', 'inconclusive'] as const).map((verdict) => legendKey(shape(verdict), verdict)),
    legendKey(
      markup`<g class="forest"><rect class="worse-zone" x="9" y="0" width="19" height="10"/><line class="margin" x1="9" x2="9" y1="0" y2="10"/></g>`,
      'worse than the margin allows',
    ),
    ...(open
      ? [
          legendKey(
            markup`<g class="forest verdict-inconclusive"><line class="interval open" x1="1" x2="27" y1="5" y2="5"/></g>`,
            'an end that is open because there are so few blocks',
          ),
        ]
      : []),
  ];
}

function metricTable(comparison: Comparison, detail: Detail): Markup {
  const { shown, omitted } = first(inOrderOfWeight(comparison.metrics), detail.rows);
  return table({
    caption: 'Every metric',
    columns: [
      text('Metric'),
      text('Verdict'),
      ...['A', 'B', 'B to A', '95% interval', 'Margin', 'Detectable', 'p regressed', 'p equivalent'].map(numeric),
    ],
    rows: shown.map((metric) => metricRow(metric, detail)),
    omitted,
    document: 'comparison.json',
  });
}

function metricRow(metric: ComparedMetric, detail: Detail): readonly Piece[] {
  const { name, better, role, ratio, low, high, margin, p, pEquivalent, detectable, verdict } = metric;
  const of = (side: 'a' | 'b'): Piece =>
    metric[side] === null
      ? markup`<span class="none">${sideValue(metric, side)}</span>`
      : figure(metric.judged?.[side] ?? metric[side], () => sideValue(metric, side));
  return [
    markup`${clip(oneLine(name), Math.min(detail.text, 80))} <small>${better} is better${role === 'advisory' ? ', advisory' : ''}</small>`,
    verdictState(verdict),
    of('a'),
    of('b'),
    figure(ratio, formatChange),
    low === null || high === null
      ? markup`<span class="none">open</span>`
      : markup`${figure(low, formatChange)} to ${figure(high, formatChange)}`,
    figure(margin, formatShare),
    detectable === null ? figure(null, formatShare) : figure(detectable, () => detectableText(metric)),
    figure(p, formatNumber),
    figure(pEquivalent, formatNumber),
  ];
}

export function verdictState(verdict: ComparedMetric['verdict']): Markup {
  return state(({ regressed: 'bad', equivalent: 'good', inconclusive: 'open' } as const)[verdict], verdict);
}
