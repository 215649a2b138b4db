/** What a connection costs, and the plateaus that say so. */
import type { Result } from '../../../harness/result/result.ts';
import { formatBytes, formatCount } from '../../format.ts';
import { type Markup, markup } from '../../markup.ts';
import type { Detail } from '../detail.ts';
import { figure, first, numeric, table } from '../table.ts';
import { slopeFigure } from './slope-figure.ts';

export function perConnection({ memory }: Result): Markup {
  const cost = memory.perConnection;
  const first = memory.rehearsed === false ? ' The first connections are in it, with what the server pays only once.' : '';
  if (cost === null) return markup`<p>This run did not measure what a connection costs.</p>`;
  const { bytes, low, high, heapBytes, heapLow, heapHigh, nativeBytes, kernelBytes, kernelLow, kernelHigh } = cost;
  const split =
    heapBytes === null || nativeBytes === null
      ? null
      : markup` Of it ${figure(heapBytes, formatBytes)} are heap and what it holds${between(heapLow, heapHigh)}, and ${figure(nativeBytes, formatBytes)} native.`;
  const kernel =
    kernelBytes === null
      ? null
      : markup` The kernel keeps another ${figure(kernelBytes, formatBytes)} for the server’s end${between(kernelLow, kernelHigh)}.`;
  return markup`<p>One more connection costs <b>${figure(bytes, formatBytes)}</b> of server memory${low === null || high === null ? null : markup` (95% interval ${figure(low, formatBytes)} to ${figure(high, formatBytes)})`}.${split}${kernel}${first}</p>`;
}

function between(low: number | null, high: number | null): Markup | null {
  return low === null || high === null ? null : markup` (${figure(low, formatBytes)} to ${figure(high, formatBytes)})`;
}

export function plateaus({ memory }: Result, detail: Detail): Markup | null {
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
  if (shown.length < 2) return data;
  const fitted = memory.perConnection !== null;
  return slopeFigure({
    id: 'memory',
    heading: 'Memory at plateaus of connections',
    note: `Each dot is the memory of all nodes together (proportional set size) while the number of connections stood still.${fitted ? ' The line is the median slope of all pairs of plateaus (Theil and Sen), what one more connection costs; the ribbon is its 95% interval.' : ''}`,
    xLabel: 'connections',
    pointName: 'plateau',
    slopeName: 'what a connection costs',
    points: shown.map(({ connections, pssBytes }) => [connections, pssBytes]),
    slope: memory.perConnection,
    data,
  });
}
