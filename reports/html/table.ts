/** Tables and figures in running text: captions, scopes, and the number as the Result has it beside the number as people read it. */
import { NOT_MEASURED, plural } from '../format.ts';
import { type Markup, markup, type Piece } from '../markup.ts';

/** `prose` is text of several lines, which gets room; `number` is aligned to the right. */
export interface Column {
  readonly head: string;
  readonly kind: 'text' | 'prose' | 'number';
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Piece[])[];
  /** Rows that were left out. */
  readonly omitted: number;
  /** Visually quiet: the caption is read out, not shown. */
  readonly captionHidden?: boolean;
  /** Where the rows that were left out are; result.json if nothing is said. */
  readonly document?: string;
}

export function text(head: string): Column {
  return { head, kind: 'text' };
}

export function numeric(head: string): Column {
  return { head, kind: 'number' };
}

export function prose(head: string): Column {
  return { head, kind: 'prose' };
}

/** A number with its exact value in the markup; `unknown` is what is shown of a null. */
export function figure(value: number | null, format: (value: number | null) => string, unknown: string = NOT_MEASURED): Markup {
  if (value === null) return markup`<span class="none">${unknown}</span>`;
  return markup`<data value="${value}">${format(value)}</data>`;
}

/** Rows of a table that is stacked on a phone: more are data to scroll through. */
const MOST_STACKED = 100;

/**
 * Whether its columns would not all be seen on a phone, where each row then becomes a block: its heading, and below it each cell under the
 * name of its column.
 */
function stacks({ columns, rows }: Table): boolean {
  const prose = columns.filter(({ kind }) => kind === 'prose').length;
  return rows.length <= MOST_STACKED && (columns.length > 3 || (columns.length === 3 && prose === 1));
}

const CLASSES = { text: null, prose: markup` class="prose"`, number: markup` class="num"` } as const;

export function table(given: Table): Markup {
  const { caption, columns, rows, omitted, captionHidden, document = 'result.json' } = given;
  const stacked = stacks(given);
  const named = (index: number): Piece => (stacked ? markup` data-head="${columns[index]?.head ?? ''}"` : null);
  const align = (index: number): Piece => CLASSES[columns[index]?.kind ?? 'text'];
  const more =
    omitted === 0
      ? null
      : markup`<tfoot><tr><td colspan="${columns.length}">${plural(omitted, 'more row')} in ${document}</td></tr></tfoot>`;
  return markup`<div class="${stacked ? 'scroll stacks' : 'scroll'}" tabindex="0" role="region" aria-label="${caption}"><table><caption${captionHidden ? markup` class="unseen"` : null}>${caption}</caption><thead><tr>${columns.map(
    (column, index) => markup`<th scope="col"${align(index)}>${column.head}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ([head, ...cells]) =>
      markup`<tr><th scope="row"${align(0)}>${head ?? null}</th>${cells.map((cell, index) => markup`<td${align(index + 1)}${named(index + 1)}>${cell}</td>`)}</tr>`,
  )}</tbody>${more}</table></div>`;
}

/** The first `limit` of a list, and how many were left out. */
export function first<T>(list: readonly T[], limit: number): { readonly shown: readonly T[]; readonly omitted: number } {
  return { shown: list.slice(0, limit), omitted: Math.max(0, list.length - limit) };
}

/** Something long that is not the first thing people look for, folded away when it has more rows than fit a glance. */
export function foldedWhenLong(summary: string, rows: number, contents: Markup): Markup {
  return rows <= GLANCE ? contents : markup`<details><summary>${summary}</summary>${contents}</details>`;
}

const GLANCE = 8;
