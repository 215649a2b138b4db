import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type GateRequest, prepareSides } from '../../../../harness/studies/gate/prepare-sides.ts';
import { makeProject, type Project } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await makeProject();
  await project.write('load.yaml', scenario('fake'));
});
afterEach(() => project.remove());

function scenario(use: string): string {
  return `name: small\ntarget: { use: ${use}, durability: memory }\nusers: 10\nload: { rate: 10/s, duration: 1s }\n`;
}

/** A target that only says what it is; `summary` tells the versions apart, `knows` is the one setting that it takes. */
function target(summary: string, { name = 'fake', knows = 'none', available = 'true' } = {}): string {
  return `export const target = {
  name: ${JSON.stringify(name)}, summary: ${JSON.stringify(summary)}, driver: 'native', capabilities: new Set(), durabilities: ['memory'],
  checkConfig: (config) => Object.keys(config).filter((key) => key !== ${JSON.stringify(knows)}).map((key) => key + ': is no setting'),
  availability: async () => (${available} ? { available: true } : { available: false, reason: 'not today', remedy: 'come tomorrow' }),
  start: async () => { throw new Error('not started'); },
};\n`;
}
const listed = (text: string): string => `${text}export const targets = [target];\n`;

function commit(message: string): void {
  project.git('add', '--all');
  project.git('commit', '--quiet', '--message', message);
}

const prepare = (change: Partial<GateRequest> = {}) =>
  prepareSides(
    {
      baseline: 'HEAD',
      candidate: '.',
      scenario: join(project.folder, 'load.yaml'),
      overrides: [],
      seed: 7,
      ...change,
    },
    project.building(),
  );

describe('the sides of a gate', () => {
  test('have the same plan, and each the target of its own root', async () => {
    await project.write('targets/index.js', listed(target('as it was')));
    await project.write('package.json', '{ "type": "module" }');
    commit('as it was');
    await project.write('targets/index.js', listed(target('as it is')));
    const { baseline, candidate } = await prepare();
    expect([baseline?.target.summary, candidate.target.summary]).toEqual(['as it was', 'as it is']);
    expect(baseline?.plan).toEqual(candidate.plan);
    expect(candidate.plan).toMatchObject({ seed: 7, users: 10, target: { use: 'fake', durability: 'memory' } });
  });

  test('have each their own file if the scenario names a file for its target', async () => {
    await project.write('load.yaml', scenario('./server/target.ts'));
    await project.write('server/target.ts', target('as it was'));
    commit('as it was');
    await project.write('server/target.ts', target('as it is'));
    const { baseline, candidate } = await prepare();
    expect([baseline?.target.summary, candidate.target.summary]).toEqual(['as it was', 'as it is']);
    expect(candidate.plan.target.use).toBe(join(project.folder, 'server/target.ts'));
    expect(baseline?.plan.target.use).toBe(join(baseline?.source.root ?? '', 'server/target.ts'));
  });

  test('cannot share a target from outside the project', async () => {
    await mkdir(join(project.folder, '..', 'outside'));
    await project.write('../outside/target.ts', target('everybody'));
    await project.write('load.yaml', scenario('../outside/target.ts'));
    commit('x');
    await expect(prepare()).rejects.toMatchObject({
      blames: 'request',
      message: expect.stringContaining('is neither in this folder'),
    });
  });

  test('say which of them does not know a setting', async () => {
    await project.write('targets/index.js', listed(target('as it was')));
    await project.write('package.json', '{ "type": "module" }');
    commit('as it was');
    await project.write('targets/index.js', listed(target('as it is', { knows: 'shiny' })));
    await expect(prepare({ overrides: ['target.shiny=1'] })).rejects.toMatchObject({
      blames: 'request',
      message: expect.stringMatching(/^the baseline \(git .*\): .*shiny/),
    });
  });

  test('are refused if the baseline lacks the target', async () => {
    await project.write('package.json', '{ "type": "module" }');
    await project.write('targets/index.js', listed(target('x', { name: 'another' })));
    commit('another');
    await project.write('targets/index.js', listed(target('x')));
    const message = expect.stringMatching(/^the baseline .*"fake" is not a target\n.*another/s);
    await expect(prepare()).rejects.toMatchObject({ blames: 'request', message });
  });

  test("have no baseline if the revision lacks the target's file because the change adds it", async () => {
    await project.write('readme', '');
    commit('before');
    await project.write('load.yaml', scenario('./letitcrash/target.mts'));
    await project.write('letitcrash/target.mts', target('new'));
    expect(await prepare()).toMatchObject({
      baseline: null,
      candidate: { target: { summary: 'new' } },
      lacks: expect.stringMatching(/^git \w{12} \(HEAD\) has no letitcrash\/target\.mts$/),
    });
    // A folder may be misnamed.
    await mkdir(join(project.folder, '..', 'stable'));
    await expect(prepare({ baseline: '../stable' })).rejects.toMatchObject({ blames: 'request' });
  });

  test("have no baseline if the revision has neither targets nor letitcrash, or lacks the project's folder", async () => {
    await project.write('readme', '');
    commit('before');
    await project.write('package.json', '{ "type": "module" }');
    await project.write('targets/index.js', listed(target('new')));
    expect(await prepare()).toMatchObject({
      baseline: null,
      lacks: expect.stringContaining('has neither targets nor letitcrash'),
    });
    for (const [path, text] of [
      ['chat/package.json', '{ "type": "module" }'],
      ['chat/targets/index.js', listed(target('deep'))],
    ] as const)
      await project.write(path, text);
    const request = { baseline: 'HEAD', candidate: '.', scenario: join(project.folder, 'load.yaml'), overrides: [], seed: 7 };
    const deep = await prepareSides(request, project.building({ cwd: join(project.folder, 'chat') }));
    expect(deep).toMatchObject({ baseline: null, candidate: { target: { summary: 'deep' } } });
  });

  test('are those of the installed letitcrash if a project has no targets of its own', async () => {
    await project.write('.gitignore', 'node_modules');
    await project.write('package.json', '{ "type": "module" }');
    for (const [path, text] of [
      ['package.json', '{ "name": "letitcrash", "type": "module" }'],
      ['dist/targets/index.js', listed(target('installed'))],
    ] as const)
      await project.write(`node_modules/letitcrash/${path}`, text);
    expect(await prepare({ baseline: 'folder:.' })).toMatchObject({
      baseline: { target: { summary: 'installed' } },
      candidate: { target: { summary: 'installed' } },
    });
  });

  test('are refused if the target cannot run here', async () => {
    await project.write('package.json', '{ "type": "module" }');
    await project.write('targets/index.js', listed(target('x', { available: 'false' })));
    const message = expect.stringMatching(/^the candidate \(folder \.\): .* cannot run here: not today\n {2}come tomorrow/);
    await expect(prepare()).rejects.toMatchObject({ blames: 'machine', message });
  });

  test('are not built if the scenario has a mistake', async () => {
    await project.write('package.json', '{ "type": "module" }');
    await project.write('targets/index.js', listed(target('x')));
    commit('x');
    await project.write('load.yaml', 'name: small\n');
    await expect(prepare()).rejects.toMatchObject({ blames: 'request', message: expect.stringContaining('users') });
    expect(project.messages).toEqual([]);
  });
});
