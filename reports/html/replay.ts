/** The report of a replay: how often a schedule failed, run by run, and the schedule itself. */
import type { ReplayResult } from '../../harness/evidence/result/exploration.ts';
import { withOneLineTexts } from '../../harness/evidence/result/one-line-texts.ts';
import { replayWords, runText } from '../exploration-words.ts';
import { clip, formatCount, formatMs, formatShare, plural } from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { propertyName, propertyRule } from '../properties.ts';
import { state } from './checks-section.ts';
import { commandBlock } from './command-block.ts';
import type { Detail } from './detail.ts';
import { playedOn } from './exploration/played-on.ts';
import { scheduleFigure } from './exploration/schedule-figure.ts';
import { factLine, verdictBox } from './head.ts';
import { offenderList } from './offender-list.ts';
import { htmlPage, section } from './page.ts';
import { figure, first, numeric, prose, table, text } from './table.ts';
import { tile, tiles } from './tiles.ts';

const DOCUMENT = 'replay.json';

export function replayReport(given: ReplayResult): string {
  const replay = withOneLineTexts(given);
  const { word } = replayWords(replay);
  const broken = Object.keys(replay.broken).length > 0;
  return htmlPage((detail) => ({
    title: `${word}: replay of ${clip(oneLine(replay.scenario), 80)}`,
    sections: [
      ...(broken ? [['broken', 'What was broken'] as const] : []),
      ['schedule', 'The schedule'],
      ['runs', 'Run by run'],
      ['setting', 'Where and how'],
      ...(replay.reproduce === '' ? [] : [['reproduce', 'Play it again'] as const]),
    ],
    head: head(replay, detail),
    body: markup`${broken ? properties(replay, detail) : null}
${section(
  'schedule',
  'The schedule',
  scheduleFigure(
    {
      id: 'schedule-steps',
      heading: 'What was played each time',
      note:
        replay.schedule.length === 0
          ? 'No fault: the load alone.'
          : `${plural(replay.schedule.length, 'fault')}, the same each time, with the same load and seed.`,
      steps: replay.schedule,
      loadMs: replay.loadMs,
      document: DOCUMENT,
    },
    detail,
  ),
)}
${runs(replay, detail)}
${playedOn(replay, DOCUMENT, detail)}
${replay.reproduce === '' ? null : section('reproduce', 'How to play it again', commandBlock(clip(oneLine(replay.reproduce), detail.text)))}`,
    source: [DOCUMENT, replay.schema],
  }));
}

function head(replay: ReplayResult, detail: Detail): Markup {
  const { scenario, reproduction, discounted, trials, target, startedAt, durationMs } = replay;
  const { kind, word, sentence } = replayWords(replay);
  const acked = trials.reduce((sum, trial) => sum + trial.acked, 0);
  return markup`<header class="top"><p class="brand">letitcrash <span>replay</span></p><h1>Replay of <bdi>${clip(oneLine(scenario), Math.min(detail.text, 120))}</bdi></h1>${factLine(
    [
      ...(target === null
        ? []
        : [
            `${clip(oneLine(target.name), Math.min(detail.text, 60))} ${clip(oneLine(target.version), Math.min(detail.text, 40))}`.trim(),
            plural(target.nodes, 'node'),
          ]),
      runText(replay),
      ...(durationMs === null ? [] : [formatMs(durationMs)]),
      ...(startedAt === '' ? [] : [startedAt]),
    ],
  )}</header>
${verdictBox({ kind, word, sentence: clip(oneLine(sentence), detail.text), more: [] })}
${tiles([
  tile('Runs', figure(reproduction.runs, formatCount), 'that count'),
  tile('Failed', figure(reproduction.failures, formatCount), 'broke a property'),
  tile(
    'Share that fails',
    reproduction.runs === 0
      ? markup`<span class="none">not known</span>`
      : markup`${figure(reproduction.low, formatShare)} to ${figure(reproduction.high, formatShare)}`,
    '95% interval',
  ),
  tile('Not counted', formatCount(discounted.length), 'runs that prove nothing'),
  tile(
    'Acknowledged',
    trials.length === 0 ? markup`<span class="none">not known</span>` : formatCount(acked),
    'messages, in the runs listed',
  ),
  tile(
    'Faults',
    replay.startedAt === '' ? markup`<span class="none">not known</span>` : formatCount(replay.schedule.length),
    'in the schedule',
  ),
])}`;
}

function properties(replay: ReplayResult, detail: Detail): Markup {
  const { shown, omitted } = first(Object.entries(replay.broken), detail.rows);
  const offenders = offenderList(replay.evidence, { rows: Math.min(detail.rows, 20), document: DOCUMENT }, (offence) =>
    clip(oneLine(offence), Math.min(detail.text, 300)),
  );
  return section(
    'broken',
    'What was broken',
    markup`${table({
      caption: 'Delivery properties, and in how many runs each was broken',
      captionHidden: true,
      columns: [text('Property'), numeric('Runs'), prose('Rule')],
      rows: shown.map(([property, count]) => [
        clip(oneLine(propertyName(property)), 60),
        figure(count, formatCount),
        propertyRule(property) ?? '–',
      ]),
      omitted,
      document: DOCUMENT,
    })}${offenders === null ? null : markup`<h3>Offenders of the last run that failed</h3>${offenders}`}`,
  );
}

function runs(replay: ReplayResult, detail: Detail): Markup {
  const { shown, omitted } = first(replay.trials, detail.rows);
  const played = Math.max(replay.trials.length, replay.reproduction.runs + replay.discounted.length);
  const body =
    shown.length === 0
      ? markup`<p>This document does not have the single runs.</p>`
      : table({
          caption: 'The outcome of each run',
          captionHidden: true,
          columns: [numeric('Run'), text('Outcome'), numeric('Acknowledged'), prose('What was broken, or why it does not count')],
          rows: shown.map((trial, index) => [
            String(index + 1),
            outcome(trial),
            figure(trial.acked, formatCount),
            clip(oneLine(trial.discounted ?? trial.broken.map(propertyName).join(', ')), Math.min(detail.text, 300)) || '–',
          ]),
          omitted: omitted + played - replay.trials.length,
          document: DOCUMENT,
        });
  return section('runs', 'Run by run', body);
}

function outcome({ discounted, broken }: ReplayResult['trials'][number]): Markup {
  if (discounted !== null) return state('open', 'does not count');
  return broken.length > 0 ? state('bad', 'broken') : state('good', 'held');
}
