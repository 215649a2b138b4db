/**
 * Two runs side by side for a terminal: what they can bear first, then what differs between their conditions, then the figures.
 *
 * In: a Diff, and what the terminal can do. Out: lines of text; everything from outside is stripped of control characters.
 */
import type { Diff, DiffCondition, DiffFigure } from '../harness/evidence/result/diff.ts';
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import {
  COMPARABLE_WORDS,
  changeText,
  conditionValue,
  diffTitle,
  EFFECT_WORDS,
  figureText,
  judgingTexts,
  metricFigures,
  sideFacts,
  toolFigures,
} from './diff-words.ts';
import { clip, sentenceCase } from './format.ts';
import { oneLine } from './markup.ts';
import type { TerminalOptions } from './terminal.ts';
import { columns, LABEL, label, more, type Paint, painter, roomFor, wrap } from './terminal-text.ts';

/** Rows of each list on a terminal; a file has all of them. */
const FIGURE_LINES = 24;
const CONDITION_LINES = 12;
const TOOL_LINES = 16;

/** The text, without a line break at its end. */
export function diffTerminal(given: Diff, options: TerminalOptions): string {
  const diff = withOneLineTexts(given);
  const width = Math.max(60, options.width);
  const paint = painter(options.colour);
  const room = (lines: number): number => roomFor(lines, width);
  const word = COMPARABLE_WORDS[diff.comparable].toUpperCase();
  const [first = '', ...others] = diff.says.map((text) => `${sentenceCase(text)}.`);
  return [
    '',
    `  ${paint('yellow', paint('bold', word))}  ${clip(diffTitle(diff), width - word.length - 4)}`,
    '',
    ...[first, ...others].flatMap((text) => wrap(text, width - 2).map((line) => `  ${line}`)),
    '',
    ...(['a', 'b'] as const).flatMap((side) => {
      const text = `${diff[side].run}: ${sideFacts(diff[side]).join('; ')}`;
      return wrap(text, width - LABEL - 2).map((line, at) => label(at === 0 ? side.toUpperCase() : '', paint) + line);
    }),
    ...conditions(diff, { width, paint, lines: room(CONDITION_LINES) }),
    ...figures(diff, { head: 'figure', all: metricFigures(diff) }, { width, paint, lines: room(FIGURE_LINES) }),
    ...figures(diff, { head: `by ${diff.a.measuredBy}`, all: toolFigures(diff) }, { width, paint, lines: room(TOOL_LINES) }),
    '',
    ...judgingTexts(diff).flatMap((text) => wrap(text, width - 2).map((line) => `  ${paint('dim', line)}`)),
    ...(options.reportPath === null ? [] : ['', `${label('report', paint)}${oneLine(options.reportPath)}`]),
    '',
  ].join('\n');
}

interface Sheet {
  readonly width: number;
  readonly paint: Paint;
  readonly lines: number;
}

function conditions({ conditions: all }: Diff, { width, paint, lines }: Sheet): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, lines);
  const row = (one: DiffCondition): string => {
    const text = `${one.about === one.name ? one.name : `${one.about}, ${one.name}`}: ${conditionValue(one, 'a')} | ${conditionValue(one, 'b')}`;
    const effect = EFFECT_WORDS[one.effect].padEnd(LABEL + 4);
    const painted = one.effect === 'forbids' ? paint('yellow', effect) : paint('dim', effect);
    return `  ${painted}${clip(text, width - LABEL - 6)}`;
  };
  return ['', ...shown.map(row), ...more(all.length - shown.length, 'more condition', paint)];
}

interface Listed {
  readonly head: string;
  readonly all: readonly DiffFigure[];
}

function figures(diff: Diff, { head, all }: Listed, { width, paint, lines }: Sheet): string[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, lines);
  const rows = shown.map((figure) => [
    clip(figure.name, Math.max(20, width - 50)),
    figureText(figure, 'a'),
    figureText(figure, 'b'),
    changeText(figure, diff),
  ]);
  const style = (cell: string, row: number): string => (row === 0 ? paint('dim', cell) : cell);
  const table = columns([[head, 'A', 'B', 'B to A'], ...rows], (column) => column === 0, style);
  return ['', ...table, ...more(all.length - shown.length, 'more figure', paint)];
}
