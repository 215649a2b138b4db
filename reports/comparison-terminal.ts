/**
 * The summary of a comparison for a terminal: the verdict in a sentence, then a line for each metric with what it could have found.
 *
 * In: a Comparison, and what the terminal can do. Out: lines of text; everything from the user is stripped of control characters.
 */
import type { ComparedMetric, Comparison } from '../harness/evidence/result/comparison.ts';
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import {
  BETTER_WORDS,
  betterForSure,
  blocksText,
  brokenText,
  comparisonWord,
  detectableText,
  inOrderOfWeight,
  sidesText,
  sideValue,
  WITHHELD,
} from './comparison-words.ts';
import { clip, formatChange, formatInUnit, formatShare } from './format.ts';
import { actualText } from './latency-words.ts';
import { oneLine } from './markup.ts';
import type { TerminalOptions } from './terminal.ts';
import { columns, LABEL, label, type Paint, painter, roomFor, wrap } from './terminal-text.ts';

const METRIC_LINES = 12;
const REASON_LINES = 5;
const CHECK_LINES = 5;
const BROKEN_LINES = 5;
const BETTER_NAMES = 6;

/** The summary, without a line break at its end. */
export function comparisonTerminal(given: Comparison, options: TerminalOptions): string {
  const comparison = withOneLineTexts(given);
  const width = Math.max(60, options.width);
  const paint = painter(options.colour);
  const line = (text: string): string => `  ${clip(oneLine(text), width - 4)}`;
  const { a, b, environment, checks, broken } = comparison;
  return [
    '',
    ...verdict(comparison, width, paint),
    '',
    `${label('A', paint)}${clip(sideText(a), width - LABEL - 4)}`,
    `${label('B', paint)}${clip(sideText(b), width - LABEL - 4)}`,
    '',
    ...metrics(comparison, width, paint),
    '',
    ...broken.slice(0, roomFor(BROKEN_LINES, width)).map((one) => paint('red', line(`✕ ${brokenText(one)}`))),
    ...(comparison.valid ? checks : [])
      .slice(0, roomFor(CHECK_LINES, width))
      .map((check) =>
        paint(
          check.pass ? 'green' : 'red',
          line(
            `${check.pass ? '✓' : '✕'} ${check.name}  ${actualText(check, check.unit)} (median of B's runs; limit ${formatInUnit(check.limit, check.unit)})`,
          ),
        ),
      ),
    ...better(comparison, width, paint),
    `${label('evidence', paint)}${blocksText(comparison)}; looks ${looksText(comparison)}`,
    `${label('machine', paint)}${clip(oneLine(environment.fingerprint), width - LABEL - 4)}`,
    ...(options.reportPath === null ? [] : [`${label('report', paint)}${oneLine(options.reportPath)}`]),
    '',
  ].join('\n');
}

/** The sentence that decides, and whatever is not of a metric: metrics have lines of their own. */
function verdict(comparison: Comparison, width: number, paint: Paint): string[] {
  const { valid, verdict: decided, reasons, metrics: compared } = comparison;
  const word = comparisonWord(comparison).toUpperCase();
  const style = valid ? ({ regressed: 'red', equivalent: 'green', inconclusive: 'yellow' } as const)[decided] : 'yellow';
  const [first = '', ...others] = reasons.map(oneLine);
  const said = [first, ...others.filter((reason) => !compared.some(({ name }) => reason.startsWith(name)))];
  const lines = said
    .slice(0, roomFor(REASON_LINES, width))
    .flatMap((reason) => wrap(clip(reason, 3 * width), width - word.length - 4));
  const indent = ' '.repeat(word.length + 4);
  return lines.map((text, at) => (at === 0 ? `  ${paint(style, paint('bold', word))}  ${text}` : indent + text));
}

function sideText({ label: words, target: { name, version, runtime, nodes }, source }: Comparison['a']): string {
  const size = nodes === 1 ? '' : `, ${nodes} nodes`;
  return oneLine(
    `${words}   (${name} ${version} on ${runtime}${size}${source === null || source === words ? '' : `, from ${source}`})`,
  );
}

/** Right-aligned columns as wide as what is in them. */
function metrics(comparison: Comparison, width: number, paint: Paint): string[] {
  const { metrics: compared } = comparison;
  const note = (text: string): string[] => wrap(oneLine(text), width - 2).map((line) => `  ${paint('dim', line)}`);
  if (!comparison.valid) return note(WITHHELD);
  const shown = inOrderOfWeight(compared).slice(0, roomFor(METRIC_LINES, width));
  const heads = ['metric', 'A', 'B', 'B / A', 'interval', 'margin', 'finds', 'verdict'];
  const rows = shown.map((metric) => [
    metric.name,
    sideValue(metric, 'a'),
    sideValue(metric, 'b'),
    metric.ratio === null ? '–' : formatChange(metric.ratio),
    rangeText(metric),
    formatShare(metric.margin),
    metric.detectable === null ? '–' : detectableText(metric),
    metric.role === 'blocking' ? metric.verdict : `${metric.verdict} (advisory)`,
  ]);
  const last = heads.length - 1;
  const style = (cell: string, row: number, column: number): string => {
    if (row === 0) return paint('dim', cell);
    return column === last ? coloured(cell, shown[row - 1], paint) : cell;
  };
  const more = compared.length - shown.length;
  return [
    ...columns([heads, ...rows], (column) => column === 0 || column === last, style),
    ...(more > 0 ? [`  ${paint('dim', `and ${more} more in the report`)}`] : []),
    ...note(sidesText(comparison)),
  ];
}

/** Their names and by how much, in one line. */
function better(comparison: Comparison, width: number, paint: Paint): string[] {
  const sure = betterForSure(comparison);
  if (sure.length === 0) return [];
  const shown = sure
    .slice(0, roomFor(BETTER_NAMES, width))
    .map(({ name, ratio }) => (ratio === null ? name : `${name} ${formatChange(ratio)}`));
  const more = sure.length - shown.length;
  const text = `${[...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ')}: ${BETTER_WORDS.behind}`;
  const lines = wrap(clip(oneLine(text), 3 * width), width - LABEL - 2);
  return lines.map((line, at) => `${at === 0 ? label('better', paint) : ' '.repeat(LABEL + 2)}${paint('green', line)}`);
}

function coloured(cell: string, metric: ComparedMetric | undefined, paint: Paint): string {
  if (metric?.verdict === 'equivalent') return paint('green', cell);
  if (metric?.verdict === 'regressed') return paint(metric.role === 'blocking' ? 'red' : 'yellow', cell);
  return paint('dim', cell);
}

/** Where so few blocks bound nothing, a dash. */
function rangeText({ low, high }: ComparedMetric): string {
  if (low === null && high === null) return '–';
  return `${low === null ? '…' : formatChange(low)} to ${high === null ? '…' : formatChange(high)}`;
}

function looksText({ looks, plannedLooks }: Comparison): string {
  const planned = plannedLooks.map(({ blocks }) => blocks).join(', ');
  return `after ${looks.map(({ blocks }) => blocks).join(', ')} of ${planned} blocks`;
}
