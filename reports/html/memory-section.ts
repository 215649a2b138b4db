/** What a connection costs: memory at each plateau of connections, peaks, and CPU. */
import type { Result } from '../../harness/result/result.ts';
import { linearAxis, rangeAxis } from '../charts/axis.ts';
import type { Series } from '../charts/series.ts';
import { clip, formatBytes, formatCores, formatCount, formatUs, plural } from '../format.ts';
import { type Markup, markup, type Piece } from '../markup.ts';
import { legendKey, lineFigure } from './chart-figure.ts';
import type { Detail } from './detail.ts';
import { figure, first, numeric, table, text } from './table.ts';

export function memorySection(result: Result, detail: Detail): Markup {
  return markup`<section aria-labelledby="memory"><h2 id="memory">Memory and CPU</h2>${perConnection(result)}${plateaus(result, detail)}${resources(result, detail)}</section>`;
}

function perConnection({ memory }: Result): Markup {
  const cost = memory.perConnection;
  if (cost === null) return markup`<p>This run did not measure what a connection costs.</p>`;
  const interval =
    cost.low === null || cost.high === null
      ? null
      : markup` (95% interval ${figure(cost.low, formatBytes)} to ${figure(cost.high, formatBytes)})`;
  const { heapBytes, nativeBytes, kernelBytes } = cost;
  const split =
    heapBytes === null || nativeBytes === null
      ? null
      : markup` Of it ${figure(heapBytes, formatBytes)} are heap and what it holds, and ${figure(nativeBytes, formatBytes)} native.`;
  const kernel =
    kernelBytes === null ? null : markup` The kernel keeps another ${figure(kernelBytes, formatBytes)} for the server's end.`;
  const returned =
    memory.returnedToBaseline === null
      ? null
      : memory.returnedToBaseline
        ? ' Memory came back to where it was before the users arrived.'
        : ' Memory did not come back to where it was before the users arrived.';
  return markup`<p>One more connection costs <b>${figure(cost.bytes, formatBytes)}</b> of server memory${interval}.${split}${kernel}${returned}</p>`;
}

function plateaus({ memory }: Result, detail: Detail): Markup | null {
  if (memory.plateaus.length === 0) return null;
  const { shown, omitted } = first(memory.plateaus, detail.rows);
  const data = table({
    caption: 'Server memory at each plateau of connections',
    columns: [numeric('Connections'), numeric('Memory (PSS)'), numeric('Heap'), numeric('Kernel')],
    rows: shown.map((plateau) => [
      figure(plateau.connections, formatCount),
      figure(plateau.pssBytes, formatBytes),
      figure(plateau.heapBytes, formatBytes),
      figure(plateau.kernelBytes, formatBytes),
    ]),
    omitted,
  });
  if (memory.plateaus.length < 2) return data;
  const points = [...shown].sort((a, b) => a.connections - b.connections);
  const last = points.at(-1) as (typeof points)[number];
  const line = memory.perConnection === null ? null : fittedLine(points, memory.perConnection);
  const heights = [...points.map(({ pssBytes }) => pssBytes), ...(line?.points.flatMap(([, bytes]) => bytes ?? []) ?? [])];
  return lineFigure({
    heading: 'Memory at plateaus of connections',
    note: `Each dot is the memory of all nodes together (proportional set size) while the number of connections stood still. ${line === null ? '' : 'The line is the median slope of all pairs of plateaus (Theil and Sen), what one more connection costs; the ribbon is its 95% interval. '}The scale does not begin at zero.`,
    keys:
      line === null
        ? []
        : [legendKey(markup`<rect class="ribbon second" x="0" y="1" width="28" height="8"/>`, 'interval of the slope')],
    lower: 60,
    chart: {
      id: 'memory',
      title: 'Server memory by number of connections',
      description: `${plural(points.length, 'plateau')}; ${formatBytes(last.pssBytes)} at ${formatCount(last.connections)} connections. ${slopeInWords(memory.perConnection)}`,
      x: linearAxis(last.connections, 8, formatCount),
      y: rangeAxis(
        heights.reduce((a, b) => Math.min(a, b)),
        heights.reduce((a, b) => Math.max(a, b)),
        5,
        formatTickBytes,
      ),
      xLabel: 'connections',
      yLabel: 'memory of all nodes',
      series: [
        ...(line === null ? [] : [line]),
        {
          name: 'plateau',
          tone: 'main',
          points: points.map((plateau) => [plateau.connections, plateau.pssBytes]),
          shape: 'dots',
          ribbon: [],
          marks: [],
        },
      ],
      faults: [],
      references: [],
      hover: [],
    },
    data,
  });
}

function slopeInWords(cost: Result['memory']['perConnection']): string {
  if (cost === null) return 'No slope was measured.';
  const interval = cost.low === null || cost.high === null ? '' : `, ${formatBytes(cost.low)} to ${formatBytes(cost.high)}`;
  return `One more connection costs ${formatBytes(cost.bytes)}${interval}.`;
}

/** Corners of the ribbon: enough that an edge which leaves the chart does so where it should. */
const RIBBON_POINTS = 24;

type Plateau = Result['memory']['plateaus'][number];

/** The Result's slope drawn through the medians of the plateaus, as Theil and Sen's line is; the ribbon turns about the same point. */
function fittedLine(points: readonly Plateau[], cost: NonNullable<Result['memory']['perConnection']>): Series {
  const middleX = median(points.map(({ connections }) => connections));
  const middleY = median(points.map(({ pssBytes }) => pssBytes));
  const at = (slope: number, x: number): number => middleY + slope * (x - middleX);
  const last = points.at(-1)?.connections ?? 0;
  const { low, high } = cost;
  const samples = Array.from({ length: RIBBON_POINTS + 1 }, (_, index) => (last * index) / RIBBON_POINTS);
  const ribbon =
    low === null || high === null
      ? []
      : samples.map((x) => [x, Math.min(at(low, x), at(high, x)), Math.max(at(low, x), at(high, x))] as const);
  return {
    name: 'what a connection costs',
    tone: 'second',
    points: [0, last].map((x) => [x, at(cost.bytes, x)] as const),
    shape: 'line',
    ribbon,
    marks: [],
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

function formatTickBytes(bytes: number): string {
  return formatBytes(bytes).replace(/\.0+(?= )/u, '');
}

function resources({ memory, cpu }: Result, detail: Detail): Markup {
  const nodes = Math.max(cpu.nodes.length, memory.peakPssBytes.nodes.length);
  const { shown, omitted } = first(
    Array.from({ length: nodes }, (_, index) => index),
    detail.rows,
  );
  const rows: Piece[][] = shown.map((index) => [
    clip(`Node ${index + 1}`, detail.text),
    figure(memory.peakPssBytes.nodes[index] ?? null, formatBytes),
    figure(cpu.nodes[index] ?? null, formatCores),
  ]);
  rows.push(['Load workers together', figure(memory.peakPssBytes.workers, formatBytes), figure(cpu.workers, formatCores)]);
  const perMessage =
    cpu.serverUsPerMessage === null
      ? null
      : markup`<p>The servers spent ${figure(cpu.serverUsPerMessage, formatUs)} of CPU for each acknowledged message.</p>`;
  return markup`${table({
    caption: 'Peak memory and mean CPU during the load',
    columns: [text('Process'), numeric('Peak memory (PSS)'), numeric('CPU')],
    rows,
    omitted,
  })}${perMessage}`;
}
