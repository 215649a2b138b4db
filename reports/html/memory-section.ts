/** What a connection costs: memory at each plateau of connections, peaks, and CPU. */
import type { Result } from '../../harness/result/result.ts';
import { linearAxis } from '../charts/axis.ts';
import { clip, formatBytes, formatCores, formatCount, formatUs, plural } from '../format.ts';
import { type Markup, markup, type Piece } from '../markup.ts';
import { chartFigure } from './chart-figure.ts';
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
      : markup` Of it ${figure(heapBytes, formatBytes)} are heap and ${figure(nativeBytes, formatBytes)} native.`;
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
  const heap = points.filter((plateau) => plateau.heapBytes !== null);
  return chartFigure({
    heading: 'Memory at plateaus',
    flat: true,
    note: 'Proportional set size of all nodes together while the number of connections stood still; the slope is what a connection costs.',
    chart: {
      id: 'memory',
      title: 'Server memory by number of connections',
      description: `${plural(points.length, 'plateau')}; ${formatBytes(last.pssBytes)} at ${formatCount(last.connections)} connections.`,
      x: linearAxis(last.connections, 8, formatCount),
      y: linearAxis(Math.max(...points.map((plateau) => plateau.pssBytes)), 4, formatTickBytes),
      xLabel: 'connections',
      yLabel: 'memory of all nodes',
      series: [
        {
          name: 'memory (PSS)',
          tone: 'main',
          dots: true,
          points: points.map((plateau) => [plateau.connections, plateau.pssBytes]),
        },
        ...(heap.length === 0
          ? []
          : [
              {
                name: 'heap',
                tone: 'second' as const,
                dots: true,
                points: heap.map((plateau) => [plateau.connections, plateau.heapBytes] as const),
              },
            ]),
      ],
      faults: [],
      hover: [],
    },
    data,
  });
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
