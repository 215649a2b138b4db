/** Latency: over time per slot, the percentile curves, and the figures of every kind of latency. */

import { isNever, NEVER } from '../../harness/evidence/result/never.ts';
import type { Result, ToldLatency } from '../../harness/evidence/result/result.ts';
import { isWithheld } from '../../harness/evidence/result/withheld.ts';
import { formatOffset, logAxis, percentileAxis, timeAxis } from '../charts/axis.ts';
import { faultsInWords } from '../charts/fault-strip.ts';
import { foldSlots, highest, plainLine, type Series } from '../charts/series.ts';
import { formatCount, formatMs, formatPercentile, formatUs, plural, sentenceCase } from '../format.ts';
import { noFigureText, percentileText, unansweredText } from '../latency-words.ts';
import { type Markup, markup } from '../markup.ts';
import { timedThings } from '../measured-by-words.ts';
import { formatResolved } from '../resolved-time.ts';
import { legendKey, lineFigure } from './chart-figure.ts';
import type { Detail } from './detail.ts';
import { faultBands } from './fault-bands.ts';
import { capital } from './head.ts';
import { heatFigure } from './heat-figure.ts';
import { figure, numeric, table, text } from './table.ts';
import { formatTickUs, slotWords, timelineEndMs } from './timeline-scale.ts';
import { worstSecondsLinks, worstSecondsPart } from './worst-seconds.ts';

export function latencySection(result: Result, detail: Detail): Markup {
  return markup`<section aria-labelledby="latency"><h2 id="latency">Latency</h2>${heatFigure(result, detail)}${overTime(result, detail)}${worstSecondsLinks(result, detail)}${percentiles(result, detail)}${summary(result)}${worstSecondsPart(result, detail)}</section>`;
}

function overTime(result: Result, detail: Detail): Markup {
  const { timeline } = result;
  if (timeline.p50Us.every((us) => us === null)) {
    const words = isWithheld(result)
      ? 'The response times of this run are withheld.'
      : 'Response times were not measured in this run.';
    return markup`<p>${words}</p>`;
  }
  const { size, starts } = foldSlots(timeline.p50Us.length, detail.points);
  const columns = [
    { name: 'max', tone: 'third', column: timeline.maxUs },
    { name: 'p99', tone: 'main', column: timeline.p99Us },
    { name: 'p50', tone: 'second', column: timeline.p50Us },
  ] as const;
  const middle = (timeline.stepMs * size) / 2;
  const series: Series[] = columns.map(({ name, tone, column }) =>
    plainLine(
      name,
      tone,
      starts.map((start) => [start * timeline.stepMs + middle, highest(column, size, start)]),
    ),
  );
  const values = series.flatMap(({ points }) => points.flatMap(([, y]) => (y === null ? [] : [y])));
  const faults = faultBands(result);
  const level = drawnLevelUs(result);
  const at = (start: number): string => formatOffset(start * timeline.stepMs, timeline.stepMs);
  const cells = (start: number, foldSize: number): string[] =>
    columns.map(({ column }) => formatCell(highest(column, foldSize, start)));
  const peak = values.length === 0 ? null : values.reduce((best, value) => Math.max(best, value));
  const tableFold = foldSlots(timeline.p50Us.length, detail.slots);
  return lineFigure({
    heading: 'Response time over the run',
    note: `From the intended send time of a message to its acknowledgement, so that waiting counts. Logarithmic scale. ${slotWords(timeline.stepMs, size, 'the highest value')}`,
    keys:
      level === null
        ? []
        : [
            legendKey(
              markup`<line class="level" x1="1" x2="27" y1="5" y2="5"/>`,
              `level to be regained after a fault: ${formatUs(level)}`,
            ),
          ],
    lower: 0,
    chart: {
      id: 'latency-time',
      title: 'Response time over the run',
      description: `${peak === null ? 'Nothing was measured.' : `Highest response time ${formatUs(peak)}; ${inWords('over the whole run', result.latency.response, result)}`} ${faultsInWords(faults)}`,
      x: timeAxis(timelineEndMs(result), 10),
      endMs: timelineEndMs(result),
      y: logAxis(lowestPositive(values), Math.max(peak ?? 1000, level ?? 0), formatTickUs),
      xLabel: 'time since the load began',
      yLabel: 'response time',
      series,
      faults,
      references: level === null ? [] : [{ kind: 'level', from: [0, level], to: [timelineEndMs(result), level] }],
      hover: starts.map((start) => ({
        x: start * timeline.stepMs + middle,
        text: `${at(start)}: ${columns.map(({ name }, index) => `${name} ${cells(start, size)[index]}`).join(', ')}`,
      })),
    },
    data: table({
      caption: `Response time of messages intended in each ${formatMs(timeline.stepMs * tableFold.size)}`,
      columns: [numeric('From'), ...columns.map(({ name }) => numeric(name))],
      rows: tableFold.starts.map((start) => [at(start), ...cells(start, tableFold.size)]),
      omitted: 0,
    }),
  });
}

