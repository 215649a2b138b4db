/** How long each repeat of a step took until users had recovered, in order: does it get worse from one to the next? */
import { longestGap } from '../../../harness/evidence/result/recovery-clock-table.ts';
import type { Result } from '../../../harness/evidence/result/result.ts';
import type { Axis } from '../../charts/axis.ts';
import { occurrencesOf } from '../../clocks.ts';
import { clip, formatCount, formatMs, plural } from '../../format.ts';
import { type Markup, markup, oneLine } from '../../markup.ts';
import { wholeAgainMs } from '../../sentence.ts';
import { lineFigure } from '../chart-figure.ts';
import type { Detail } from '../detail.ts';
import { recoveryAxis, stepName } from '../repeats.ts';
import { figure, first, numeric, table, text } from '../table.ts';

type Step = Result['recoveryDistribution'][number];

const DRAWN = 300;

export function repeatByRepeat(result: Result, step: Step, index: number, detail: Detail): Markup {
  const repeats = occurrencesOf(result, step)
    .slice(0, DRAWN)
    .map((clocks, at) => ({
      fault: clocks.fault,
      number: at + 1,
      whole: wholeAgainMs(clocks),
      gap: longestGap(clocks),
      noticed: clocks.noticed,
    }));
  const never = repeats.filter(({ whole, noticed }) => noticed && whole === null).length;
  const heading = `${stepName(result, step, detail)}, repeat by repeat`;
  const { shown, omitted } = first(repeats, detail.rows);
  return lineFigure({
    heading,
    note: markup`How long it took until users had recovered (reconnected, within the service level, nothing left to deliver), in the order of the repeats. A server that degrades over time shows a slope.${never === 0 ? null : ` ${plural(never, 'repeat')} not recovered from ${never === 1 ? 'is' : 'are'} missing.`}`,
    keys: [],
    lower: 90,
    chart: {
      id: `by-repeat-${index + 1}`,
      title: heading,
      description: `${plural(repeats.length, 'repeat')}, ${never === 0 ? 'all recovered from' : `${formatCount(never)} not recovered from`}.`,
      x: repeatAxis(repeats.length),
      y: recoveryAxis(repeats.flatMap(({ whole, gap }) => [whole, gap])),
      xLabel: 'repeat',
      yLabel: 'time',
      series: [
        {
          name: 'recovered',
          tone: 'main',
          points: repeats.map(({ number, whole }) => [number, whole]),
          shape: 'dotted-line',
          ribbon: [],
          marks: [],
        },
        {
          name: 'longest gap without an answer',
          tone: 'quiet',
          points: repeats.map(({ number, gap }) => [number, gap]),
          shape: 'line',
          ribbon: [],
          marks: [],
        },
      ],
      faults: [],
      references: [],
      hover: [],
    },
    data: table({
      caption: heading,
      columns: [numeric('Repeat'), text('Fault'), numeric('Recovered'), numeric('Longest gap')],
      rows: shown.map(({ number, fault, whole, gap }) => [
        number,
        clip(oneLine(fault), Math.min(detail.text, 80)),
        whole === null ? markup`<span class="state bad">not seen</span>` : figure(whole, formatMs),
        figure(gap, formatMs),
      ]),
      omitted,
    }),
  });
}

/** Whole numbers from 1, with room at both ends. */
function repeatAxis(count: number): Axis {
  const step = Math.max(1, Math.ceil(count / 20));
  return {
    position: (number) => (number - 0.5) / Math.max(1, count),
    ticks: Array.from({ length: count }, (_, index) => index + 1)
      .filter((number) => (number - 1) % step === 0)
      .map((number) => ({ value: number, label: String(number) })),
  };
}
