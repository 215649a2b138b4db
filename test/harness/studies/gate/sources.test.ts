import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cached, cacheFolder } from '../../../../harness/run/tools/cache.ts';
import { buildSource } from '../../../../harness/studies/gate/side-source.ts';
import { targetsOf } from '../../../../harness/studies/gate/side-targets.ts';
import { readSource } from '../../../../harness/studies/gate/source-text.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { makeProject, type Project, targetsModule } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await makeProject();
});
afterEach(() => project.remove());

async function commit(message: string): Promise<string> {
  project.git('add', '--all');
  project.git('commit', '--quiet', '--message', message);
  return project.git('rev-parse', 'HEAD');
}

describe('what a source names', () => {
  test.each([
    ['origin/main', 'nothing', { kind: 'revision', revision: 'origin/main' }],
    ['HEAD~2', 'nothing', { kind: 'revision', revision: 'HEAD~2' }],
    ['main@{1}', 'nothing', { kind: 'revision', revision: 'main@{1}' }],
    ['letitcrash@0.1.0', 'nothing', { kind: 'package', name: 'letitcrash', version: '0.1.0' }],
    ['@acme/chat@^2', 'nothing', { kind: 'package', name: '@acme/chat', version: '^2' }],
    ['git:chat@0.1.0', 'nothing', { kind: 'revision', revision: 'chat@0.1.0' }],
    ['release', 'folder', { kind: 'folder', path: 'release' }],
    ['git:release', 'folder', { kind: 'revision', revision: 'release' }],
    ['../stable', 'nothing', { kind: 'folder', path: '../stable' }],
    ['result.json', 'file', { kind: 'file', path: 'result.json' }],
    ['--upload-pack=x', 'nothing', null],
    ['git:--help', 'nothing', null],
    ['npm:--global@1', 'nothing', null],
    [' ', 'nothing', null],
  ] as const)('%s, where there is %s of this name, is %j', (written, onDisk, source) => {
    expect(readSource(written, onDisk)).toEqual(source);
  });
});

