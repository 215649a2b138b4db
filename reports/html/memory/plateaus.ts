/** What a connection costs, and the plateaus that say so. */
import type { Result } from '../../../harness/evidence/result/result.ts';
import { isResolved, slopeOf } from '../../../harness/evidence/result/slopes.ts';
import { formatBytes, formatCount } from '../../format.ts';
import { type Markup, markup } from '../../markup.ts';
import type { Detail } from '../detail.ts';
import { slopeBounds, slopeFigure } from '../slope-figure-text.ts';
import { figure, first, numeric, table } from '../table.ts';
import { slopeChart } from './slope-chart.ts';

export function perConnection({ memory }: Result): Markup {
  const cost = memory.perConnection;
  const first = memory.rehearsed === false ? ' This includes the first connections, with one-time costs of the server.' : '';
  if (cost === null) return markup`<p>This run did not measure the cost of a connection.</p>`;
  const [heap, native, ofKernel] = (['heap', 'native', 'kernel'] as const).map((part) => slopeOf({ memory }, part));
  const split =
    heap == null || native == null
      ? null
      : markup` Heap and the buffers it holds: ${slopeFigure(heap)}${slopeBounds(heap)}; native: ${slopeFigure(native)}.`;
  const kernel =
    ofKernel == null
      ? null
      : markup` In addition, the kernel keeps for the server’s end: ${slopeFigure(ofKernel)}${slopeBounds(ofKernel)}.`;
  const whole = isResolved(cost)
    ? markup`One more connection costs <b>${slopeFigure(cost)}</b> of server memory${slopeBounds(cost, '95% interval ')}.`
    : markup`What one more connection costs is <b>${slopeFigure(cost)}</b>${slopeBounds(cost, '95% interval ')}: more connections, or a longer rest at each plateau, would resolve it.`;
  return markup`<p>${whole}${split}${kernel}${first}</p>`;
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
  return slopeChart({
    id: 'memory',
    heading: 'Memory at plateaus of connections',
    note: `Each dot is the memory of all nodes together (proportional set size) while the number of connections was constant.${fitted ? ' The line is the median slope of all pairs of plateaus (Theil-Sen), which is the cost of one more connection; the ribbon is its 95% interval.' : ''}`,
    xLabel: 'connections',
    pointName: 'plateau',
    slopeName: 'what a connection costs',
    points: shown.map(({ connections, pssBytes }) => [connections, pssBytes]),
    slope: memory.perConnection,
    data,
  });
}
