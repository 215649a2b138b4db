/** Percentile curves of both sides' response times, each with its interval over blocks as a ribbon. */
import type { Comparison } from '../../../harness/evidence/result/comparison.ts';
import { logAxis, percentileAxis } from '../../charts/axis.ts';
import type { Series } from '../../charts/series.ts';
import { WITHHELD } from '../../comparison-words.ts';
import { formatPercentile, formatUs } from '../../format.ts';
import { type Markup, markup } from '../../markup.ts';
import { legendKey, lineFigure } from '../chart-figure.ts';
import type { Detail } from '../detail.ts';
import { section } from '../page.ts';
import { figure, first, numeric, table, text } from '../table.ts';
import { formatTickUs } from '../timeline-scale.ts';

type Point = Comparison['curves']['a'][number];

export function curvesSection({ curves, valid }: Comparison, detail: Detail): Markup {
  if (!valid) return section('curves', 'Percentiles', markup`<p>${WITHHELD}</p>`);
  const points = [...curves.a, ...curves.b];
  if (points.length === 0)
    return section('curves', 'Percentiles', markup`<p>Response times were not measured in this comparison.</p>`);
  const values = points.flatMap(({ us, low, high }) => [us, low, high]).filter((us) => us > 0);
  const [lowest, highest] = [values.reduce((a, b) => Math.min(a, b), 1e9), values.reduce((a, b) => Math.max(a, b), 1)];
  const all = [...curves.a.map((point) => ({ side: 'A', point })), ...curves.b.map((point) => ({ side: 'B', point }))];
  const { shown, omitted } = first(all, detail.slots);
  return section(
    'curves',
    'Percentiles',
    lineFigure({
      heading: 'Response time of both sides',
      note: 'The share of messages (across) answered within a time (up) since the intended send, over all runs of a side together. The ribbons are 95% intervals over blocks, for orientation only: the verdict rests on the metrics above. Both axes are logarithmic.',
      keys: [
        legendKey(markup`<rect class="ribbon main" x="0" y="1" width="28" height="8"/>`, 'interval of A'),
        legendKey(markup`<rect class="ribbon third" x="0" y="1" width="28" height="8"/>`, 'interval of B'),
      ],
      lower: 0,
      chart: {
        id: 'curves',
        title: 'Percentile curves of response time, A and B',
        description: `${inWords('A', curves.a)} ${inWords('B', curves.b)}`,
        x: percentileAxis(points.reduce((best, { percentile }) => Math.max(best, percentile), 90)),
        y: logAxis(Math.min(lowest, highest), highest, formatTickUs),
        xLabel: 'percentile',
        yLabel: 'response time',
        series: [curveOf('A', 'main', curves.a), curveOf('B', 'third', curves.b)],
        faults: [],
        references: [],
        hover: [],
      },
      data: table({
        caption: 'Points of both curves',
        columns: [text('Side'), ...['Percentile', 'Time', 'Low', 'High'].map(numeric)],
        rows: shown.map(({ side, point }) => [
          side,
          figure(point.percentile, (percentile) => formatPercentile(percentile ?? 0)),
          figure(point.us, formatUs),
          figure(point.low, formatUs),
          figure(point.high, formatUs),
        ]),
        omitted,
        document: 'comparison.json',
      }),
    }),
  );
}

function curveOf(name: string, tone: Series['tone'], points: readonly Point[]): Series {
  return {
    name,
    tone,
    points: points.map(({ percentile, us }) => [percentile, us]),
    shape: 'line',
    ribbon: points.map(({ percentile, low, high }) => [percentile, low, high]),
    marks: [],
  };
}

function inWords(side: string, points: readonly Point[]): string {
  const said = points
    .filter(({ percentile }) => [50, 99, 99.9].includes(percentile))
    .map(({ percentile, us }) => `${formatPercentile(percentile)} ${formatUs(us)}`);
  return `${side}: ${said.length === 0 ? 'not measured' : said.join(', ')}.`;
}
