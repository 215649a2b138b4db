/** Tables of numbers that grow: one column for each field, in chunks, so that growing copies nothing and a row costs only its bytes. */

export const COLUMN_TYPES = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  f64: Float64Array,
} as const;
export type ColumnType = keyof typeof COLUMN_TYPES;
export type ColumnArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const CHUNK_BITS = 15;
export const CHUNK_ROWS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_ROWS - 1;

/** Most rows a table holds; attempts cost 54 bytes a row, so that this is under one gigabyte a worker. */
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
  readonly #all: readonly Column[];
  readonly #maxRows: number;
  #count = 0;

  constructor(name: string, types: Readonly<Record<Name, ColumnType>>, maxRows: number = MAX_ROWS) {
    this.name = name;
    this.#maxRows = maxRows;
    const columns = {} as Record<Name, Column>;
    for (const key of Object.keys(types) as Name[]) columns[key] = new Column(types[key]);
    this.columns = columns;
    this.#all = Object.values<Column>(columns);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a row of zeros and returns its number. Throws ObservationsFullError at the bound. */
  append(): number {
    const row = this.#count;
    if ((row & CHUNK_MASK) === 0) {
      if (row >= this.#maxRows) throw new ObservationsFullError(this.name, row);
      for (const column of this.#all) column.chunks.push(new COLUMN_TYPES[column.type](CHUNK_ROWS));
    }
    this.#count = row + 1;
    return row;
  }
}
