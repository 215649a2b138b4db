/**
 * Removes old runs on request. Only folders that letitcrash itself named by their time and filled itself are removed. A folder is kept if
 * somebody named it, put a file into it or marked it with a file `keep`, if its run is still going, or if it is not a run.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { journalPath } from '../../run/arena/journal-file.ts';
import { isOwnFile, isOwnFolder } from './own-files.ts';
import { documentIn, folderNames } from './run-index.ts';

export interface PruneOptions {
  /** The folder of runs. */
  readonly runs: string;
  /** Number of newest runs to keep, whatever their age. */
  readonly keep: number;
  /** Milliseconds; younger runs are kept. */
  readonly olderThanMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Says what would be removed, and touches nothing. */
  readonly dryRun: boolean;
}

export interface PrunedRun {
  readonly folder: string;
  /** `would-go` is the result of a dry run. For `stays`, `why` gives the reason. */
  readonly outcome: 'gone' | 'would-go' | 'stays';
  readonly why: string | null;
  readonly bytes: number;
}

/** The pattern of `defaultRunPath`: the time in UTC, then what it was. */
const NAMED_BY_TIME = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-./u;
/** A run folder with this file is kept. */
const KEEP_FILE = 'keep';
/** Maximum number of files that are counted in a folder; the size is only for people. */
const COUNTED = 50_000;

/** What became of each folder that letitcrash may have made, newest first; folders that are not runs are left out. */
export async function pruneRuns({ runs, keep, olderThanMs, nowMs, dryRun }: PruneOptions): Promise<readonly PrunedRun[]> {
  const pruned: PrunedRun[] = [];
  let newer = 0;
  for (const folder of (await folderNames(runs)).toSorted().toReversed()) {
    const path = join(runs, folder);
    if ((await documentIn(path)) === null) continue;
    const named = NAMED_BY_TIME.exec(folder);
    const place = named === null ? Number.POSITIVE_INFINITY : newer++;
    const stays = (why: string): void => void pruned.push({ folder, outcome: 'stays', why, bytes: 0 });
    if (named === null) stays('somebody named it');
    else if (place < keep) stays(`one of the newest ${keep}`);
    else if (nowMs - startOf(named) < olderThanMs) stays('not old enough');
    else {
      const why = await reasonToStay(path);
      if (why !== null) stays(why);
      else {
        const bytes = await sizeOf(path);
        if (!dryRun) await rm(path, { recursive: true, force: true });
        pruned.push({ folder, outcome: dryRun ? 'would-go' : 'gone', why: null, bytes });
      }
    }
  }
  return pruned;
}

function startOf([, year, month, day, hours, minutes, seconds]: RegExpExecArray): number {
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds));
}

async function reasonToStay(path: string): Promise<string | null> {
  // The run is still going or was killed: letitcrash heal needs the folder.
  if ((await stat(journalPath(path)).catch(() => null)) !== null)
    return 'it is still running, or was killed and is not healed yet';
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name === KEEP_FILE) return `it has a file ${KEEP_FILE}`;
    const isOwn = entry.isDirectory() ? isOwnFolder(entry.name) : entry.isFile() && isOwnFile(entry.name);
    if (!isOwn) return `${entry.name} is in it, and no run wrote that`;
  }
  return null;
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries.slice(0, COUNTED)) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  }
  return bytes;
}
