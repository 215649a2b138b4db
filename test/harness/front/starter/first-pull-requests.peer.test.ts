/**
 * What `letitcrash init` writes, walked as a new user's CI would: a fresh repository of npm init -y, the published package, and each script of
 * the job it wrote on two changes, the one that brings all this and the one after it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CommandOutcome, command, isRegistryMissing, LIMIT_MS, pack, succeeds } from '../library/packed-package.ts';

const isSkipped = await isRegistryMissing();

/** Where the scripts of the job are, and how its system checks out. */
const SYSTEMS = {
  github: {
    file: '.github/workflows/letitcrash-gate.yml',
    scripts: (job: { jobs: { gate: { steps: { run?: string }[] } } }) => job.jobs.gate.steps.flatMap(({ run }) => run ?? []),
    depth: ['--depth', '2'],
  },
  gitlab: {
    file: '.gitlab-ci.yml',
    scripts: (job: { 'letitcrash-gate': { script: string[] } }) => job['letitcrash-gate'].script,
    depth: [],
  },
} as const;

describe.skipIf(isSkipped).each(['github', 'gitlab'] as const)('a fresh repository on %s', (system) => {
  const { file, scripts, depth } = SYSTEMS[system];
  let home: string;
  let project: string;
  const git = (cwd: string, ...args: string[]): Promise<string> =>
    succeeds('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], cwd);
  const written = (path: string, change: (text: string) => string): void => {
    const place = join(project, path);
    writeFileSync(place, change(readFileSync(place, 'utf8')));
  };

  /** Commits what is there as a change of its own, merged into main. */
  async function merged(name: string): Promise<void> {
    await git(project, 'checkout', '--quiet', '-b', name);
    await git(project, 'add', '--all');
    await git(project, 'commit', '--quiet', '--message', name);
    await git(project, 'checkout', '--quiet', 'main');
    await git(project, 'merge', '--quiet', '--no-ff', '--message', `merge ${name}`, name);
  }

  /** The job of the newest change, each script until one fails. */
  async function job(): Promise<CommandOutcome & { readonly folder: string }> {
    const folder = mkdtempSync(join(home, 'ci-'));
    const [, base = ''] = (await git(project, 'rev-list', '--parents', '--max-count=1', 'HEAD')).trim().split(' ');
    await git(folder, 'init', '--quiet');
    await git(folder, 'fetch', '--quiet', ...depth, `file://${project}`, 'main');
    await git(folder, 'checkout', '--quiet', 'FETCH_HEAD');
    const env = {
      RUNNER_TEMP: join(folder, '.tmp'),
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      XDG_CACHE_HOME: join(home, 'cache'),
    };
    let text = '';
    for (const script of scripts(parse(readFileSync(join(folder, file), 'utf8')))) {
      const outcome = await command('bash', ['-e', '-c', script], folder, env);
      text += `$ ${script}\n${outcome.text}`;
      if (outcome.code !== 0) return { code: outcome.code, text, folder };
    }
    return { code: 0, text, folder };
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'letitcrash-first-'));
    project = join(home, 'project');
    mkdirSync(project);
    const tarball = await pack(home);
    await git(project, 'init', '--quiet', '--initial-branch=main');
    await succeeds('npm', ['init', '-y'], project);
    await git(project, 'add', '--all');
    await git(project, 'commit', '--quiet', '--message', 'before letitcrash');
    await succeeds('npm', ['install', '--save-dev', '--no-audit', '--no-fund', tarball], project);
    await succeeds('npx', ['letitcrash', 'init', '--server', 'own', '--ci', system], project);
    await succeeds('npm', ['install', '--no-audit', '--no-fund'], project);
    // The same commands, with less to do.
    written('letitcrash/gate.yaml', (text) => text.replace('duration: 4s', 'duration: 1s').replace('lag: 200ms', 'lag: 20s'));
    written('letitcrash/policy.yaml', (text) =>
      text
        .replace('response.p50: 5%', 'response.p50: 900%')
        .replace('cpu.serverPerMessage: 5%', 'cpu.serverPerMessage: { margin: 900%, role: advisory }')
        .replace('alpha: 1%', 'alpha: 20%')
        .replace('blocks: 24', 'blocks: 6'),
    );
  }, LIMIT_MS);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test(
    'is CommonJS, as npm init -y makes it, and does not commit what npm installed',
    async () => {
      expect(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))).toMatchObject({ type: 'commonjs' });
      await merged('gate');
      expect(await git(project, 'ls-files')).not.toContain('node_modules');
    },
    LIMIT_MS,
  );

  test(
    'has a green gate on the change that brings it, which is played alone',
    async () => {
      const { code, text } = await job();
      expect(code, text).toBe(0);
      expect(text).toContain('has no letitcrash/my-target.mts. The candidate was played alone');
    },
    LIMIT_MS,
  );

  test(
    'has a green gate on the next change, which is compared with what was before it',
    async ({ skip }) => {
      written('letitcrash/my-server.mjs', (text) => `${text}// A comment more.\n`);
      await merged('change');
      const { code, text, folder } = await job();
      // What the machine spoilt says nothing of the job; anything else that ends with 5 fails.
      if (code === 5 && /waited for a processor|the generator could not keep up/.test(text))
        skip('the machine was too busy to compare anything on it');
      expect(code, text).toBe(0);
      const out = system === 'github' ? '.tmp/letitcrash-gate' : 'letitcrash-gate';
      expect(JSON.parse(readFileSync(join(folder, out, 'comparison.json'), 'utf8'))).toMatchObject({ valid: true });
    },
    LIMIT_MS,
  );
});