/** The level by which recovery was judged; null where none was, or where it says nothing. */
function drawnLevelUs({ recoveryLevel: level, recovery }: Result): number | null {
  return level === null || level.meaningless !== null || recovery.length === 0 ? null : level.us;
}

function inWords(what: string, latency: ToldLatency | null, result: Result): string {
  if (latency === null) return `${what} ${noFigureText(result)}.`;
  const said = (us: number | null): string => percentileText(latency, us, 1);
  const { p50Us, p99Us, p999Us, maxUs } = latency;
  return `${what} p50 ${said(p50Us)}, p99 ${said(p99Us)}, p99.9 ${said(p999Us)}, maximum ${said(maxUs)}.`;
}

/** In the long tables of charts a missing value is a dash. */
function formatCell(us: number | null): string {
  return us === null ? '–' : formatUs(us);
}

function lowestPositive(values: readonly number[]): number {
  const positive = values.filter((value) => value > 0);
  return positive.length === 0 ? 100 : positive.reduce((best, value) => Math.min(best, value));
}

interface Curve {
  readonly name: string;
  readonly tone: Series['tone'];
  /** What its time is. */
  readonly meaning: string;
  readonly latency: ToldLatency;
}

function curvesOf({ latency }: Result): readonly Curve[] {
  const curves = [
    { name: 'response', tone: 'main', meaning: 'response counts from the intended send', latency: latency.response },
    { name: 'service', tone: 'second', meaning: 'service counts from the actual send', latency: latency.service },
    {
      name: 'generator lag',
      tone: 'quiet',
      meaning: 'generator lag is how late the load generator itself was',
      latency: latency.lag,
    },
  ] as const;
  return curves.flatMap(({ latency: values, ...curve }) =>
    values === null || values.curve.length === 0 ? [] : [{ ...curve, latency: values }],
  );
}

/** The percentile at which a curve's picture ends: one message in as many as there were. */
function lastPercentile(curve: Curve): number {
  const { count, unanswered = 0, curve: points } = curve.latency;
  // Without a count the picture ends where the points do; at 100% the axis has no place.
  const last = points.findLast(([percentile]) => percentile < 100)?.[0] ?? 90;
  return count === null ? Math.max(90, last) : 100 - 100 / Math.max(10, count + unanswered);
}

