/**
 * Dependencies that a project names by a path outside its repository, like `file:../letitcrash-0.1.0.tgz`: from a checkout in the cache
 * that path leads somewhere else, so it is replaced by an absolute path.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';

interface Place {
  /** The folder of the manifest in the user's work tree, to which its paths are relative. */
  readonly folder: string;
  /** The root of that repository: what is below it is in the checkout too. */
  readonly top: string;
}

const FILES = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json'];
const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** Rewrites the manifest and lock file of `checkout`, a folder in the cache, if they name such files. */
export async function anchorOutsideFiles(checkout: string, place: Place): Promise<void> {
  for (const name of FILES) {
    const file = join(checkout, name);
    const text = await readFile(file, 'utf8').catch(() => null);
    // npm complains about what is not JSON.
    const anchored = text === null ? null : anchoredText(text, place);
    if (anchored !== null && anchored !== text) await writeFile(file, anchored);
  }
}

/** The manifest or lock file as it must be in another place; unchanged if nothing leads outside, or if it is not JSON. Pure. */
export function anchoredText(text: string, place: Place): string {
  if (!text.includes('"file:')) return text;
  try {
    return `${JSON.stringify(
      JSON.parse(text, (key, value) => anchoredValue(key, value, place)),
      null,
      2,
    )}\n`;
  } catch {
    return text;
  }
}

/** A section of dependencies, or the `resolved` of a lock file. */
function anchoredValue(key: string, value: unknown, place: Place): unknown {
  if (key === 'resolved' && typeof value === 'string') return anchoredSpec(value, place);
  if (!SECTIONS.includes(key) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, spec]) => [name, typeof spec === 'string' ? anchoredSpec(spec, place) : spec]),
  );
}

function anchoredSpec(spec: string, { folder, top }: Place): string {
  if (!spec.startsWith('file:')) return spec;
  const path = resolve(folder, spec.slice('file:'.length));
  const below = relative(top, path);
  return below.startsWith('..') || isAbsolute(below) ? `file:${path}` : spec;
}
