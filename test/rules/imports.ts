/** Who imports whom: read from the sources, relative paths only. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

export interface Arrow {
  /** The file that imports, and the one that it imports, from the root of the tree, with slashes. */
  readonly from: string;
  readonly to: string;
  /** Whether nothing but types passes. */
  readonly typeOnly: boolean;
}

export interface Source {
  readonly path: string;
  readonly text: string;
}

const STATEMENT = /^(?:import|export)\s+(type\s)?([^;'"`]*?\sfrom\s+)?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/gm;

const CODE = /\.[cm]?[jt]sx?$/;

/** The files of code under the folders given, without declarations of other people's packages. */
export function sourcesOf(root: string, folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && CODE.test(entry.name) && !entry.parentPath.includes('node_modules'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') })),
  );
}

export function arrowsOf(sources: readonly Source[]): Arrow[] {
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(STATEMENT)].map(([, type, names, written, whileRunning]) => ({
      from: path,
      to: posix.normalize(posix.join(dirname(path), written ?? whileRunning ?? '')),
      typeOnly: type !== undefined || /^\{(?:\s*type\s[^,}]+,?)+\s*\}\s+from\s/.test(names ?? ''),
    })),
  );
}
