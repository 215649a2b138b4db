/** The blocks of a comparison: for each metric the ratio of every block in its order, and what each block was like. */
import type { ComparedMetric, Comparison } from '../../../harness/evidence/result/comparison.ts';
import { type Axis, ratioAxis } from '../../charts/axis.ts';
import { blockChart } from '../../charts/block-chart.ts';
import { blocksText, inOrderOfWeight, intervalText } from '../../comparison-words.ts';
import { clip, formatChange, formatCount, formatShare, formatUs, plural } from '../../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../../markup.ts';
import { dataOf, legendKey, legendList } from '../chart-figure.ts';
import { state } from '../checks-section.ts';
import type { Detail } from '../detail.ts';
import { section } from '../page.ts';
import { figure, first, numeric, prose, table, text } from '../table.ts';
import { formatTickChange, limitOf } from './metrics-section.ts';

const HEADING = 'Every block';
const DRAWN = 24;
/** Dots of one small chart. */
const BLOCK_LIMIT = 60;

export function blocksSection(comparison: Comparison, detail: Detail): Markup {
  if (comparison.blocks.length === 0) return section('blocks', 'Blocks', markup`<p>No block was played.</p>`);
  if (!comparison.valid) return section('blocks', 'Blocks', conditions(comparison, detail));
  const measured = inOrderOfWeight(comparison.metrics).filter(({ blocks }) => blocks.some((ratio) => ratio !== null));
  const { shown, omitted } = first(measured, Math.min(DRAWN, detail.rows));
  const more = omitted === 0 ? null : markup`<p>${plural(omitted, 'more metric')} in comparison.json.</p>`;
  const drawings =
    shown.length === 0
      ? markup`<p>No block measured a metric on both sides.</p>`
      : markup`${LEGEND}<ul class="multiples">${shown.map((metric, index) => multiple(comparison, metric, index, detail))}</ul>${more}`;
  return section(
    'blocks',
    'Blocks',
    markup`<figure><figcaption><h3>${HEADING}</h3><p>${NOTE}</p></figcaption>${drawings}${dataOf(HEADING, ratioTable(comparison, measured, detail))}</figure>${conditions(comparison, detail)}`,
  );
}

const NOTE =
  'A block is four runs on fresh servers, two pairs of A and B; a dot is the mean ratio of B to A in one block, in the order of play. Drifts, jumps and results that depend on a single block show here. Each chart has its own scale.';

const LEGEND = legendList([
  legendKey(markup`<g class="blocks"><circle class="dot" cx="14" cy="5" r="3.5"/></g>`, 'a block'),
  legendKey(
    markup`<g class="blocks"><rect class="ribbon main" x="0" y="0" width="28" height="10"/><line class="estimate" x1="0" x2="28" y1="5" y2="5"/></g>`,
    'estimate and interval',
  ),
  legendKey(markup`<line class="margin" x1="0" x2="28" y1="5" y2="5"/>`, 'margin'),
  legendKey(markup`<g class="blocks"><path class="no-evidence" d="M10 1l8 8m0-8l-8 8"/></g>`, 'invalid, or no ratio'),
]);

/** Ratios by block; a metric that lists valid blocks only has nothing at the others. */
function ratiosByBlock({ blocks }: Comparison, metric: ComparedMetric): readonly (number | null)[] {
  if (metric.blocks.length === blocks.length) return metric.blocks;
  let next = 0;
  return blocks.map(({ invalid }) => {
    if (invalid.length > 0) return null;
    next += 1;
    return metric.blocks[next - 1] ?? null;
  });
}

function multiple(comparison: Comparison, metric: ComparedMetric, index: number, detail: Detail): Markup {
  const ratios = ratiosByBlock(comparison, metric).slice(0, BLOCK_LIMIT);
  const limit = limitOf(metric);
  const name = clip(oneLine(metric.name), Math.min(detail.text, 40));
  const seen = [...ratios, metric.ratio, metric.low, metric.high, limit].filter((ratio) => ratio !== null);
  const none = ratios.filter((ratio) => ratio === null).length;
  const drawing = blockChart({
    id: `blocks-${index + 1}`,
    title: `${name} by block`,
    description: `${plural(ratios.length - none, 'block')}, estimate ${formatChange(metric.ratio)}, ${intervalText(metric)}; ${none === 0 ? 'every block has a ratio' : `${plural(none, 'block')} without a ratio`}.`,
    x: blockAxis(ratios.length),
    y: ratioAxis(seen, 5, formatTickChange),
    xLabel: 'block',
    yLabel: '',
    ratios,
    ratio: metric.ratio,
    low: metric.low,
    high: metric.high,
    limit,
  });
  return markup`<li><h4>${name}${metric.role === 'advisory' ? markup` <small>advisory</small>` : null}</h4>${drawing}</li>`;
}

/** Whole numbers from 1, half a block of room on both sides. */
function blockAxis(count: number): Axis {
  const step = count <= 8 ? 1 : count <= 16 ? 2 : count <= 30 ? 3 : 6;
  return {
    position: (block) => (block - 0.5) / Math.max(1, count),
    ticks: Array.from({ length: count }, (_, index) => index + 1)
      .filter((block) => block === 1 || block % step === 0)
      .map((block) => ({ value: block, label: String(block) })),
  };
}

function ratioTable(comparison: Comparison, metrics: readonly ComparedMetric[], detail: Detail): Markup {
  const { shown } = first(metrics, Math.min(DRAWN, detail.rows));
  const { shown: blocks, omitted } = first(comparison.blocks, detail.rows);
  const columns = shown.map((metric) => ratiosByBlock(comparison, metric));
  return table({
    caption: 'B to A in each block',
    columns: [
      numeric('Block'),
      text('Order'),
      ...shown.map(({ name }) => numeric(clip(oneLine(name), Math.min(detail.text, 40)))),
    ],
    rows: blocks.map((block, index) => [
      index + 1,
      block.order,
      ...columns.map((ratios): Piece => {
        const ratio = ratios[index] ?? null;
        return ratio === null ? '–' : figure(ratio, formatChange);
      }),
    ]),
    omitted,
    document: 'comparison.json',
  });
}

function conditions(comparison: Comparison, detail: Detail): Markup {
  const { shown, omitted } = first(comparison.blocks, detail.rows);
  const worst = (values: readonly (number | null)[]): number | null =>
    values.reduce((best, value) => (value !== null && (best === null || value > best) ? value : best), null);
  return markup`<details><summary>The state of the machine in each block</summary>${table({
    caption: `${blocksText(comparison)}: the worst of each block’s runs`,
    columns: [
      numeric('Block'),
      text('Order'),
      text('Counts'),
      ...['Generator lag p99', 'CPU taken by others', 'CPU pressure'].map(numeric),
      prose('Why not'),
    ],
    rows: shown.map(({ order, invalid, runs }, index) => [
      figure(index + 1, formatCount),
      order,
      invalid.length === 0 ? state('good', 'counts') : state('open', 'invalid'),
      figure(worst(runs.map(({ lagP99Us }) => lagP99Us)), formatUs),
      figure(worst(runs.map(({ stealShare }) => stealShare)), formatShare),
      figure(worst(runs.map(({ cpuPressure }) => cpuPressure)), formatShare),
      clip(oneLine(invalid.join('; ')), detail.text),
    ]),
    omitted,
    document: 'comparison.json',
  })}</details>`;
}
