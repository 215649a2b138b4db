/** The report of an exploration: what was searched, what was found, the reduced schedule, and how to play it again. */
import { type ExplorationResult, reproductionText } from '../../harness/evidence/result/exploration.ts';
import { withOneLineTexts } from '../../harness/evidence/result/one-line-texts.ts';
import { explorationWords, runText } from '../exploration-words.ts';
import { clip, formatCount, formatMs, formatNumber, plural, sentenceCase } from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { propertyName, propertyRule } from '../properties.ts';
import { commandBlock } from './command-block.ts';
import type { Detail } from './detail.ts';
import { playedOn } from './exploration/played-on.ts';
import { scheduleFigure } from './exploration/schedule-figure.ts';
import { factLine, verdictBox } from './head.ts';
import { offenderList } from './offender-list.ts';
import { htmlPage, section } from './page.ts';
import { figure, first, numeric, prose, table, text } from './table.ts';
import { tile, tiles } from './tiles.ts';

type Finding = ExplorationResult['found'][number];

const DOCUMENT = 'exploration.json';
/** Each has two pictures. */
const FINDINGS = 20;

export function explorationReport(given: ExplorationResult): string {
  const exploration = withOneLineTexts(given);
  const { word } = explorationWords(exploration);
  const uncounted = exploration.discounted.length > 0;
  return htmlPage((detail) => ({
    title: `${word}: exploration of ${clip(oneLine(nameOf(exploration)), 80)}`,
    sections: [
      ...(exploration.found.length === 0 ? [] : [['found', 'What was found'] as const]),
      ['coverage', 'What was explored'],
      ...(uncounted ? [['uncounted', 'Runs that do not count'] as const] : []),
      ['setting', 'Where and how'],
      ['reproduce', 'Search again'],
    ],
    head: head(exploration, detail),
    body: markup`${found(exploration, detail)}
${coverage(exploration, detail)}
${uncounted ? discounted(exploration, detail) : null}
${playedOn(exploration, DOCUMENT, detail)}
${section(
  'reproduce',
  'How to search again',
  markup`${commandBlock(clip(oneLine(exploration.reproduce), detail.text))}<p class="small">Seed <code>${exploration.seed}</code>. The same seed draws the same schedules in the same order; timing still depends on the machine.</p>`,
)}`,
    source: [DOCUMENT, exploration.schema],
  }));
}

function nameOf({ target }: ExplorationResult): string {
  return target?.name ?? 'a server that was never started';
}

function head(exploration: ExplorationResult, detail: Detail): Markup {
  const { schedules, schedulesPerSecond, acked, faults, reductionRuns, durationMs, startedAt, target, users, loadMs } =
    exploration;
  const { kind, word, sentence } = explorationWords(exploration);
  const verified = Object.values(faults).reduce((sum, each) => sum + each.verified, 0);
  const drawn = Object.values(faults).reduce((sum, each) => sum + each.drawn, 0);
  return markup`<header class="top"><p class="brand">letitcrash <span>exploration</span></p><h1>Exploration of <bdi>${clip(oneLine(nameOf(exploration)), Math.min(detail.text, 120))}</bdi></h1>${factLine(
    [
      ...(target === null
        ? []
        : [
            target.version === '' ? '' : `version ${clip(oneLine(target.version), Math.min(detail.text, 40))}`,
            plural(target.nodes, 'node'),
          ]),
      `runs of ${formatMs(loadMs)} with ${plural(users, 'user')}`,
      formatMs(durationMs),
      startedAt,
    ].filter((fact) => fact !== ''),
  )}</header>
${verdictBox({ kind, word, sentence: clip(oneLine(sentence), detail.text), more: [] })}
${tiles([
  tile('Schedules', figure(schedules, formatCount), 'played, and counted'),
  tile(
    'A minute',
    figure(schedulesPerSecond, (value) => formatNumber((value ?? 0) * 60)),
    'schedules, in the search',
  ),
  tile('Acknowledged', figure(acked, formatCount), 'messages, each accounted for'),
  tile('Faults', formatCount(verified), `verified, of ${formatCount(drawn)} drawn`),
  tile('Reduction', figure(reductionRuns, formatCount), 'runs beyond the search'),
  tile('Found', formatCount(exploration.found.length), 'properties broken'),
])}`;
}

