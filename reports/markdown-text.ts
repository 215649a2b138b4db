/** Pieces of a Markdown page: text that stays text, tables, a command to copy, and a size that job summaries and comments take. */
import { clip, plural } from './format.ts';
import { oneLine } from './markup.ts';

/** Bytes of UTF-8; job summaries and comments take no more. */
export const MARKDOWN_SIZE_LIMIT = 64_000;

const DETAILS = [
  { rows: 400, text: 4_000 },
  { rows: 100, text: 300 },
  { rows: 30, text: 120 },
  { rows: 8, text: 60 },
] as const;
/** How long lists and texts may be. */
export type Detail = { readonly rows: number; readonly text: number };

/** The page with as much detail as stays under MARKDOWN_SIZE_LIMIT. */
export function fitting(render: (detail: Detail) => string): string {
  let page = '';
  for (const detail of DETAILS) {
    page = render(detail);
    if (Buffer.byteLength(page) < MARKDOWN_SIZE_LIMIT) break;
  }
  return page;
}

/** Text from the scenario, on one line, with nothing left that Markdown or HTML would read as markup. */
export function plain(text: string, limit: number): string {
  return clip(oneLine(text), limit)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]#!|~]/g, '\\$&')
    .replace(/@/g, '@&#8203;')
    .replace(/:\/\//g, ':&#8203;//')
    .replace(/\bwww\./giu, 'www&#8203;.')
    .replace(/\$/g, '&#36;');
}

/** The sections that have something to say. */
export function page(sections: readonly string[]): string {
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** The first of a list, each on a line of its own; the others are counted, and are in `document`. */
export function bullets(items: readonly string[], most: number, document = 'result.json', what = 'more'): string {
  const more = items.length - most;
  const rest = more > 0 ? [`${plural(more, what)} in ${document}`] : [];
  return [...items.slice(0, most), ...rest].map((item) => `- ${item}`).join('\n');
}

type Row = readonly string[];

export interface ListTable<Item> {
  readonly align: string;
  readonly head: Row;
  readonly all: readonly Item[];
  readonly document?: string;
}

/** A table of the first of a list; the others are counted, and are in `document`. */
export function listTable<Item>(
  { align, head, all, document = 'result.json' }: ListTable<Item>,
  { rows }: Detail,
  row: (item: Item) => Row,
): string {
  const omitted = all.length - rows;
  const more = omitted > 0 ? `\n\n${plural(omitted, 'more row')} in ${document}.` : '';
  return table(align, head, all.slice(0, rows).map(row)) + more;
}

/** `align` has one letter a column: l or r. Cells are expected to be safe already. */
export function table(align: string, head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  const rule = [...align].map((letter) => (letter === 'r' ? '---:' : ':---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** A command in a fence that is longer than any run of backticks inside it, so that the text cannot close it. */
export function shellBlock(text: string, limit: number): string {
  const command = clip(oneLine(text), limit);
  const fence = '`'.repeat(Math.max(3, ...[...command.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `${fence}sh\n${command}\n${fence}`;
}
