/**
 * Observations on their way from a worker to the parent: one binary file for each worker.
 *
 *     "LICOBS1
 * "  length:u32  JSON header  padding to 8  columns, each padded to 8      little-endian
 *
 * The header names every table's row count and every column's type and offset from the start of the columns. Times are microseconds since
 * the run's zero.
 */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import {
  COLUMN_TYPES,
  type ColumnArray,
  type ColumnType,
  type ConnectionEvents,
  type Observations,
  type Rows,
  TABLE_NAMES,
  TABLES,
  type TableName,
  type Tables,
} from '../../evidence/ledger/observations.ts';
import { CHUNK_ROWS, type Column } from './observation-columns.ts';
import type { ObservationLog } from './observation-log.ts';

const MAGIC = 'LICOBS1\n';
const MAX_HEADER_BYTES = 65_536;

/** What tables are called in a file, where not by their own names. */
const NAMES_IN_FILE: Partial<Record<TableName, string>> = { deliveries: 'arrivals', connectionEvents: 'links' };

interface FileHeader {
  /** Names of the nodes, by the numbers in the connection events less 1. */
  readonly nodes: readonly string[];
  readonly tables: Readonly<
    Record<
      string,
      { readonly count: number; readonly columns: Readonly<Record<string, { readonly type: string; readonly at: number }>> }
    >
  >;
}

/** A file that is not an observation file, or is cut short. */
export class ObservationFileError extends Error {
  override readonly name = 'ObservationFileError';
  constructor(path: string, fault: string) {
    super(`${path}: ${fault}`);
  }
}

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

function isTime(column: string): boolean {
  return column.endsWith('Us');
}

/** Writes what `log` holds to `path`, its times made relative to `zeroUs`. Throws what the file system throws. */
export function writeObservationFile(path: string, log: ObservationLog, zeroUs: number): void {
  let at = 0;
  const tables: Record<string, { count: number; columns: Record<string, { type: string; at: number }> }> = {};
  const order: { column: Column; count: number; time: boolean }[] = [];
  for (const name of TABLE_NAMES) {
    const table = log[name];
    const columns: Record<string, { type: string; at: number }> = {};
    for (const [key, column] of Object.entries<Column>(table.columns)) {
      columns[key] = { type: column.type, at };
      order.push({ column, count: table.count, time: isTime(key) });
      at += padded(table.count * COLUMN_TYPES[column.type].BYTES_PER_ELEMENT);
    }
    tables[NAMES_IN_FILE[name] ?? name] = { count: table.count, columns };
  }
  const json = Buffer.from(JSON.stringify({ nodes: log.nodes, tables } satisfies FileHeader), 'utf8');
  const head = Buffer.alloc(padded(MAGIC.length + 4 + json.length));
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(json.length, MAGIC.length);
  json.copy(head, MAGIC.length + 4);

  const file = openSync(path, 'w');
  try {
    writeAll(file, head);
    for (const { column, count, time } of order) writeColumn(file, column, count, time ? zeroUs : 0);
  } catch (error) {
    // Half a file takes up room that is needed; if it cannot be removed either, the first error says why.
    try {
      unlinkSync(path);
    } catch {}
    throw error;
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
}

function writeColumn(file: number, column: Column, count: number, minusUs: number): void {
  let left = count;
  for (const chunk of column.chunks) {
    const rows = chunk.subarray(0, Math.min(left, CHUNK_ROWS));
    const values = minusUs === 0 ? rows : (rows as Float64Array).map((value) => value - minusUs);
    writeAll(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    left -= rows.length;
  }
  const bytes = count * COLUMN_TYPES[column.type].BYTES_PER_ELEMENT;
  writeAll(file, new Uint8Array(padded(bytes) - bytes));
}

interface OpenFile {
  readonly path: string;
  readonly file: number;
  readonly header: FileHeader;
  /** Where the columns begin. */
  readonly start: number;
}

function openObservationFile(path: string): OpenFile {
  const file = openSync(path, 'r');
  try {
    const prefix = Buffer.alloc(MAGIC.length + 4);
    readExactly(path, file, prefix, 0);
    if (prefix.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new ObservationFileError(path, 'not an observation file');
    const length = prefix.readUInt32LE(MAGIC.length);
    if (length > MAX_HEADER_BYTES) throw new ObservationFileError(path, `a header of ${length} bytes`);
    const json = Buffer.alloc(length);
    readExactly(path, file, json, prefix.length);
    return { path, file, header: JSON.parse(json.toString('utf8')) as FileHeader, start: padded(prefix.length + length) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readExactly(path: string, file: number, into: Uint8Array, position: number): void {
  for (let at = 0; at < into.length; ) {
    const bytes = readSync(file, into, at, into.length - at, position + at);
    if (bytes === 0) throw new ObservationFileError(path, 'ends before its last column');
    at += bytes;
  }
}

function mergeTable<Name extends TableName>(files: readonly OpenFile[], table: Name): Rows<Name> {
  const name = NAMES_IN_FILE[table] ?? table;
  const counts = files.map((open) => open.header.tables[name]?.count ?? 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const merged: Record<string, ColumnArray | number> = { count: total };
  for (const [key, type] of Object.entries<ColumnType>(TABLES[table])) {
    const values = new COLUMN_TYPES[type](total);
    let row = 0;
    files.forEach((open, i) => {
      const column = open.header.tables[name]?.columns[key];
      const count = counts[i] as number;
      if (column?.type !== type) throw new ObservationFileError(open.path, `has no column ${name}.${key} of type ${type}`);
      const slice = values.subarray(row, row + count);
      readExactly(open.path, open.file, new Uint8Array(slice.buffer, slice.byteOffset, slice.byteLength), open.start + column.at);
      row += count;
    });
    merged[key] = values;
  }
  return merged as Rows<Name>;
}

/** Each worker numbered the nodes as it met them; gives all names, and has the connection events number them as these. */
function numberAlike(files: readonly OpenFile[], { node }: ConnectionEvents): readonly string[] {
  const names = [...new Set(files.flatMap(({ header }) => header.nodes))];
  let row = 0;
  for (const { header } of files) {
    const numbers = [0, ...header.nodes.map((name) => names.indexOf(name) + 1)];
    const end = row + (header.tables.links?.count ?? 0);
    for (; row < end; row++) node[row] = numbers[node[row] as number] ?? 0;
  }
  return names;
}

/**
 * Reads the workers' files as one. Rows of one device stay in order, because a user belongs to one worker with all of its devices. Throws
 * ObservationFileError for a file that is damaged.
 */
export function readObservations(
  paths: readonly string[],
  { users, devices, drained }: Pick<Observations, 'users' | 'devices' | 'drained'>,
): Observations {
  if (endianness() !== 'LE') throw new Error('observation files are little-endian and this machine is not');
  const files: OpenFile[] = [];
  try {
    for (const path of paths) files.push(openObservationFile(path));
    const tables = Object.fromEntries(TABLE_NAMES.map((name) => [name, mergeTable(files, name)])) as unknown as Tables;
    return { users, devices, ...tables, nodes: numberAlike(files, tables.connectionEvents), drained };
  } finally {
    for (const open of files) closeSync(open.file);
  }
}
