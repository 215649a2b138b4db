/** summary.md of an exploration or a replay: for a job summary or an issue. The outcome first, under MARKDOWN_SIZE_LIMIT bytes. */
import {
  type ExplorationResult,
  type ReplayResult,
  reproductionText,
  type ScheduleStep,
} from '../harness/evidence/result/exploration.ts';
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import { explorationWords, replayWords, runText, settingsText } from './exploration-words.ts';
import { formatCount, formatMs, formatShare, plural, sentenceCase } from './format.ts';
import { bullets, type Detail, fitting, listTable, page, plain, shellBlock, table } from './markdown-text.ts';
import { propertyName } from './properties.ts';

const EXPLORATION = 'exploration.json';
const REPLAY = 'replay.json';

/** The page; long lists are shortened until it fits, and say so. */
export function explorationMarkdown(given: ExplorationResult): string {
  const exploration = withOneLineTexts(given);
  const { word, sentence } = explorationWords(exploration);
  return fitting((detail) =>
    page([
      `## ${word}: exploration of ${plain(exploration.target?.name ?? 'a server that was never started', Math.min(detail.text, 120))}`,
      plain(sentenceCase(sentence), detail.text * 4),
      ...exploration.found.slice(0, detail.rows).map((finding, index) => findingText(finding, index, detail)),
      moreText(exploration.found.length - detail.rows, 'finding', EXPLORATION),
      coverage(exploration, detail),
      uncounted(
        exploration.discounted.map(({ reason }) => reason),
        EXPLORATION,
        detail,
      ),
      setting(exploration, detail),
    ]),
  );
}

/** The page; long lists are shortened until it fits, and say so. */
export function replayMarkdown(given: ReplayResult): string {
  const replay = withOneLineTexts(given);
  const { word, sentence } = replayWords(replay);
  const { runs, failures, low, high } = replay.reproduction;
  const share = runs === 0 ? 'not known' : `${formatShare(low)} to ${formatShare(high)}`;
  return fitting((detail) =>
    page([
      `## ${word}: replay of ${plain(replay.scenario, Math.min(detail.text, 120))}`,
      table(
        'rrrr',
        ['runs', 'failed', 'share that fails (95%)', 'not counted'],
        [[formatCount(runs), formatCount(failures), share, formatCount(replay.discounted.length)]],
      ),
      plain(sentenceCase(sentence), detail.text * 4),
      brokenTable(replay, detail),
      evidence(replay.evidence, detail),
      replay.startedAt === '' ? '' : `### The schedule\n\n${steps(replay.schedule, REPLAY, detail)}`,
      uncounted(replay.discounted, REPLAY, detail),
      setting(replay, detail),
    ]),
  );
}

function moreText(count: number, what: string, document: string): string {
  return count <= 0 ? '' : `${plural(count, `more ${what}`)} in ${document}.`;
}

function findingText(
  { property, minimal, schedule, reproduction, evidence: offences, scenario }: ExplorationResult['found'][number],
  index: number,
  detail: Detail,
): string {
  return [
    `### ${index + 1}. ${plain(propertyName(property), 60)} is broken`,
    `Broken ${reproductionText(reproduction)}, by ${minimal.length === 0 ? 'the load alone' : `${plural(minimal.length, 'fault')}, of ${formatCount(schedule.length)} as it was found`}.`,
    steps(minimal, EXPLORATION, detail),
    evidence(offences, detail),
    shellBlock(`letitcrash replay ${scenario} --times 20`, detail.text),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function steps(schedule: readonly ScheduleStep[], document: string, detail: Detail): string {
  if (schedule.length === 0) return 'No fault: the load alone.';
  const head = ['at', 'fault', 'for', 'settings'];
  return listTable({ align: 'rlll', head, all: schedule, document }, detail, (step) => [
    plain(step.at, 40),
    plain(step.kind, 60),
    step.for === undefined ? '–' : plain(step.for, 40),
    plain(settingsText(step), detail.text) || '–',
  ]);
}

function evidence(offences: readonly string[], detail: Detail): string {
  const shown = offences.slice(0, Math.min(detail.rows, 5)).map((offence) => plain(offence, detail.text));
  return bullets(shown, shown.length);
}

function coverage({ faults, schedules, users, loadMs }: ExplorationResult, detail: Detail): string {
  const kinds = Object.entries(faults);
  const heading = `### What was explored\n\n${plural(schedules, 'schedule')}, ${runText({ users, loadMs })}.`;
  if (kinds.length === 0) return heading;
  const of = { align: 'lrrr', head: ['fault', 'drawn', 'verified', 'nothing to strike'], all: kinds, document: EXPLORATION };
  const rows = listTable(of, detail, ([kind, { drawn, verified, impossible }]) => [
    plain(kind, 60),
    ...[drawn, verified, impossible].map(formatCount),
  ]);
  return `${heading}\n\n${rows}`;
}

function brokenTable({ broken }: ReplayResult, detail: Detail): string {
  const properties = Object.entries(broken);
  if (properties.length === 0) return '';
  const of = { align: 'lr', head: ['broken property', 'runs'], all: properties, document: REPLAY };
  return listTable(of, detail, ([property, count]) => [plain(propertyName(property), 60), formatCount(count)]);
}

function uncounted(reasons: readonly string[], document: string, detail: Detail): string {
  if (reasons.length === 0) return '';
  const texts = reasons.map((reason) => plain(reason, detail.text));
  return `### Runs that do not count\n\n${bullets(texts, Math.min(detail.rows, 10), document)}`;
}

function setting(
  { target, seed, durationMs, reproduce }: Pick<ExplorationResult | ReplayResult, 'target' | 'seed' | 'durationMs' | 'reproduce'>,
  detail: Detail,
): string {
  const server =
    target === null
      ? 'The server was never started.'
      : `${plain(target.name, 60)} ${plain(target.version, 40)} on ${plain(target.runtime, 60)}, ${plural(target.nodes, 'node')}.`;
  const took = durationMs === null ? '' : `Took ${formatMs(durationMs)}, `;
  return `### Where and how it ran\n\n- ${server}\n- ${took}${took === '' ? 'Seed' : 'seed'} ${seed}.${reproduce === '' ? '' : `\n\n${shellBlock(reproduce, detail.text * 2)}`}`;
}
