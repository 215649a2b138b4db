/** The heat map of response times over the run, with bands for inject, heal and recovered. */
import type { Heat, Result } from '../../harness/evidence/result/result.ts';
import { formatOffset, logAxis, timeAxis } from '../charts/axis.ts';
import { faultsInWords } from '../charts/fault-strip.ts';
import { type HeatColumn, type HeatMap, heatMap, SHARE_LEVELS } from '../charts/heat-map.ts';
import { formatCount, formatMs, formatShare, plural, roundTick } from '../format.ts';
import { type Markup, markup, type Piece } from '../markup.ts';
import { chartFigure, faultKeys, legendKey } from './chart-figure.ts';
import type { Detail } from './detail.ts';
import { faultBands } from './fault-bands.ts';
import { numeric, table } from './table.ts';
import { formatTickUs, timelineEndMs } from './timeline-scale.ts';

const HEADING = 'Distribution of response times';

/** Nothing for a result without heat: one from before there was any, or one in which nothing was measured. */
export function heatFigure(result: Result, detail: Detail): Markup | null {
  const { heat } = result.timeline;
  const [low, high] = [heat?.bucketsUs[0], heat?.bucketsUs.at(-1)];
  if (heat === null || low === undefined || high === undefined || heat.counts.length === 0) return null;
  const faults = faultBands(result);
  const endMs = Math.max(timelineEndMs(result), heat.counts.length * heat.stepMs);
  const chart: HeatMap = {
    id: 'latency-heat',
    title: 'Response times over the run: how frequent each latency was',
    description: `${plural(heat.counts.length, 'column')} of ${formatMs(heat.stepMs)}, ${rowsInWords(heat)}. ${faultsInWords(faults)}`,
    x: timeAxis(endMs, 10),
    endMs,
    y: logAxis(low, high, formatTickUs),
    xLabel: 'time since the load began',
    yLabel: 'response time',
    edges: heat.bucketsUs,
    columns: heat.counts.map((counts, index) => columnOf(heat, counts, index)),
    faults,
  };
  return chartFigure({
    heading: HEADING,
    note: `Every acknowledged message, by its intended send time (across, ${formatMs(heat.stepMs)} a column) and its response time (up, logarithmic). The stronger a cell’s colour, the larger its share of the column’s messages.`,
    legend: [...levelKeys(), ...faultKeys(faults)],
    draw: (size) => heatMap(chart, size),
    lower: 0,
    data: countTable(heat, detail),
  });
}

function rowsInWords({ bucketsUs }: Heat): string {
  return `${plural(bucketsUs.length - 1, 'bucket')} from ${formatTickUs(bucketsUs[0] as number)} to ${formatTickUs(bucketsUs.at(-1) as number)}`;
}

function columnOf({ stepMs, bucketsUs }: Heat, counts: readonly number[], index: number): HeatColumn {
  // A list longer than there are buckets would have no place on the axis.
  const own = counts.slice(0, bucketsUs.length - 1);
  const total = own.reduce((sum, count) => sum + count, 0);
  const top = own.findLastIndex((count) => count > 0);
  const slowest = top < 0 ? '' : `, the slowest within ${formatTickUs(bucketsUs[top + 1] as number)}`;
  return {
    from: index * stepMs,
    to: (index + 1) * stepMs,
    counts: own,
    hover: `${formatOffset(index * stepMs, stepMs)}: ${plural(total, 'message')}${slowest}`,
  };
}

function shareText(share: number): string {
  return roundTick(formatShare(share));
}

function levelKeys(): readonly Markup[] {
  const names = SHARE_LEVELS.map((share, level) =>
    level === 0 ? `under ${shareText(share)}` : `${shareText(SHARE_LEVELS[level - 1] as number)} to ${shareText(share)}`,
  );
  const last = `${shareText(SHARE_LEVELS.at(-1) as number)} and more`;
  return [...names, last].map((name, level) => {
    return legendKey(markup`<rect class="heat heat-${level}" x="1" y="0" width="26" height="10"/>`, name);
  });
}

function countTable(heat: Heat, { slots }: Detail): Markup {
  const rows = Math.min(heat.counts.length, slots);
  const buckets = heat.bucketsUs.slice(0, -1);
  const cells = (counts: readonly number[]): Piece[] =>
    buckets.map((_, bucket) => {
      const count = counts[bucket] ?? 0;
      return count === 0 ? '·' : formatCount(count);
    });
  return table({
    caption: `Acknowledged messages by the ${formatMs(heat.stepMs)} in which they were meant to be sent and by response time, from the edge named to the next`,
    columns: [numeric('From'), ...buckets.map((edge) => numeric(formatTickUs(edge)))],
    rows: heat.counts.slice(0, rows).map((counts, index) => [formatOffset(index * heat.stepMs, heat.stepMs), ...cells(counts)]),
    omitted: heat.counts.length - rows,
  });
}
