/** Throughput (offered, acknowledged, delivered) and connections over time, with the faults. */
import type { Result } from '../../harness/evidence/result/result.ts';
import { formatOffset, linearAxis, timeAxis } from '../charts/axis.ts';
import { faultsInWords } from '../charts/fault-strip.ts';
import { foldSlots, lowest, plainLine, type Series, total } from '../charts/series.ts';
import { formatCount, formatMs, formatRate } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import { lineFigure } from './chart-figure.ts';
import type { Detail } from './detail.ts';
import { faultBands } from './fault-bands.ts';
import { numeric, table } from './table.ts';
import { slotWords, timelineEndMs } from './timeline-scale.ts';

export function throughputSection(result: Result, detail: Detail): Markup {
  if (result.timeline.offered.length === 0)
    return markup`<section aria-labelledby="throughput"><h2 id="throughput">Throughput</h2><p>Nothing was measured over time.</p></section>`;
  return markup`<section aria-labelledby="throughput"><h2 id="throughput">Throughput</h2>${messages(result, detail)}${connections(result, detail)}</section>`;
}

function messages(result: Result, detail: Detail): Markup {
  const { timeline } = result;
  const { size, starts } = foldSlots(timeline.offered.length, detail.points);
  const stepMs = timeline.stepMs * size;
  const perSecond = (column: readonly number[], foldSize: number, start: number): number =>
    total(column, foldSize, start) / ((timeline.stepMs * foldSize) / 1000);
  const columns = [
    { name: 'offered', tone: 'quiet', column: timeline.offered },
    { name: 'acknowledged', tone: 'main', column: timeline.acked },
    { name: 'delivered', tone: 'third', column: timeline.delivered },
  ] as const;
  const series: Series[] = columns.map(({ name, tone, column }) =>
    plainLine(
      name,
      tone,
      starts.map((start) => [start * timeline.stepMs + stepMs / 2, perSecond(column, size, start)]),
    ),
  );
  const peak = Math.max(0, ...series.flatMap(({ points }) => points.map(([, y]) => y ?? 0)));
  const faults = faultBands(result);
  const tableFold = foldSlots(timeline.offered.length, detail.slots);
  const at = (start: number): string => formatOffset(start * timeline.stepMs, timeline.stepMs);
  return lineFigure({
    heading: 'Messages a second',
    note: `Offered is what the arrival model asked for, at the intended times. ${slotWords(timeline.stepMs, size, 'the mean rate')}`,
    keys: [],
    lower: 0,
    chart: {
      id: 'throughput-time',
      title: 'Messages a second over the run',
      description: `${formatCount(result.load.offered)} messages offered, ${formatCount(result.delivery?.acked ?? null)} acknowledged, ${formatCount(result.delivery?.delivered ?? null)} delivered; highest rate ${formatRate(peak)}. ${faultsInWords(faults)}`,
      x: timeAxis(timelineEndMs(result), 10),
      endMs: timelineEndMs(result),
      y: linearAxis(peak, 5, formatCount),
      xLabel: 'time since the load began',
      yLabel: 'messages a second',
      series,
      faults,
      references: [],
      hover: starts.map((start) => ({
        x: start * timeline.stepMs + stepMs / 2,
        text: `${at(start)}: ${columns.map(({ name, column }) => `${name} ${formatRate(perSecond(column, size, start))}`).join(', ')}`,
      })),
    },
    data: table({
      caption: `Messages in each ${formatMs(timeline.stepMs * tableFold.size)}`,
      columns: [numeric('From'), ...['offered', 'sent', 'acknowledged', 'delivered', 'failed'].map(numeric)],
      rows: tableFold.starts.map((start) => [
        at(start),
        ...[timeline.offered, timeline.sent, timeline.acked, timeline.delivered, timeline.failed].map((column) =>
          formatCount(total(column, tableFold.size, start)),
        ),
      ]),
      omitted: 0,
    }),
  });
}

function connections(result: Result, detail: Detail): Markup {
  const { timeline } = result;
  const { size, starts } = foldSlots(timeline.connected.length, detail.points);
  const middle = (timeline.stepMs * size) / 2;
  const points = starts.map((start) => [start * timeline.stepMs + middle, lowest(timeline.connected, size, start)] as const);
  const values = points.map(([, y]) => y ?? 0);
  const peak = Math.max(0, ...values);
  const faults = faultBands(result);
  const tableFold = foldSlots(timeline.connected.length, detail.slots);
  const at = (start: number): string => formatOffset(start * timeline.stepMs, timeline.stepMs);
  return lineFigure({
    heading: 'Connections',
    note: `Users signed in. ${slotWords(timeline.stepMs, size, 'the lowest number')}`,
    keys: [],
    lower: 110,
    chart: {
      id: 'connections-time',
      title: 'Connections over the run',
      description: `${values.length === 0 ? 'Nothing was measured.' : `Between ${formatCount(Math.min(...values))} and ${formatCount(peak)} users signed in.`} ${faultsInWords(faults)}`,
      x: timeAxis(timelineEndMs(result), 10),
      endMs: timelineEndMs(result),
      y: linearAxis(peak, 3, formatCount),
      xLabel: 'time since the load began',
      yLabel: 'connections',
      series: [plainLine('signed in', 'main', points)],
      faults,
      references: [],
      hover: starts.map((start, index) => ({
        x: start * timeline.stepMs + middle,
        text: `${at(start)}: ${formatCount(values[index] ?? 0)} signed in`,
      })),
    },
    data: table({
      caption: `Lowest number of users signed in, in each ${formatMs(timeline.stepMs * tableFold.size)}`,
      columns: [numeric('From'), numeric('Signed in')],
      rows: tableFold.starts.map((start) => [at(start), formatCount(lowest(timeline.connected, tableFold.size, start))]),
      omitted: 0,
    }),
  });
}