function found(exploration: ExplorationResult, detail: Detail): Markup | null {
  if (exploration.found.length === 0) return null;
  const { shown, omitted } = first(exploration.found, Math.min(detail.rows, FINDINGS));
  return section(
    'found',
    'What was found',
    markup`${shown.map((finding, index) => findingPart(exploration, finding, index, detail))}${omitted === 0 ? null : markup`<p>${plural(omitted, 'more finding')} in ${DOCUMENT}.</p>`}`,
  );
}

function findingPart({ loadMs }: ExplorationResult, finding: Finding, index: number, detail: Detail): Markup {
  const { property, schedule, minimal, reproduction, evidence, scenario, seed } = finding;
  const file = clip(oneLine(scenario), 60);
  const rule = propertyRule(property);
  const same = JSON.stringify(schedule) === JSON.stringify(minimal);
  const rows = Math.min(detail.rows, 10);
  return markup`<h3 class="apart">${index + 1}. ${clip(oneLine(propertyName(property)), 60)} is broken</h3>
<p>${rule === null ? null : markup`${rule} `}It was broken ${reproductionText(reproduction)}${reproduction.runs === 0 ? '' : ', each time with users that the server had not seen before'}. Seed <code>${seed}</code>.</p>
${offenderList(evidence, { rows, document: DOCUMENT }, (offence) => clip(oneLine(offence), Math.min(detail.text, 300)))}
${scheduleFigure(
  {
    id: `minimal-${index + 1}`,
    heading: `Finding ${index + 1}: the smallest schedule that still breaks it`,
    note:
      minimal.length === 0
        ? 'No fault at all: the load alone breaks it.'
        : `${plural(minimal.length, 'fault')}${same ? ', as it was found' : `, of ${formatCount(schedule.length)} as it was found`}.`,
    steps: minimal,
    loadMs,
    document: DOCUMENT,
  },
  detail,
)}${
  same
    ? null
    : scheduleFigure(
        {
          id: `found-${index + 1}`,
          heading: `Finding ${index + 1}: the schedule as it was found`,
          note: `${plural(schedule.length, 'fault')}, before the reduction.`,
          steps: schedule,
          loadMs,
          document: DOCUMENT,
        },
        detail,
      )
}<p>Play it again, from the folder of this page (<a href="${file}">${file}</a> is a scenario like any other):</p>${commandBlock(`letitcrash replay ${file} --times 20`)}`;
}

function coverage(exploration: ExplorationResult, detail: Detail): Markup {
  const kinds = Object.entries(exploration.faults);
  const { shown, omitted } = first(kinds, detail.rows);
  const body =
    kinds.length === 0
      ? markup`<p>No fault was drawn in a run that counts: the first schedule is always the load alone.</p>`
      : table({
          caption: 'The faults that were drawn, by kind, in the runs that count',
          columns: [text('Kind'), numeric('Drawn'), numeric('Verified'), numeric('Nothing to strike')],
          rows: shown.map(([kind, { drawn, verified, impossible }]) => [
            clip(oneLine(kind), Math.min(detail.text, 60)),
            figure(drawn, formatCount),
            figure(verified, formatCount),
            figure(impossible, formatCount),
          ]),
          omitted,
          document: DOCUMENT,
        });
  return section(
    'coverage',
    'What was explored',
    markup`<p>${plural(exploration.schedules, 'schedule')}, ${runText(exploration)}. The ledger judges each of them: every delivery property, over every message. ${sentenceCase(endingText(exploration))}.</p>${body}<p class="small">Every run is a line of <code>schedules.ndjson</code> beside this page: its schedule, what was broken, and the evidence for each fault.</p>`,
  );
}

function endingText({ ending }: ExplorationResult): string {
  return {
    going: 'the search is still running, or was killed',
    found: 'the search ended with the first schedule that broke a property',
    spent: 'the search ended when its budget was spent',
    interrupted: 'the search was interrupted',
    unfit: 'the search was given up, since too many runs in a row proved nothing',
  }[ending];
}

function discounted({ discounted: runs }: ExplorationResult, detail: Detail): Markup {
  const { shown, omitted } = first(runs, Math.min(detail.rows, 20));
  return section(
    'uncounted',
    'Runs that do not count',
    table({
      caption: 'Runs that prove nothing, and why',
      captionHidden: true,
      columns: [prose('Why'), numeric('Faults')],
      rows: shown.map(({ reason, schedule }) => [
        clip(oneLine(reason), Math.min(detail.text, 300)),
        figure(schedule.length, formatCount),
      ]),
      omitted,
      document: DOCUMENT,
    }),
  );
}
