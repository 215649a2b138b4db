/**
 * Folders into which a command writes: checked before anything starts, and made one by one. (Node's own recursive mkdir retries for ever
 * below /proc, where a folder's parent exists but no folder can be made in it.)
 */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RunError } from '../../contracts/run-error.ts';
import { outsideText } from '../../evidence/result/printable.ts';
import { systemErrorWords } from '../../evidence/result/system-error.ts';

const REMEDY = 'name a folder that this user may write in: --out DIR';

export interface FolderProblem {
  /** Something else was meant; otherwise the machine does not let this user write there. */
  readonly mistaken: boolean;
  readonly text: string;
}

/** Why nothing can be written into a folder with this name, which need not exist yet; null if there is no reason. Touches nothing. */
export function whyNoFolder(path: string): FolderProblem | null {
  if (path === '') return { mistaken: true, text: `the name of a folder is empty\n  ${REMEDY}` };
  const nearest = nearestThere(resolve(path));
  try {
    if (!statSync(nearest).isDirectory()) return { mistaken: true, text: words(path, nearest, 'is a file, not a folder') };
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return { mistaken: false, text: words(path, nearest, systemErrorWords(error)) };
  }
}

/** Makes the folder and the missing ones above it. @throws RunError if one cannot be made. */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !isThere(at); at = dirname(at)) missing.push(at);
  for (const at of missing.reverse()) make(at, path);
  const why = missing.length > 0 ? null : whyNoFolder(path);
  if (why !== null) throw new RunError('folder-unusable', why.text);
}

/**
 * Makes the folder, or one beside it with a number: whoever comes first has it, so that nobody writes into another's. Null where `most` of
 * them are there. @throws RunError when it cannot be made.
 */
export function makeFreshFolder(path: string, most: number): string | null {
  makeFolder(dirname(path));
  for (let number = 1; number <= most; number++) {
    const folder = number === 1 ? path : `${path}-${number}`;
    if (make(folder, path)) return folder;
  }
  return null;
}

/** Whether it is this call that made it. */
function make(at: string, path: string): boolean {
  try {
    mkdirSync(at);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another run made it meanwhile.
    if (code === 'EEXIST') return false;
    // The folder above it is there.
    const why = code === 'ENOENT' ? 'no folder can be made there' : systemErrorWords(error);
    throw new RunError('folder-unusable', words(path, at, why));
  }
}

function words(path: string, at: string, why: string): string {
  const place = resolve(path) === at ? outsideText(path) : `${outsideText(path)}: ${outsideText(at)}`;
  return `${place}: ${why}\n  ${REMEDY}`;
}

function nearestThere(path: string): string {
  let at = path;
  while (!isThere(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** A path below a file is not there, and the file above it is. */
function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}
