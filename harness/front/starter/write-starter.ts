/** Writes starter files into a project. Existing files are not changed, except that lines are added to package.json and .gitignore. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../run/tools/make-folder.ts';
import type { StarterFile } from './starter-file.ts';
import { wireIgnore } from './wired-ignore.ts';
import { type WiredPackage, type Wiring, wirePackage } from './wired-package.ts';

export interface WrittenFile {
  readonly path: string;
  readonly what: string;
  /** `kept`: a file with this name existed and was not touched; `added`: lines were added to it. */
  readonly state: 'written' | 'kept' | 'added';
}

/** @throws errors of the file system, except that a file already exists. */
export async function writeStarter(root: string, files: readonly StarterFile[]): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const { path, text, what } of files) {
    const place = join(root, path);
    makeFolder(dirname(place));
    // Exclusive, so that a file that appears in the meantime, or the target of a link, is not overwritten either.
    const state = await writeFile(place, text, { flag: 'wx' }).then(
      () => 'written' as const,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return 'kept' as const;
        throw error;
      },
    );
    written.push({ path, what, state });
  }
  return written;
}

/** What the project's package.json will be; nothing is written yet. @throws TypeError, in words, if the file is not a package.json. */
export async function plannedPackage(root: string, wiring: Wiring): Promise<WiredPackage> {
  try {
    return wirePackage(await textOf(join(root, 'package.json')), wiring);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`${join(root, 'package.json')}: ${error.message}\n  write a package.json like the one of npm init`);
  }
}

/** Writes package.json as planned, and adds to .gitignore. */
export async function writeWiring(root: string, planned: WiredPackage): Promise<WrittenFile[]> {
  const manifest = join(root, 'package.json');
  const before = await textOf(manifest);
  if (before !== planned.text) await writeFile(manifest, planned.text);
  const ignore = join(root, '.gitignore');
  const ignored = await textOf(ignore);
  const wired = wireIgnore(ignored);
  if (wired !== null) await writeFile(ignore, wired);
  return [
    { path: 'package.json', what: planned.added.join(', '), state: stateOf(before, planned.added.length > 0) },
    { path: '.gitignore', what: 'excludes what npm installs and what runs write', state: stateOf(ignored, wired !== null) },
  ];
}

function stateOf(before: string | null, changed: boolean): WrittenFile['state'] {
  if (!changed) return 'kept';
  return before === null ? 'written' : 'added';
}

/** Null if there is no such file. */
async function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}