function percentiles(result: Result, detail: Detail): Markup {
  const curves = curvesOf(result);
  if (curves.length === 0)
    return markup`<p>There are no percentiles to draw: nothing was acknowledged, or the generator could not keep up.</p>`;
  const values = curves.flatMap(({ latency }) => latency.curve.map(([, us]) => us));
  const unanswered = unansweredText(result);
  const rows = percentileRows(curves, detail.slots, result.load.resolutionUs);
  return lineFigure({
    heading: 'Percentiles',
    note: `${unanswered === null ? '' : `${unanswered}: the curves end where answers do. `}The share of ${timedThings(result)} (across) answered within a time (up). ${capital(curves.map(({ meaning }) => meaning).join('; '))}. Both axes are logarithmic: 90%, 99% and 99.9% are equally far apart.`,
    keys: [],
    lower: 0,
    chart: {
      id: 'percentiles',
      title: `Percentile curves: ${curves.map(({ name }) => name).join(', ')}`,
      description: inWords(
        result.latency.response === null ? 'Service time:' : 'Response time:',
        result.latency.response ?? result.latency.service,
        result,
      ),
      x: percentileAxis(Math.max(...curves.map(lastPercentile))),
      y: logAxis(lowestPositive(values), Math.max(...values), formatTickUs),
      xLabel: 'percentile',
      yLabel: 'time',
      series: curves.map(({ name, tone, latency }) => plainLine(name, tone, latency.curve)),
      faults: [],
      references: [],
      hover: [],
    },
    data: rows,
  });
}

/** Each curve's own points, below one another: they are not at the same percentiles. */
function percentileRows(curves: readonly Curve[], limit: number, resolutionUs: number): Markup {
  const perCurve = Math.max(5, Math.floor(limit / curves.length));
  const shown = curves.flatMap((curve) =>
    curve.latency.curve
      .slice(0, perCurve)
      .map(([percentile, us]) => [curve.name, formatPercentile(percentile), formatResolved(us, resolutionUs)]),
  );
  const all = curves.reduce((sum, curve) => sum + curve.latency.curve.length, 0);
  return table({
    caption: 'Points of the percentile curves',
    columns: [text('Curve'), numeric('Percentile'), numeric('Time')],
    rows: shown,
    omitted: all - shown.length,
  });
}

/** The ledger counts the warm-up's messages too. */
function whichMessages({ latency, delivery, load }: Result): string {
  const timed = latency.response?.count ?? 0;
  const released = latency.response?.released ?? 0;
  const early = (delivery?.acked ?? 0) - timed - released;
  if (load.loop !== 'open' || timed === 0 || early + released <= 0) return 'Latencies over the whole load';
  return [
    `Latencies over the whole load: ${plural(timed, 'acknowledged message')}`,
    ...(released === 0 ? [] : [`${formatCount(released)} more, whose senders left before the answer, count until then`]),
    ...(early <= 0 ? [] : [`${plural(early, 'more message')} of the warm-up ${early === 1 ? 'is' : 'are'} only in the ledger`]),
  ].join('; ');
}

function summary(result: Result): Markup {
  const { latency, load } = result;
  const ofMessages = timedThings(result) === 'messages';
  const end = ofMessages ? 'acknowledgement' : 'answer';
  const kinds: readonly (readonly [string, string, ToldLatency | null])[] = [
    ['Response', `intended send to ${end}`, latency.response],
    ['Service', `actual send to ${end}`, latency.service],
    ...(ofMessages ? [['Delivery', 'intended send to arrival at a connected receiver', latency.delivery] as const] : []),
    ['Generator lag', 'intended to actual send', latency.lag],
  ];
  return table({
    caption: whichMessages(result),
    columns: [
      text('Latency'),
      numeric(sentenceCase(timedThings(result))),
      ...['min', 'p50', 'p90', 'p99', 'p99.9', 'max'].map(numeric),
    ],
    rows: kinds
      // Of requests only what was timed has a row.
      .filter(([, , values]) => ofMessages || values !== null)
      .map(([name, meaning, values]) => [
        markup`${name} <small>${meaning}</small>`,
        figure(values?.count ?? null, formatCount, noFigureText(result)),
        ...(['minUs', 'p50Us', 'p90Us', 'p99Us', 'p999Us', 'maxUs'] as const).map((key) =>
          values === null || values.count === 0
            ? '–'
            : isNever(values, values[key])
              ? NEVER
              : figure(values[key], (us) => formatResolved(us, load.resolutionUs)),
        ),
      ]),
    omitted: 0,
  });
}
