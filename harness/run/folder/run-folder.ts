/**
 * The run folder: everything a run leaves behind, in one place, written so that a reader never sees half a file.
 *
 *     result.json   timeline.ndjson   schedule.json   latency.hlog   logs/      and, by the report builders, the reports
 *     observations/ is kept when a delivery property was broken: the rows that prove it
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** Writes a file whole or not at all: to a neighbour first, then renamed. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const unfinished = `${path}.part`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}

/** Removes what only the run itself needed. */
export async function clearScratch(folder: RunFolder, keepObservations: boolean): Promise<void> {
  await rm(folder.data, { recursive: true, force: true });
  if (!keepObservations) await rm(folder.observations, { recursive: true, force: true });
}
