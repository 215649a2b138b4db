/** A list of what went wrong, one line for each, bounded. */
import { plural } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import { first } from './table.ts';

export interface OffenderList {
  /** Lines at most. */
  readonly rows: number;
  /** Where the others are. */
  readonly document: string;
  /** What one of the others is called; `more` by default. */
  readonly more?: string;
}

/** Null without offenders. */
export function offenderList<Offender>(
  all: readonly Offender[],
  { rows, document, more = 'more' }: OffenderList,
  line: (offender: Offender) => Markup | string,
): Markup | null {
  if (all.length === 0) return null;
  const { shown, omitted } = first(all, rows);
  const rest = omitted > 0 ? markup`<li>${plural(omitted, more)} in ${document}</li>` : null;
  return markup`<ul class="offenders">${shown.map((offender) => markup`<li>${line(offender)}</li>`)}${rest}</ul>`;
}
