/**
 * The cache of what was built or installed: one folder for each commit or package version, complete or absent. It is outside every
 * node_modules, since Node runs no TypeScript there, and outside the user's project, which is never touched.
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** This many are kept; of the others, those that nobody used for a day are deleted. */
const KEPT = 10;
const UNUSED_MS = 24 * 3_600_000;

/** `$XDG_CACHE_HOME/letitcrash/<what>`, by the rules of the XDG base directories: what was built of a source, runtimes, profilers. */
export function cacheFolder(what: 'sources' | 'runtimes' | 'profilers', env: NodeJS.ProcessEnv = process.env): string {
  const home = env.XDG_CACHE_HOME?.startsWith('/') ? env.XDG_CACHE_HOME : join(homedir(), '.cache');
  return join(home, 'letitcrash', what);
}

/** A folder's key: what is in it may hold code for one platform and one version of Node's binary interface. */
export function cacheKey(...parts: readonly string[]): string {
  const words = [...parts, process.platform, process.arch, `abi${process.versions.modules}`];
  return words.map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '_')).join('-');
}

/**
 * The folder of this key; `fill` makes its content if it is absent. A folder appears whole or not at all, so that neither a killed process
 * nor two simultaneous ones leave half of one.
 */
export async function cached(folder: string, key: string, fill: (unfinished: string) => Promise<void>): Promise<string> {
  const whole = join(folder, key);
  if (!(await exists(whole))) {
    await mkdir(folder, { recursive: true });
    const unfinished = await mkdtemp(`${whole}.part-`);
    try {
      await fill(unfinished);
      await rename(unfinished, whole).catch((error: unknown) => {
        // Another process was faster, with the same content.
        if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      });
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  const now = new Date();
  await utimes(whole, now, now);
  await prune(folder, now.getTime());
  return whole;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function prune(folder: string, nowMs: number): Promise<void> {
  const entries = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      // Another process may be deleting the same one.
      const usedMs = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => nowMs,
      );
      return { path, usedMs };
    }),
  );
  const surplus = entries.toSorted((a, b) => b.usedMs - a.usedMs).slice(KEPT);
  await Promise.all(
    surplus.filter(({ usedMs }) => nowMs - usedMs > UNUSED_MS).map(({ path }) => rm(path, { recursive: true, force: true })),
  );
}