describe('a git revision', () => {
  test('becomes a folder with the files of its commit, and nothing of the work tree is touched', async () => {
    await project.write('targets/index.ts', targetsModule('old'));
    const first = await commit('first');
    await project.write('targets/index.ts', targetsModule('new'));
    await commit('second');
    await project.write('targets/index.ts', targetsModule('uncommitted'));
    await project.write('staged.txt', 'staged');
    project.git('add', 'staged.txt');
    const before = project.git('status', '--porcelain=v1');

    const baseline = await buildSource('HEAD~1', project.building());
    expect(baseline.label).toBe(`git ${first.slice(0, 12)} (HEAD~1)`);
    expect([...(await targetsOf(baseline)).keys()]).toEqual(['old']);
    const candidate = await buildSource('.', project.building());
    expect(candidate).toEqual({ isRevision: false, label: 'folder .', root: project.folder });
    expect([...(await targetsOf(candidate)).keys()]).toEqual(['uncommitted']);

    expect(project.git('status', '--porcelain=v1')).toBe(before);
    expect(project.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(await readdir(project.cache)).toEqual([expect.stringMatching(new RegExp(`^git-${first}-`))]);
  });

  test('is checked out once, whatever name is used for it', async () => {
    await project.write('targets/index.ts', targetsModule('only'));
    await commit('only');
    const one = await buildSource('main', project.building());
    const again = await buildSource('HEAD', project.building());
    expect(again.root).toBe(one.root);
    expect(project.messages).toEqual([expect.stringContaining('checking out main')]);
  });

  test('has its dependencies installed by npm ci, and is built without a shell', async () => {
    await project.write('package.json', '{ "name": "chat", "version": "1.0.0", "dependencies": { "lib": "file:lib" } }');
    await project.write('lib/package.json', '{ "name": "lib", "version": "1.0.0" }');
    await project.write(
      'package-lock.json',
      JSON.stringify({
        name: 'chat',
        version: '1.0.0',
        lockfileVersion: 3,
        packages: {
          '': { name: 'chat', version: '1.0.0', dependencies: { lib: 'file:lib' } },
          lib: { version: '1.0.0' },
          'node_modules/lib': { resolved: 'lib', link: true },
        },
      }),
    );
    await commit('with a dependency');
    const build = [process.execPath, '-e', 'require("fs").writeFileSync("built.txt", process.argv[1])', '$HOME; rm -rf .'];
    const { root } = await buildSource('main', project.building({ build }));
    expect(existsSync(join(root, 'node_modules', 'lib', 'package.json'))).toBe(true);
    expect(await readFile(join(root, 'built.txt'), 'utf8')).toBe('$HOME; rm -rf .');
    expect(project.messages.join('\n')).toMatch(
      /checking out main.*\ninstalling the dependencies of main \(npm ci\)\nbuilding main/,
    );
    expect(existsSync(join(project.folder, 'node_modules'))).toBe(false);
  });

  test('of a project in a subfolder of its repository has its root there', async () => {
    await project.write('services/chat/targets/index.ts', targetsModule('deep'));
    await commit('deep');
    const inside = { cwd: join(project.folder, 'services', 'chat') };
    const { root } = await buildSource('HEAD', project.building(inside));
    expect(root.endsWith('/services/chat')).toBe(true);
    expect([...(await targetsOf({ label: '', root })).keys()]).toEqual(['deep']);
  });

  test("that fails to build leaves nothing in the cache, and the build's own message is shown", async () => {
    await project.write('a.txt', 'a');
    await commit('a');
    const build = [process.execPath, '-e', 'console.error("no such luck"); process.exit(3)'];
    const attempt = buildSource('main', project.building({ build }));
    await expect(attempt).rejects.toMatchObject({
      name: 'ToolError',
      message: expect.stringMatching(/ended with 3.*no such luck/s),
    });
    expect(await readdir(project.cache)).toEqual([]);
  });

  test('that does not exist, or that no repository can have, is refused, and the message says what would be right', async () => {
    await project.write('a.txt', 'a');
    await commit('a');
    await expect(buildSource('no-such-branch', project.building())).rejects.toMatchObject({
      blames: 'request',
      message: expect.stringContaining('fetch-depth: 0'),
    });
    await mkdir(join(project.folder, '..', 'elsewhere'));
    const elsewhere = project.building({ cwd: join(project.folder, '..', 'elsewhere') });
    await expect(buildSource('main', elsewhere)).rejects.toMatchObject({
      blames: 'request',
      message: expect.stringContaining('not a git repository'),
    });
  });

  test('leaves no process and no half-filled folder if its build is interrupted', async () => {
    await project.write('a.txt', 'a');
    await commit('a');
    const interruption = new AbortController();
    const pidFile = join(project.folder, 'pid.txt');
    // A child of the build's, as npm has: it must end too.
    const program = `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid)); setInterval(() => {}, 1000);`;
    const attempt = buildSource(
      'main',
      project.building({ build: [process.execPath, '-e', program], signal: interruption.signal }),
    );
    attempt.catch(() => undefined);
    await expect.poll(() => existsSync(pidFile) && readFile(pidFile, 'utf8')).toMatch(/^\d+$/);
    interruption.abort();
    await expect(attempt).rejects.toThrow(/abort/i);
    const pid = Number(await readFile(pidFile, 'utf8'));
    await expect.poll(() => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(statusOf(pid))).toBe(false);
    expect(await readdir(project.cache)).toEqual([]);
  });
});

describe('a baseline that is figures instead of a server', () => {
  test('made on another machine is refused, and the message says what differs', async () => {
    const { environment } = exampleResult();
    const elsewhere = { ...exampleResult(), environment: { ...environment, cpu: 'Another CPU', cores: 97 } };
    await project.write('runs/old/result.json', JSON.stringify(elsewhere));
    for (const named of ['runs/old', 'runs/old/result.json']) {
      await expect(buildSource(named, project.building())).rejects.toMatchObject({
        blames: 'request',
        message: expect.stringMatching(
          /cannot be a baseline.*another machine.*processor: 97 x Another CPU there, \d+ x .* here/s,
        ),
      });
    }
  });

  test('made on this machine is refused as well, because it was not made now', async () => {
    const { machineFingerprint } = await import('../../../../harness/evidence/measure/fingerprint.ts');
    const { thisMachine } = await import('../../../../harness/evidence/measure/environment.ts');
    const here = { ...exampleResult(), environment: { ...exampleResult().environment, ...thisMachine() } };
    expect(machineFingerprint(here.environment)).toBe(machineFingerprint(thisMachine()));
    await project.write('result.json', JSON.stringify(here));
    await expect(buildSource('result.json', project.building())).rejects.toMatchObject({
      blames: 'request',
      message: expect.stringContaining(`but not now (${here.startedAt})`),
    });
  });

  test('or any other file is not a server', async () => {
    await project.write('notes.json', '{}');
    await expect(buildSource('notes.json', project.building())).rejects.toMatchObject({
      blames: 'request',
      message: expect.stringContaining('is a file, not a server'),
    });
  });
});

describe('the targets of a side', () => {
  test('are those of its dist if there are no sources', async () => {
    await project.write('package.json', '{ "type": "module" }');
    await project.write('dist/targets/index.js', targetsModule('compiled').replace(': string', ''));
    expect([...(await targetsOf({ label: 'x', root: project.folder })).keys()]).toEqual(['compiled']);
  });

  test.each([
    ['export const targets = [];', 'request', 'exports no list of targets'],
    ['export const targets = [{ name: "half" }];', 'request', 'exports no list of targets'],
    ['import "not-installed-anywhere";', 'machine', 'npm ci'],
  ])('that are %j are refused', async (text, blames, part) => {
    await project.write('targets/index.js', text);
    await project.write('package.json', '{ "type": "module" }');
    await expect(targetsOf({ label: 'x', root: project.folder })).rejects.toMatchObject({
      blames,
      message: expect.stringContaining(part),
    });
  });

  test('that do not exist are refused', async () => {
    await expect(targetsOf({ label: 'folder main', root: project.folder })).rejects.toMatchObject({
      blames: 'request',
      message: expect.stringMatching(/folder main: has no targets.*git:<revision>/s),
    });
  });
});

describe('the cache', () => {
  test('lies where the system keeps caches', () => {
    expect(cacheFolder('sources', { XDG_CACHE_HOME: '/caches' })).toBe('/caches/letitcrash/sources');
    expect(cacheFolder('sources', { XDG_CACHE_HOME: 'relative' })).toMatch(/\/\.cache\/letitcrash\/sources$/);
  });

  test('fills a folder once, even when two processes ask at the same time', async () => {
    const fill = (folder: string): Promise<void> => writeFile(join(folder, 'a'), 'a');
    const paths = await Promise.all([cached(project.cache, 'k', fill), cached(project.cache, 'k', fill)]);
    expect(new Set(paths)).toEqual(new Set([join(project.cache, 'k')]));
    expect(await readdir(project.cache)).toEqual(['k']);
    await cached(project.cache, 'k', () => expect.fail('filled again'));
  });

  test('keeps the ten latest folders, and the others only while they are in use', async () => {
    const old = new Date(Date.now() - 48 * 3_600_000);
    for (let i = 0; i < 12; i++) {
      const path = await cached(project.cache, `k${i}`, async () => undefined);
      if (i < 6) await utimes(path, old, old);
    }
    await cached(project.cache, 'latest', async () => undefined);
    const kept = await readdir(project.cache);
    expect(kept).toContain('latest');
    expect(kept.length).toBe(10);
    expect((await stat(join(project.cache, 'k11'))).isDirectory()).toBe(true);
  });
});

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
