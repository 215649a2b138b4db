/** What users leave behind when they go: back to the baseline or not, and the leak of each connection over rounds. */
import type { Result } from '../../../harness/evidence/result/result.ts';
import { formatBytes, formatCount } from '../../format.ts';
import { type Markup, markup } from '../../markup.ts';
import { state } from '../checks-section.ts';
import type { Detail } from '../detail.ts';
import { slopeBounds, slopeFigure } from '../slope-figure-text.ts';
import { figure, first, numeric, table } from '../table.ts';
import { slopeChart } from './slope-chart.ts';

export function leftovers(result: Result, detail: Detail): Markup {
  return markup`${baseline(result)}${leak(result)}${messageLeak(result)}${rounds(result, detail)}`;
}

function baseline({ memory: { returnedToBaseline, baseline: judged } }: Result): Markup | null {
  if (returnedToBaseline === null) return null;
  const outcome = returnedToBaseline ? state('good', 'came back') : state('bad', 'did not come back');
  const figures =
    judged === null
      ? null
      : markup`: the empty server held ${figure(judged.emptyBytes, formatBytes)} before anybody came and ${figure(judged.afterBytes, formatBytes)} after everybody had left; ${figure(judged.allowanceBytes, formatBytes)} more are allowed`;
  return markup`<p>Memory ${outcome} to its earlier level${figures}.</p>`;
}

function leak({ memory: { leak: found } }: Result): Markup | null {
  if (found === null) return null;
  return slopeInWords('a connection that came and went', { ...found, bytes: found.bytesPerConnection });
}

function messageLeak({ memory: { leakPerMessage: found } }: Result): Markup | null {
  if (found === null) return null;
  return slopeInWords('a message', { ...found, bytes: found.bytesPerMessage });
}

interface FoundSlope {
  readonly bytes: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly toleranceBytes: number;
  readonly heapBytes: number | null;
  readonly heapLow: number | null;
  readonly heapHigh: number | null;
  readonly heapToleranceBytes: number | null;
  readonly leaking: boolean;
}

function slopeInWords(what: string, found: FoundSlope): Markup {
  const { bytes, low, high, toleranceBytes, heapBytes, heapLow, heapHigh, heapToleranceBytes, leaking } = found;
  const ofHeap = heapBytes === null ? null : { bytes: heapBytes, low: heapLow, high: heapHigh };
  const heap = ofHeap === null ? null : markup` Growth of the heap alone: ${slopeFigure(ofHeap)}${slopeBounds(ofHeap)} each.`;
  return markup`<p>What ${what} left behind: ${slopeFigure({ bytes, low, high })}${slopeBounds({ bytes, low, high }, '95% interval ')}, ${leaking ? state('bad', 'a leak') : state('good', 'no leak')}. A leak is an interval that lies wholly above ${figure(toleranceBytes, formatBytes)}${heapToleranceBytes === null ? null : markup`, or in the heap above ${figure(heapToleranceBytes, formatBytes)}`}.${heap}</p>`;
}

function rounds({ memory }: Result, detail: Detail): Markup | null {
  if (memory.rounds.length === 0) return null;
  const { shown, omitted } = first(memory.rounds, detail.rows);
  const data = table({
    caption: 'The empty server after each round',
    columns: [numeric('Connections so far'), numeric('Messages so far'), numeric('Memory (PSS)'), numeric('Heap')],
    rows: shown.map(({ cycled, messages, pssBytes, heapBytes }) => [
      figure(cycled, formatCount),
      figure(messages, formatCount),
      figure(pssBytes, formatBytes),
      figure(heapBytes, formatBytes),
    ]),
    omitted,
  });
  const silent = shown.filter(({ messages }) => messages === 0);
  if (silent.length < 2) return data;
  const found = memory.leak;
  return slopeChart({
    id: 'rounds',
    heading: 'The empty server, round by round',
    note: `Each dot is the memory of all nodes together after another round of connections had come and gone without messages.${found === null ? '' : ' The slope is what each connection left behind; the ribbon is its 95% interval.'}`,
    xLabel: 'connections that came and went',
    pointName: 'round',
    slopeName: 'what a connection leaves behind',
    points: silent.map(({ cycled, pssBytes }) => [cycled, pssBytes]),
    slope: found === null ? null : { bytes: found.bytesPerConnection, low: found.low, high: found.high },
    data,
  });
}
