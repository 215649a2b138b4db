/** What the terminal's summary is made of: labels, colours, lines of a width, and how many lines each list may have. */
import { styleText } from 'node:util';
import { clip, plural } from './format.ts';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';
export type Paint = (style: Style, text: string) => string;

/** Columns of a line's label. */
export const LABEL = 14;

/** Lines of each list; the first of these is taken with which the summary has at most MOST_LINES. */
export interface Room {
  readonly faults: number;
  /** How many of these may be repeated steps, each with its p95 over the repeats. */
  readonly steps: number;
  readonly checks: number;
  readonly reasons: number;
  readonly offenders: number;
}

/** Where it is written. */
export interface Sheet {
  readonly width: number;
  readonly paint: Paint;
  readonly room: Room;
}

export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

export function label(text: string, paint: Paint): string {
  return `  ${paint('dim', text.padEnd(LABEL))}`;
}

/** What a list has beyond its lines. */
export function more(count: number, what: string, paint: Paint): string[] {
  return count > 0 ? [`  ${paint('dim', `and ${plural(count, what)} in the report`)}`] : [];
}

/** Rows of cells as lines of columns, each as wide as what is in it. Cells of columns for which `isText` holds begin at the left, numbers end at the right. */
export function columns(
  rows: readonly (readonly string[])[],
  isText: (column: number) => boolean,
  style: (cell: string, row: number, column: number) => string,
): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row, at) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return style(isText(column) ? cell.padEnd(width) : cell.padStart(width), at, column);
    });
    return `  ${cells.join('  ').trimEnd()}`;
  });
}

/** Without a terminal, in a file or a pipe, `width` is infinite: lines are wrapped at this many columns, and nothing is cut. */
const FILE_COLUMNS = 80;

export function isFile(width: number): boolean {
  return !Number.isFinite(width);
}

/** As many columns as lines are wrapped at. */
export function columnsOf(width: number): number {
  return isFile(width) ? FILE_COLUMNS : width;
}

/** How many items of a list are shown, if a terminal has room for this many lines. */
export function roomFor(lines: number, width: number): number {
  return isFile(width) ? MOST_OF_A_LIST : lines;
}

const MOST_OF_A_LIST = 1_000;

/** A number and its unit, or the parts of one time: 1.2 ms, 3 min 07 s, 81% of a core. */
const TIED = /(?<=\d) (?=(?:µs|ms|s|min|h|k?B|[MGT]i?B|KiB|%)\b)|(?<=\d (?:min|h)) (?=\d)/gu;
const NO_BREAK = '\u00a0';

/** Lines of at most `width` characters, broken at spaces, never between a number and its unit; a longer word is cut, but in a file. */
export function wrap(given: string, width: number): string[] {
  const text = given.replaceAll(TIED, NO_BREAK);
  const columns = columnsOf(width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').map((part) => clip(part, width))) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => each.replaceAll(NO_BREAK, ' '));
}

/** The first lines up to a limit; if there are more, the last one shown ends in an ellipsis. */
export function wrapTo(text: string, width: number, most: number): string[] {
  const lines = wrap(text, width);
  return isFile(width) || lines.length <= most
    ? lines
    : [...lines.slice(0, most - 1), clip(lines.slice(most - 1).join(' '), width)];
}
