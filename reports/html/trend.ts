/** The trend page: how figures went from run to run, and since when they are others, as an HTML page made of a History. */
import type { History, HistorySeries } from '../../harness/evidence/result/history.ts';
import { withOneLineTexts } from '../../harness/evidence/result/one-line-texts.ts';
import { clip, formatShare, plural } from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { latestChanges, notComparedSentences, nothingCompared, trendWord } from '../trend-words.ts';
import type { Detail } from './detail.ts';
import { factLine, readableTime, verdictBox } from './head.ts';
import { htmlPage, section } from './page.ts';
import { figure, first } from './table.ts';
import { changesTable, changeWords } from './trend/changes-table.ts';
import { metricFigure } from './trend/metric-figure.ts';
import { seriesFacts } from './trend/series-facts.ts';

const SERIES = 12;

export function trendReport(given: History): string {
  const history = withOneLineTexts(given);
  return htmlPage((detail) => {
    const { shown, omitted } = first(history.series, Math.min(SERIES, detail.rows));
    return {
      title: `${trendWord(history)}: trend of ${subject(history, detail)}`,
      sections: shown.map((series, index) => [`series-${index + 1}`, nameOf(history, series, detail)]),
      head: head(history, detail),
      body: markup`${shown.map((series, index) => seriesSection(history, series, index, detail))}${omitted === 0 ? null : markup`<p>${plural(omitted, 'more series', 'more series')} in the history.</p>`}`,
      source: ['history.json', history.schema],
    };
  });
}

const NAMED = 6;

function head(history: History, detail: Detail): Markup {
  const changes = latestChanges(history);
  const worse = changes.filter(({ change }) => change.worse);
  const runs = history.series.reduce((sum, { runs: own }) => sum + own.length, 0);
  const latest = history.series
    .flatMap(({ runs: own }) => own.map(({ startedAt }) => startedAt))
    .toSorted()
    .at(-1);
  const named = worse.slice(0, Math.min(NAMED, detail.rows));
  const more = worse.length - named.length;
  const sentences = [
    ...named.map(
      ({ series, metric, change }) => `${changeWords(metric, change, series, detail)} (${nameOf(history, series, detail)}).`,
    ),
    ...(more > 0 ? [`${plural(more, 'more metric')} got worse, below.`] : []),
  ];
  const [sentence, ...others] = sentences;
  const calm =
    changes.length === 0
      ? `No metric changed for good, as far as ${plural(runs, 'run')} can tell.`
      : `At its latest change no metric got worse; ${plural(changes.length, 'metric')} got better, as far as ${plural(runs, 'run')} can tell.`;
  const open = notComparedSentences(history);
  const nothing = nothingCompared(history);
  const said = [...(sentence === undefined ? (nothing ? [] : [calm]) : [sentence, ...others]), ...open];
  return markup`<header class="top"><p class="brand">letitcrash <span>trend</span></p><h1>Trend of <bdi>${subject(history, detail)}</bdi></h1>${factLine(
    [
      plural(runs, 'run'),
      plural(history.series.length, 'series', 'series'),
      ...(latest === undefined ? [] : [`latest ${readableTime(latest)}`]),
    ],
  )}</header>
${verdictBox({
  kind: worse.length > 0 ? 'invalid' : nothing ? 'unknown' : 'pass',
  word: trendWord(history),
  sentence: said[0] ?? 'There is no run.',
  more: said.slice(1),
})}
<p class="summary">A change is a point from which on the runs are at a different level, found by E-divisive over the runs of one setup on one kind of machine. This summary counts the latest change of each metric; earlier ones are below. The probability that an unchanged metric is reported as changed is ${figure(history.significance, formatShare)}.</p>`;
}

/** Whose figures these are; of more than two, how many. */
function subject({ series }: History, detail: Detail): string {
  const names = [...new Set(series.map((one) => plainName(one, detail)))];
  if (names.length > 2) return plural(names.length, 'setup');
  return names.length === 0 ? 'no runs yet' : names.join(' and ');
}

function plainName({ setup }: HistorySeries, detail: Detail): string {
  const say = (text: string): string => clip(oneLine(text), Math.min(detail.text, 40));
  return `${say(setup.scenario)} on ${say(setup.target)}`;
}

/** A series as people call it: its scenario and its target, numbered where several have the same. */
function nameOf({ series }: History, one: HistorySeries, detail: Detail): string {
  const plain = (other: HistorySeries): string => plainName(other, detail);
  const same = series.filter((other) => plain(other) === plain(one));
  return same.length === 1 ? plain(one) : `${plain(one)}, series ${series.indexOf(one) + 1}`;
}

function seriesSection(history: History, series: HistorySeries, index: number, detail: Detail): Markup {
  const { shown, omitted } = first(series.metrics, detail.rows);
  return section(
    `series-${index + 1}`,
    nameOf(history, series, detail),
    markup`${seriesFacts(series, detail)}${changesTable(series, index, detail)}${shown.map((metric, at) => metricFigure(series, metric, `${index + 1}-${at + 1}`, detail))}${omitted === 0 ? null : markup`<p>${plural(omitted, 'more metric')} in the history.</p>`}`,
  );
}
