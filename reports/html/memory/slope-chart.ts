/** Memory over a number of connections, with the slope that the Result found in it. */
import type { Slope } from '../../../harness/evidence/result/slopes.ts';
import { linearAxis, rangeAxis } from '../../charts/axis.ts';
import { formatBytes, formatCount, formatTick, plural } from '../../format.ts';
import { type Markup, markup } from '../../markup.ts';
import { slopeText } from '../../slope-words.ts';
import { legendKey, lineFigure } from '../chart-figure.ts';
import { fittedLine } from './fitted-line.ts';

export interface SlopeChart {
  readonly id: string;
  readonly heading: string;
  readonly note: string;
  readonly xLabel: string;
  /** What a dot is, and what the slope is, in the legend. */
  readonly pointName: string;
  readonly slopeName: string;
  /** [connections, bytes], in any order; at least two. */
  readonly points: readonly (readonly [connections: number, bytes: number])[];
  /** Null where none was found. */
  readonly slope: Slope | null;
  readonly data: Markup;
}

export function slopeChart({ id, heading, note, xLabel, pointName, slopeName, points, slope, data }: SlopeChart): Markup {
  const ordered = points.toSorted(([a], [b]) => a - b);
  const [connections, bytes] = ordered.at(-1) ?? [0, 0];
  const line = slope === null ? null : fittedLine(slopeName, ordered, slope);
  const heights = [...ordered.map(([, y]) => y), ...(line?.points.flatMap(([, y]) => y ?? []) ?? [])];
  return lineFigure({
    heading,
    note: `${note} The scale does not begin at zero.`,
    keys: slope === null || slope.low === null || slope.high === null ? [] : [INTERVAL],
    lower: 60,
    chart: {
      id,
      title: heading,
      description: `${plural(ordered.length, pointName)}; ${formatBytes(bytes)} at ${formatCount(connections)}. ${slopeInWords(slopeName, slope)}`,
      x: linearAxis(connections, 8, formatCount),
      y: rangeAxis(
        heights.reduce((a, b) => Math.min(a, b)),
        heights.reduce((a, b) => Math.max(a, b)),
        5,
        (value, digits) => formatTick(value, 'bytes', digits),
      ),
      xLabel,
      yLabel: 'memory of all nodes',
      series: [
        ...(line === null ? [] : [line]),
        { name: pointName, tone: 'main', points: ordered, shape: 'dots', ribbon: [], marks: [] },
      ],
      faults: [],
      references: [],
      hover: [],
    },
    data,
  });
}

const INTERVAL = legendKey(markup`<rect class="ribbon second" x="0" y="1" width="28" height="8"/>`, 'interval of the slope');

function slopeInWords(name: string, slope: Slope | null): string {
  if (slope === null) return 'No slope was measured.';
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${slopeText(slope)}.`;
}
