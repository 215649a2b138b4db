/** What a folder tells about the project in it: which CI it uses, and what installs its dependencies. Reads only. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GITLAB_FILE } from './gitlab-job.ts';
import type { StarterCi } from './starter-files.ts';

export interface FoundProject {
  /** From its files, or from the host that it is pushed to; none if neither tells. */
  readonly ci: StarterCi;
  readonly hasGitlabFile: boolean;
  /** The lock file of a package manager other than npm, with the words that install what is locked; null for npm. */
  readonly otherInstaller: { readonly lock: string; readonly install: readonly string[] } | null;
}

const OTHER_INSTALLERS: Readonly<Record<string, readonly string[]>> = {
  'pnpm-lock.yaml': ['pnpm', 'install', '--frozen-lockfile'],
  'yarn.lock': ['yarn', 'install', '--immutable'],
  'bun.lock': ['bun', 'install', '--frozen-lockfile'],
  'bun.lockb': ['bun', 'install', '--frozen-lockfile'],
};

export async function findProject(root: string): Promise<FoundProject> {
  const has = (name: string): boolean => existsSync(join(root, name));
  const hasGitlabFile = has(GITLAB_FILE);
  const other = Object.entries(OTHER_INSTALLERS).find(([lock]) => has(lock) && !has('package-lock.json'));
  const otherInstaller = other === undefined ? null : { lock: other[0], install: other[1] };
  if (hasGitlabFile) return { ci: 'gitlab', hasGitlabFile, otherInstaller };
  if (has('.github')) return { ci: 'github', hasGitlabFile, otherInstaller };
  const config = await readFile(join(root, '.git/config'), 'utf8').catch(() => '');
  const [, host = ''] = /^\s*url\s*=\s*(?:\w+:\/\/)?(?:[^@/\s]+@)?([^/:\s]+)/m.exec(config) ?? [];
  const ci = host === 'github.com' ? 'github' : host.includes('gitlab') ? 'gitlab' : 'none';
  return { ci, hasGitlabFile, otherInstaller };
}
