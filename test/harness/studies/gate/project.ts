/** Small projects in real git repositories, in folders that are thrown away. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Building } from '../../../../harness/studies/gate/checkout.ts';

export interface Project {
  readonly folder: string;
  readonly cache: string;
  readonly messages: string[];
  git(...args: readonly string[]): string;
  write(path: string, text: string): Promise<void>;
  building(change?: Partial<Building>): Building;
  remove(): Promise<void>;
}

/** A module of targets with one that does nothing: enough to be imported. */
export function targetsModule(name: string): string {
  return `const name: string = ${JSON.stringify(name)};
export const targets = [{ name, start: async () => undefined, checkConfig: () => [] }];
`;
}

/** An empty repository on its branch `main`, and an empty cache beside it. */
export async function makeProject(): Promise<Project> {
  const home = await mkdtemp(join(tmpdir(), 'letitcrash-gate-'));
  const [folder, cache] = [join(home, 'project'), join(home, 'cache')];
  await mkdir(folder);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  const messages: string[] = [];
  return {
    folder,
    cache,
    messages,
    git,
    write: async (path, text) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    },
    building: (change = {}) => ({
      cache,
      cwd: folder,
      build: null,
      signal: new AbortController().signal,
      progress: (message) => messages.push(message),
      ...change,
    }),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
