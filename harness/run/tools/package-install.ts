/** A published version as a folder that can be run: installed by npm into the cache, with its dependencies. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheKey } from './cache.ts';
import { npm, runTool } from './tool.ts';

export interface Installing {
  /** Where packages are kept: see cache.ts. */
  readonly cache: string;
  readonly signal: AbortSignal;
  /** Called when something that takes long begins. */
  readonly progress: (message: string) => void;
}

export interface InstalledPackage {
  readonly name: string;
  /** What npm made of the version that was asked for. */
  readonly version: string;
  /** Where its package.json is. */
  readonly root: string;
}

const INSTALL_LIMIT_MS = 20 * 60_000;
const EXACT = /^\d+\.\d+\.\d+(?:[-+][A-Za-z0-9.+-]+)?$/;

/** @throws ToolError if npm cannot install it. */
export async function installPackage(
  { name, version }: { readonly name: string; readonly version: string },
  installing: Installing,
): Promise<InstalledPackage> {
  const { cache } = installing;
  if (EXACT.test(version)) {
    const folder = await cached(cache, cacheKey('npm', name, version), (unfinished) =>
      install(`${name}@${version}`, unfinished, installing),
    );
    return installedIn(folder, name, version);
  }
  // A tag or a range means something else tomorrow: npm decides each time, and its decision is the key.
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, 'npm-resolving.part-'));
  try {
    await install(`${name}@${version}`, fresh, installing);
    const found = await versionIn(join(fresh, 'node_modules', name));
    const folder = await cached(cache, cacheKey('npm', name, found), async (unfinished) => {
      await rm(unfinished, { recursive: true });
      await rename(fresh, unfinished);
    });
    return installedIn(folder, name, found);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function installedIn(folder: string, name: string, version: string): InstalledPackage {
  return { name, version, root: join(folder, 'node_modules', name) };
}

async function install(wanted: string, folder: string, { signal, progress }: Installing): Promise<void> {
  progress(`installing ${wanted} (npm install)`);
  // This needs its own package.json, or npm would look for one further up.
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  // What is wanted comes first: of long command lines an error keeps the beginning.
  const words = npm('install', wanted, '--no-audit', '--no-fund', '--no-package-lock');
  await runTool(words, { cwd: folder, signal, limitMs: INSTALL_LIMIT_MS });
}

async function versionIn(folder: string): Promise<string> {
  const manifest: { version?: unknown } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return String(manifest.version);
}
