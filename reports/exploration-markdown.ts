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
import { type Detail, fitting, plain, shellBlock, table } from './markdown-text.ts';
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

function page(sections: readonly string[]): string {
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
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
  const shown = schedule.slice(0, detail.rows);
  return table(
    'rlll',
    ['at', 'fault', 'for', 'settings'],
    shown.map((step) => [
      plain(step.at, 40),
      plain(step.kind, 60),
      step.for === undefined ? '–' : plain(step.for, 40),
      plain(settingsText(step), detail.text) || '–',
    ]),
    { rows: schedule.length - shown.length, document },
  );
}

function evidence(offences: readonly string[], detail: Detail): string {
  const shown = offences.slice(0, Math.min(detail.rows, 5)).map((offence) => `- ${plain(offence, detail.text)}`);
  return shown.join('\n');
}

function coverage({ faults, schedules, users, loadMs }: ExplorationResult, detail: Detail): string {
  const kinds = Object.entries(faults);
  const shown = kinds.slice(0, detail.rows);
  const head = `### What was explored\n\n${plural(schedules, 'schedule')}, ${runText({ users, loadMs })}.`;
  if (kinds.length === 0) return head;
  const rows = shown.map(([kind, { drawn, verified, impossible }]) => [
    plain(kind, 60),
    formatCount(drawn),
    formatCount(verified),
    formatCount(impossible),
  ]);
  return `${head}\n\n${table('lrrr', ['fault', 'drawn', 'verified', 'nothing to strike'], rows, { rows: kinds.length - shown.length, document: EXPLORATION })}`;
}

function brokenTable({ broken }: ReplayResult, detail: Detail): string {
  const properties = Object.entries(broken);
  if (properties.length === 0) return '';
  const shown = properties.slice(0, detail.rows);
  return table(
    'lr',
    ['broken property', 'runs'],
    shown.map(([property, count]) => [plain(propertyName(property), 60), formatCount(count)]),
    { rows: properties.length - shown.length, document: REPLAY },
  );
}

function uncounted(reasons: readonly string[], document: string, detail: Detail): string {
  if (reasons.length === 0) return '';
  const shown = reasons.slice(0, Math.min(detail.rows, 10)).map((reason) => `- ${plain(reason, detail.text)}`);
  const more = reasons.length - shown.length;
  return `### Runs that do not count\n\n${[...shown, ...(more > 0 ? [`- ${plural(more, 'more')} in ${document}`] : [])].join('\n')}`;
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
