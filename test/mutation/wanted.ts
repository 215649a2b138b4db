/** What is to be mutated: everything, given files and folders, or the lines that changed since a revision. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { areaOf, areas } from './areas.ts';

/** Nothing is executed in a file that only declares types, or only holds data or styles. */
const CODE = '**/!(*.d).ts';
/** `@@ -10,2 +12,3 @@`: three lines from line 12 on. */
const HUNK = /^@@ [^+]*\+(\d+)(?:,(\d+))? @@/;

/** Patterns for Stryker's `mutate`. @throws Error for a path that is in no area. */
export function wantedPatterns(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return areas.map(({ folder }) => `${folder}/${CODE}`);
  return paths.flatMap((given) => {
    const path = given.replace(/\/+$/, '');
    if (!existsSync(path)) throw new Error(`${given}: there is no such file or folder`);
    const within = areas.filter(({ folder }) => folder.startsWith(`${path}/`)).map(({ folder }) => `${folder}/${CODE}`);
    if (areaOf(`${path}/`) !== undefined) return statSync(path).isDirectory() ? [`${path}/${CODE}`, ...within] : [path];
    if (within.length > 0) return within;
    throw new Error(`${given} is in no area; the areas are ${areas.map(({ folder }) => folder).join(', ')}`);
  });
}

/** The same, for the lines of the areas that differ from those of `revision`. @throws Error for a revision that git does not know. */
export function changedPatterns(revision: string): readonly string[] {
  const git = [
    'diff',
    '--unified=0',
    '--no-color',
    '--no-ext-diff',
    '--src-prefix=a/',
    '--dst-prefix=b/',
    '--diff-filter=AMR',
    '--end-of-options',
    revision,
    '--',
    '*.ts',
  ];
  return changedLines(execFileSync('git', git, { encoding: 'utf8', maxBuffer: 256 * 2 ** 20 }));
}

/** From a diff without context. */
export function changedLines(diff: string): readonly string[] {
  const patterns: string[] = [];
  let file = '';
  for (const line of diff.split('\n')) {
    if (line.startsWith('+++ b/')) file = line.slice('+++ b/'.length);
    const hunk = HUNK.exec(line);
    if (hunk === null || areaOf(file) === undefined) continue;
    const first = Number(hunk[1]);
    const count = Number(hunk[2] ?? 1);
    if (count > 0) patterns.push(`${file}:${first}-${first + count - 1}`);
  }
  return patterns;
}
