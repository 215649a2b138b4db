/**
 * Why sessions ended or messages were refused, counted by code and reason: a bounded number of rows, with each text clipped and without
 * control characters, since a server wrote it. What finds no room is counted in one further row.
 */
import { outsideText } from '../../evidence/result/printable.ts';

/** Maximum number of distinct reasons; one further row has the sum of the others. */
export const MAX_REASONS = 32;
/** The reason of that row. */
export const OTHER_REASONS = 'other reasons';

export interface Reason {
  /** The protocol's own code; 0 where there is none. */
  readonly code: number;
  readonly reason: string;
}

export interface Counted {
  readonly count: number;
}

export class ReasonTally<Row extends Reason> {
  readonly #rows = new Map<string, Row & { count: number }>();
  readonly #other: (row: Row) => Row;

  /** `other` makes the row that counts what finds no room, of one of those. */
  constructor(other: (row: Row) => Row) {
    this.#other = other;
  }

  add(found: Row, count = 1): void {
    const row: Row = { ...found, reason: outsideText(found.reason) };
    const key = keyOf(row);
    const known = this.#rows.get(key);
    if (known !== undefined) known.count += count;
    else if (this.#rows.size < MAX_REASONS) this.#rows.set(key, { ...row, count });
    else this.#addOther(this.#other(row), count);
  }

  /** Most frequent first. */
  rows(): (Row & Counted)[] {
    return [...this.#rows.values()].map((row) => ({ ...row })).sort((a, b) => b.count - a.count);
  }

  #addOther(row: Row, count: number): void {
    const key = keyOf(row);
    const known = this.#rows.get(key);
    if (known === undefined) this.#rows.set(key, { ...row, count });
    else known.count += count;
  }
}

function keyOf(row: Reason): string {
  return JSON.stringify(row);
}

/** Why sessions ended without the users asking for it, and who ended them. */
export interface SessionEnding extends Reason {
  readonly by: 'server' | 'client' | 'network';
}

export function sessionTally(): ReasonTally<SessionEnding> {
  // One row for each party that ended them, so that nobody is blamed for another's actions.
  return new ReasonTally<SessionEnding>(({ by }) => ({ code: 0, reason: OTHER_REASONS, by }));
}

/** Why messages were refused. */
export function refusalTally(): ReasonTally<Reason> {
  return new ReasonTally<Reason>(() => ({ code: 0, reason: OTHER_REASONS }));
}

/** The same rows of several workers as one list, most frequent first, no longer than one worker's. */
export function mergeTallies<Row extends Reason>(
  tally: ReasonTally<Row>,
  lists: readonly (readonly (Row & Counted)[])[],
): (Row & Counted)[] {
  // The most frequent first, so that what finds no room is rare.
  for (const { count, ...row } of lists.flat().sort((a, b) => b.count - a.count)) tally.add(row as unknown as Row, count);
  return tally.rows();
}

/** Why sessions ended, in words, whoever ended them. */
export function endTexts(rows: readonly (SessionEnding & Counted)[]): { readonly reason: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { code, reason, count } of rows) {
    const text = code === 0 ? reason : `${code} ${reason}`;
    counts.set(text, (counts.get(text) ?? 0) + count);
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}
