/**
 * The index of a folder of runs: index.html for people, and index.json for programs and so that only new documents are read the next time.
 * It is written whole or not at all. If two processes write it at once, each checks again whether it saw the other's runs.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { runIndexPage } from '../../../reports/html/run-index.ts';
import { documentLine, errorText, outsideText } from '../../evidence/result/printable.ts';
import {
  type IndexEntry,
  MAX_ENTRIES,
  MAX_UNREADABLE,
  RUN_INDEX_SCHEMA,
  type RunIndex,
  runIndexSchema,
} from '../../evidence/result/run-index.ts';
import { COMPARISON_FILE } from '../../studies/compare/finished-comparison.ts';
import { HISTORY_FILE } from '../../studies/history/history-file.ts';
import { FINISHED_FILES, readFinished } from './finished.ts';
import { entryFacts } from './index-entry.ts';

/** The default folder for runs. */
export const RUNS_FOLDER = 'runs';
/** Where `letitcrash history` keeps figures, relative to the folder of runs. */
const HISTORY_BESIDE = '../history';
const PAGES: Readonly<Record<string, string>> = { [HISTORY_FILE]: 'trend.html' };
/** Maximum number of folders that are examined; folders that letitcrash names itself begin with their time. */
const MAX_FOLDERS = 10_000;
/** Maximum bytes of documents that are read at once; the rest is read the next time. */
const READ_LIMIT = 256 * 1024 * 1024;
const TRIES = 3;
/** An unfinished file of a killed process. */
const STALE_MS = 10 * 60_000;
const UNFINISHED = /^\.index-[0-9a-f-]+\.part$/u;
/** Text that is in every page of letitcrash and in no other page. */
const OWN_PAGE = '<meta name="generator" content="letitcrash">';

export interface WrittenIndex {
  readonly index: RunIndex;
  /** index.html. */
  readonly page: string;
}

/**
 * Called after something was written in `folder`: rewrites the index of the parent folder, if that is called `runs` or already has an
 * index. Somebody else's index.html is not changed. An index that cannot be written is only a warning: what was written in the folder is
 * complete nevertheless.
 */
export async function refreshIndexOf(folder: string): Promise<void> {
  const runs = dirname(resolve(folder));
  try {
    if (await isFolderOfRuns(runs)) await writeRunIndex(runs);
  } catch (error) {
    const why = errorText(error);
    process.emitWarning(`the index of ${runs} was not written: ${outsideText(why)}`);
  }
}

/** The runs of a comparison's blocks are in a folder with that name too, but they belong to the comparison alone. */
async function isFolderOfRuns(runs: string): Promise<boolean> {
  if (await isThere(join(runs, 'index.json'))) return (await readIndex(runs)) !== null;
  if (basename(runs) !== RUNS_FOLDER) return false;
  return !(await isThere(join(dirname(runs), 'request.json'))) && !(await isThere(join(dirname(runs), COMPARISON_FILE)));
}

/** Reads what is new in a folder and writes its index; returns a refusal in words if index.html belongs to somebody else. */
export async function writeRunIndex(runs: string): Promise<WrittenIndex | string> {
  const page = join(runs, 'index.html');
  const present = await readFile(page, 'utf8').catch(() => null);
  if (present !== null && !present.includes(OWN_PAGE))
    return `${page}: was not written by letitcrash and was not changed\n  rename it, and the index will be written there`;
  let index = await readRunIndex(runs);
  for (let tries = 1; ; tries += 1) {
    await Promise.all([writeAtOnce(join(runs, 'index.json'), documentLine(index)), writeAtOnce(page, runIndexPage(index))]);
    if (tries === TRIES) break;
    const again = await readRunIndex(runs, index);
    if (JSON.stringify(again) === JSON.stringify(index)) break;
    index = again;
  }
  return { index, page };
}

/** The current contents of the folder; `known` avoids reading what has not changed. */
export async function readRunIndex(runs: string, known: RunIndex | null = null): Promise<RunIndex> {
  const before = known ?? (await readIndex(runs));
  const kept = new Map((before?.entries ?? []).map((entry) => [entry.folder, entry]));
  const names = (await folderNames(runs)).toSorted().toReversed();
  const entries: IndexEntry[] = [];
  const unreadable: { folder: string; why: string }[] = [];
  let unread = Math.max(0, names.length - MAX_FOLDERS);
  let bytes = 0;
  for (const folder of [HISTORY_BESIDE, ...names.slice(0, MAX_FOLDERS)]) {
    const found = await documentIn(join(runs, folder));
    if (found === null) continue;
    const { document, sizeBytes, modifiedMs, page } = found;
    const same = kept.get(folder);
    if (same?.document === document && same.sizeBytes === sizeBytes && same.modifiedMs === modifiedMs) {
      entries.push({ ...same, page });
      continue;
    }
    bytes += sizeBytes;
    if (bytes > READ_LIMIT) {
      unread += 1;
      continue;
    }
    const read = await readFinished(join(runs, folder));
    if (typeof read === 'string') unreadable.push({ folder, why: outsideText(read.replaceAll(join(runs, folder), folder)) });
    else entries.push({ folder, document, sizeBytes, modifiedMs, page, ...entryFacts(read.document) });
  }
  const ordered = entries.toSorted((a, b) => (a.startedAt === b.startedAt ? 0 : a.startedAt < b.startedAt ? 1 : -1));
  return {
    schema: RUN_INDEX_SCHEMA,
    entries: ordered.slice(0, MAX_ENTRIES),
    older: unread + Math.max(0, ordered.length - MAX_ENTRIES),
    unreadable: unreadable.slice(0, MAX_UNREADABLE),
  };
}

async function readIndex(runs: string): Promise<RunIndex | null> {
  try {
    return runIndexSchema.parse(JSON.parse(await readFile(join(runs, 'index.json'), 'utf8')));
  } catch {
    // The file belongs to somebody else, is damaged or has another version: everything is read again.
    return null;
  }
}

/** Real folders only, because a link leads elsewhere. Unfinished files of killed processes are removed. */
export async function folderNames(runs: string): Promise<readonly string[]> {
  const all = await readdir(runs, { withFileTypes: true });
  for (const { name } of all.filter((each) => each.isFile() && UNFINISHED.test(each.name))) {
    const path = join(runs, name);
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now());
    if (age > STALE_MS) await rm(path, { force: true });
  }
  return all.filter((each) => each.isDirectory()).map(({ name }) => name);
}

type Found = Pick<IndexEntry, 'document' | 'sizeBytes' | 'modifiedMs' | 'page'>;

/** Null for a folder in which nothing finished. */
export async function documentIn(folder: string): Promise<Found | null> {
  for (const document of FINISHED_FILES) {
    const facts = await stat(join(folder, document)).catch(() => null);
    if (facts?.isFile() !== true) continue;
    const page = PAGES[document] ?? 'report.html';
    return {
      document,
      sizeBytes: facts.size,
      modifiedMs: Math.round(facts.mtimeMs),
      page: (await isThere(join(folder, page))) ? page : null,
    };
  }
  return null;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}

/** Written under a temporary name until it is complete: two processes, each the first of its own arena, may write at once. */
async function writeAtOnce(path: string, content: string): Promise<void> {
  const unfinished = join(dirname(path), `.index-${randomUUID()}.part`);
  try {
    await writeFile(unfinished, content);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
