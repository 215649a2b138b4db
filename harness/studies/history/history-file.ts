/**
 * The file of a history: `history.ndjson` of a folder, with one entry on each line. It is only ever appended to, so that it can be kept in
 * a repository or a cache and several jobs can add to it.
 */

import { appendFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HistoryEntry, historyEntrySchema } from '../../evidence/result/history.ts';
import { documentLine } from '../../evidence/result/printable.ts';
import { makeFolder } from '../../run/tools/make-folder.ts';

export const HISTORY_FILE = 'history.ndjson';

export interface ReadHistory {
  /** In the order of the file, each run once. */
  readonly entries: readonly HistoryEntry[];
  /** Numbers of the lines that are not entries: cut short, or of another version. */
  readonly unreadable: readonly number[];
}

/** Reads all of it; a folder without a history has no entries. @throws the system's error if it cannot be read. */
export async function readHistory(folder: string): Promise<ReadHistory> {
  let text: string;
  try {
    text = await readFile(join(folder, HISTORY_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { entries: [], unreadable: [] };
    throw error;
  }
  const entries = new Map<string, HistoryEntry>();
  const unreadable: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const entry = entryOf(line);
    if (entry === null) unreadable.push(index + 1);
    // Two jobs may have added the same run.
    else if (!entries.has(entry.run)) entries.set(entry.run, entry);
  }
  return { entries: [...entries.values()], unreadable };
}

/** Appends the entries whose runs are not in it yet, and returns them. Makes the folder. */
export async function addToHistory(folder: string, entries: readonly HistoryEntry[]): Promise<readonly HistoryEntry[]> {
  const { entries: known } = await readHistory(folder);
  const seen = new Set(known.map(({ run }) => run));
  const added: HistoryEntry[] = [];
  for (const entry of entries) {
    if (seen.has(entry.run)) continue;
    seen.add(entry.run);
    added.push(entry);
  }
  if (added.length === 0) return added;
  makeFolder(folder);
  const path = join(folder, HISTORY_FILE);
  // A line that was cut short, for instance by a full disk, must not spoil the next one.
  const lead = (await endsOpen(path)) ? '\n' : '';
  await appendFile(path, lead + added.map((entry) => documentLine(entry)).join(''));
  return added;
}

function entryOf(line: string): HistoryEntry | null {
  try {
    return historyEntrySchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

async function endsOpen(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size === 0) return false;
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
      return buffer[0] !== '\n'.charCodeAt(0);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
