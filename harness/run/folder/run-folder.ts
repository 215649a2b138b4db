/**
 * The run folder: everything a run leaves behind, in one place, written so that a reader never sees half a file.
 *
 *     result.json   timeline.ndjson   schedule.json   latency.hlog   logs/      and, by the report builders, the reports
 *     observations/ is kept when a delivery property was broken: the rows that prove it
 */
import { existsSync, rmdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RunError } from '../../contracts/run-error.ts';
import { outsideText } from '../../evidence/result/printable.ts';
import { systemErrorText } from '../../evidence/result/system-error.ts';
import { moduleLabel } from '../../plan/own-server/module-path.ts';
import { makeFolder } from '../tools/make-folder.ts';

export interface RunFolder {
  readonly path: string;
  readonly logs: string;
  /** Scratch: the deployment's data; removed at the end. */
  readonly data: string;
  /** The workers' rows. */
  readonly observations: string;
}

/** Default place of a run: `runs/<time>-<scenario>-<target>`, the time in UTC to the second. */
export function defaultRunPath(startedAt: Date, scenario: string, target: string): string {
  const time = startedAt.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return join('runs', `${time}-${fileSafe(scenario)}-${fileSafe(moduleLabel(target))}`);
}

function fileSafe(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 60);
}

/** The places of a run folder, whether it exists or not. */
export function runFolderAt(path: string): RunFolder {
  return { path, logs: join(path, 'logs'), data: join(path, 'data'), observations: join(path, 'observations') };
}

/** Makes the folder; an existing one is used again, and what an earlier run left in it is replaced file by file. */
export async function makeRunFolder(path: string): Promise<RunFolder> {
  const folder = runFolderAt(path);
  await Promise.all([
    rm(folder.data, { recursive: true, force: true }),
    rm(folder.observations, { recursive: true, force: true }),
  ]);
  for (const each of [folder.logs, folder.data, folder.observations]) makeFolder(each);
  return folder;
}

/**
 * Writes a file whole or not at all: to a temporary file first, then renamed. @throws RunError, with place and remedy, if it cannot be
 * written.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.part`;
  try {
    await writeFile(unfinished, content);
    await rename(unfinished, path);
  } catch (error) {
    // Half a file takes up room that is needed; if it cannot be removed either, the first error says why.
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw unwritable(path, error);
  }
}

/**
 * Writes one after the other; returns why one could not be written, after which no other is tried, or null. @throws errors that do not come
 * from the file system.
 */
export async function whyUnwritten(writes: readonly (() => Promise<unknown>)[]): Promise<string | null> {
  try {
    for (const write of writes) await write();
    return null;
  } catch (error) {
    if (error instanceof RunError && error.code === 'folder-unusable') return error.message;
    throw error;
  }
}

/** Why a file could not be written, for people. If its folder is gone, the message says that. */
export function unwritable(path: string, error: unknown): Error {
  const folder = dirname(path);
  if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(folder))
    return new RunError(
      'folder-unusable',
      `${outsideText(folder)}: was removed while it was in use\n  do not touch it until the command is over`,
    );
  const text = systemErrorText(error, path);
  return text === null ? (error as Error) : new RunError('folder-unusable', text);
}

/** Removes what only the run itself needed; returns what could not be removed, in words. */
export async function clearScratch(folder: RunFolder, keepObservations: boolean): Promise<readonly string[]> {
  const left: string[] = [];
  for (const path of keepObservations ? [folder.data] : [folder.data, folder.observations])
    await rm(path, { recursive: true, force: true }).catch((error: unknown) => left.push(unwritable(path, error).message));
  return left;
}

/** With those of its own folders that are empty, where nothing is in it: of a run that could not begin, or whose folder was removed meanwhile. */
export function removeEmptyFolder(path: string): void {
  const { logs, data, observations } = runFolderAt(path);
  for (const each of [logs, data, observations, path]) {
    try {
      rmdirSync(each);
    } catch {
      // Something is in it, or it does not exist.
    }
  }
}
