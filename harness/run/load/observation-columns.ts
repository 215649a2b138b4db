/** Tables of numbers that grow: one column for each field, in chunks, so that growing copies nothing and a row costs only its bytes. */
import { COLUMN_TYPES, type ColumnArray, type ColumnType } from '../../evidence/ledger/observations.ts';

const CHUNK_BITS = 15;
export const CHUNK_ROWS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_ROWS - 1;

/** Most rows a table holds; attempts cost 62 bytes a row, so that this is under one gigabyte a worker. */
export const MAX_ROWS = 16_000_000;

/** A worker observed more than it is allowed to keep. */
export class ObservationsFullError extends Error {
  override readonly name = 'ObservationsFullError';
  constructor(table: string, maxRows: number) {
    super(
      `the load worker has recorded ${maxRows} rows of ${table}, the most it keeps; use more workers, a lower rate or a shorter run`,
    );
  }
}

export class Column {
  readonly type: ColumnType;
  readonly chunks: ColumnArray[] = [];

  constructor(type: ColumnType) {
    this.type = type;
  }

  get(row: number): number {
    return (this.chunks[row >>> CHUNK_BITS] as ColumnArray)[row & CHUNK_MASK] as number;
  }

  set(row: number, value: number): void {
    (this.chunks[row >>> CHUNK_BITS] as ColumnArray)[row & CHUNK_MASK] = value;
  }
}

/** Columns of equal length, by name. */
export class Table<Name extends string> {
  readonly name: string;
  readonly columns: Readonly<Record<Name, Column>>;
  readonly #all: readonly (readonly [Name, Column])[];
  readonly #maxRows: number;
  #count = 0;

  constructor(name: string, types: Readonly<Record<Name, ColumnType>>, maxRows: number = MAX_ROWS) {
    this.name = name;
    this.#maxRows = maxRows;
    this.#all = (Object.keys(types) as Name[]).map((key) => [key, new Column(types[key])] as const);
    this.columns = Object.fromEntries(this.#all) as Record<Name, Column>;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a row, zero where it is given nothing, and returns its number. Throws ObservationsFullError at the bound. */
  append(values?: { readonly [Key in Name]?: number }): number {
    const row = this.#count;
    if ((row & CHUNK_MASK) === 0) {
      if (row >= this.#maxRows) throw new ObservationsFullError(this.name, row);
      for (const [, column] of this.#all) column.chunks.push(new COLUMN_TYPES[column.type](CHUNK_ROWS));
    }
    this.#count = row + 1;
    if (values === undefined) return row;
    for (const [key, column] of this.#all) {
      const value = values[key];
      if (value !== undefined) column.set(row, value);
    }
    return row;
  }
}
