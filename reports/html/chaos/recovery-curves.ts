/** The share of a step's repeats that had recovered by a time, clock by clock, with strokes where watching ended before. */
import {
  type HealClock,
  healClocks,
  levelRegained,
  seenWithinMs,
} from '../../../harness/evidence/result/recovery-clock-table.ts';
import type { Result } from '../../../harness/evidence/result/result.ts';
import { linearAxis } from '../../charts/axis.ts';
import type { Series, Tone } from '../../charts/series.ts';
import { occurrencesOf } from '../../clocks.ts';
import { formatMs, formatShare, plural } from '../../format.ts';
import { type Markup, markup } from '../../markup.ts';
import { type RecoveredCurve, recoveredCurve } from '../../survival.ts';
import { legendKey, lineFigure } from '../chart-figure.ts';
import type { Detail } from '../detail.ts';
import { recoveryAxis, stepName } from '../repeats.ts';
import { figure, first, numeric, table, text } from '../table.ts';

type Step = Result['recoveryDistribution'][number];

const TONES: Readonly<Record<HealClock['metric'], Tone>> = {
  firstSuccess: 'quiet',
  reconnected: 'second',
  slo: 'main',
  drained: 'third',
};
/** Repeats beyond these are in the table only. */
const DRAWN = 400;

export function recoveryCurves(result: Result, step: Step, index: number, detail: Detail): Markup {
  const repeats = occurrencesOf(result, step).slice(0, DRAWN);
  const curves = healClocks.map(({ metric, field, name }) => ({
    name,
    tone: TONES[metric],
    curve: recoveredCurve(repeats.map((clocks) => ({ ms: clocks[field], watchedMs: seenWithinMs(field, clocks.watchedMs) }))),
  }));
  const cut = curves.reduce((sum, { curve }) => sum + curve.cut.length, 0);
  const level = levelRegained(step.clocks);
  const heading = `Share recovered from ${stepName(result, step, detail)}, by time`;
  return lineFigure({
    heading,
    note: 'The share of all repeats that had reached each point (up) within a time since the injection (across, logarithmic). This is the Kaplan-Meier estimate, in which a repeat counts for as long as it was watched. A curve that ends below 100% leaves open when the remaining repeats would have got there.',
    keys:
      cut === 0
        ? []
        : [
            legendKey(
              markup`<line class="censored" x1="14" x2="14" y1="0" y2="10"/>`,
              'watching ended before this point was reached',
            ),
          ],
    lower: 0,
    chart: {
      id: `recovered-${index + 1}`,
      title: heading,
      description: `Service level regained: half of the repeats within ${formatMs(level.median)}, 95% within ${formatMs(level.p95)}; ${plural(level.censored, 'repeat')} in which this was not observed.`,
      x: recoveryAxis(curves.flatMap(({ curve }) => [...curve.steps, ...curve.cut].map(([ms]) => ms))),
      y: linearAxis(1, 5, (share) => `${Math.round(share * 100)}%`),
      xLabel: 'since the injection',
      yLabel: 'share of repeats',
      series: curves.map(
        ({ name, tone, curve }): Series => ({ name, tone, points: curve.steps, shape: 'line', ribbon: [], marks: curve.cut }),
      ),
      faults: [],
      references: [],
      hover: [],
    },
    data: curveTable(curves, heading, detail),
  });
}

/** The upper corner of each step: the number of repeats that had recovered by this time. */
function curveTable(
  curves: readonly { readonly name: string; readonly curve: RecoveredCurve }[],
  caption: string,
  detail: Detail,
): Markup {
  const all = curves.flatMap(({ name, curve }) => [
    ...curve.steps.flatMap(([ms, share], index) => (index > 0 && index % 2 === 0 ? [{ name, ms, share, what: 'came' }] : [])),
    ...curve.cut.map(([ms, share]) => ({ name, ms, share, what: 'watching ended' })),
  ]);
  const { shown, omitted } = first(all, detail.slots);
  return table({
    caption,
    columns: [text('Clock'), text('What'), numeric('Time'), numeric('Recovered by then')],
    rows: shown.map(({ name, ms, share, what }) => [name, what, figure(ms, formatMs), formatShare(share)]),
    omitted,
  });
}
