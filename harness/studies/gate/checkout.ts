/**
 * A git revision as a folder that can be run: the files of its commit, its dependencies, its build. The user's work tree and index are not
 * touched: the files are copied from the object store to the cache through a separate index.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { cached, cacheKey } from '../../run/tools/cache.ts';
import type { Installing } from '../../run/tools/package-install.ts';
import { npm, runTool } from '../../run/tools/tool.ts';
import { ToolError } from '../../run/tools/tool-error.ts';
import { GateError } from './gate-error.ts';
import { anchorOutsideFiles } from './outside-files.ts';

export interface Building extends Installing {
  /** The folder in whose repository revisions are looked up. */
  readonly cwd: string;
  /** Run after the dependencies are installed; null if nothing needs to be built. */
  readonly build: readonly string[] | null;
}

export interface BuiltSource {
  /** In words, for reports: `git 1a2b3c4d5e6f (main)`. */
  readonly label: string;
  /** Where its package.json and its targets are. */
  readonly root: string;
  /** For a git revision: a missing file did not exist then. Elsewhere the name may be wrong. */
  readonly isRevision: boolean;
}

const GIT_LIMIT_MS = 5 * 60_000;
const BUILD_LIMIT_MS = 20 * 60_000;
const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json'];

/** @throws GateError for a revision that does not exist, ToolError for an installation or a build that fails. */
export async function checkOut(revision: string, building: Building): Promise<BuiltSource> {
  const { cwd, signal, progress, build } = building;
  const git = gitFor(signal);
  const { top, commit } = await findCommit(revision, building);
  // The project may be a folder of a larger repository.
  const project = (await git(cwd, ['rev-parse', '--show-prefix'])).replace(/\/?\n$/, '');
  const recipe = build === null ? [] : [createHash('sha256').update(JSON.stringify(build)).digest('hex').slice(0, 12)];
  const folder = await cached(building.cache, cacheKey('git', commit, ...placeOf(project), ...recipe), async (unfinished) => {
    progress(`checking out ${revision} (${commit.slice(0, 12)})`);
    const index = `${unfinished}.index`;
    try {
      await git(top, ['read-tree', commit], { GIT_INDEX_FILE: index });
      await git(top, ['checkout-index', '--all', `--prefix=${unfinished}/`], { GIT_INDEX_FILE: index });
    } finally {
      await rm(index, { force: true });
    }
    const root = join(unfinished, project);
    // A project that the change adds: there is nothing to install, and a request for its server is told that it does not exist.
    if (existsSync(root)) await prepare(root, { checkout: unfinished, original: top }, revision, building);
  });
  return { label: `git ${commit.slice(0, 12)} (${revision})`, root: join(folder, project), isRevision: true };
}

type Git = (folder: string, args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<string>;

function gitFor(signal: AbortSignal): Git {
  return (folder, args, env = {}) =>
    runTool(['git', ...args], { cwd: folder, signal, limitMs: GIT_LIMIT_MS, env: { ...env, LC_ALL: 'C' } });
}

/** The commit that a revision names, and the root of its repository. @throws GateError if there is none. */
export async function findCommit(
  revision: string,
  { cwd, signal }: Pick<Building, 'cwd' | 'signal'>,
): Promise<{ readonly top: string; readonly commit: string }> {
  const git = gitFor(signal);
  const top = (await inRepository(revision, git(cwd, ['rev-parse', '--show-toplevel']))).trimEnd();
  const commit = await commitOf(revision, git(top, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]));
  return { top, commit };
}

/** Commits are checked out once; a project within one has its own dependencies. */
function placeOf(project: string): string[] {
  return project === '' ? [] : [createHash('sha256').update(project).digest('hex').slice(0, 12)];
}

/** The root folders of the checkout and of the repository from which it was taken. */
interface Tops {
  readonly checkout: string;
  readonly original: string;
}

async function prepare(root: string, tops: Tops, revision: string, { build, signal, progress }: Building): Promise<void> {
  const locked = lockedFolder(root, tops.checkout);
  if (locked !== null) {
    const folder = join(tops.original, relative(tops.checkout, locked));
    await anchorOutsideFiles(locked, { folder, top: tops.original });
    progress(`installing the dependencies of ${revision} (npm ci)`);
    await runTool(npm('ci', '--no-audit', '--no-fund'), { cwd: locked, signal, limitMs: BUILD_LIMIT_MS });
  }
  const [program, ...args] = build ?? [];
  if (program === undefined) return;
  progress(`building ${revision} (${[program, ...args].join(' ')})`);
  await runTool([program, ...args], { cwd: root, signal, limitMs: BUILD_LIMIT_MS });
}

/** The nearest folder with a lock file, from the project up to the root of the checkout: a workspace is locked at its root. */
function lockedFolder(root: string, top: string): string | null {
  for (let folder = root; !relative(top, folder).startsWith('..'); folder = dirname(folder)) {
    if (LOCKS.some((name) => existsSync(join(folder, name)))) return folder;
  }
  return null;
}

async function inRepository(revision: string, top: Promise<string>): Promise<string> {
  return top.catch((error: unknown) => {
    if (!(error instanceof ToolError) || !error.message.includes('ot a git repository')) throw error;
    throw new GateError('request', `${revision}: is not a folder here, and this is not a git repository\n  ${SOURCES}`);
  });
}

async function commitOf(revision: string, commit: Promise<string>): Promise<string> {
  return (
    await commit.catch((error: unknown) => {
      if (!(error instanceof ToolError)) throw error;
      throw new GateError(
        'request',
        `${revision}: is neither a folder nor a revision of this repository\n  ${SOURCES}; in CI fetch it first (actions/checkout with fetch-depth: 0)`,
      );
    })
  ).trim();
}

/** What can be named, for remedies. */
export const SOURCES = 'give a git revision like origin/main, a folder like ../stable, or a package like letitcrash@0.1.0';
