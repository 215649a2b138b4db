import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type StarterSetup, starterFiles } from '../../../../harness/front/starter/starter-files.ts';
import { writeStarter } from '../../../../harness/front/starter/write-starter.ts';
import { loadScenario } from '../../../../harness/plan/scenario/load-scenario.ts';
import { planScenario } from '../../../../harness/plan/scenario/plan-scenario.ts';
import { catalogue } from '../../../../harness/run/conductor/catalogue.ts';
import { loadPolicy } from '../../../../harness/studies/gate/load-policy.ts';
import { LAUNCHER, letitcrash } from '../cli/command-line.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-init-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const init = ({ server = 'bundled', ci = 'none', hasGitlabFile = false }: Partial<StarterSetup> = {}) =>
  writeStarter(folder, starterFiles({ server, ci, hasGitlabFile }));

describe('letitcrash init', () => {
  test('writes a scenario that can be planned and a policy that names it, whose commented-out limits are valid as well', async () => {
    expect((await init()).map(({ path, state }) => [path, state])).toEqual([
      ['letitcrash/gate.yaml', 'written'],
      ['letitcrash/policy.yaml', 'written'],
    ]);
    const file = join(folder, 'letitcrash', 'policy.yaml');
    const policy = await loadPolicy(file);
    expect(policy).toMatchObject({ ok: true, policy: { scenario: join(folder, 'letitcrash', 'gate.yaml'), blocks: 24 } });
    const scenario = await loadScenario(policy.ok ? (policy.policy.scenario ?? '') : '');
    expect(scenario.ok && planScenario(scenario.source, { catalogue, overrides: [], seed: 1 })).toMatchObject({ ok: true });

    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/^# (?=machine:|slo:)/gm, ''));
    expect(await loadPolicy(file)).toMatchObject({
      ok: true,
      policy: { machine: 'Linux 6.18 x64; 2 x Example CPU; 16 GiB', slo: [{ metric: 'response.p99' }, { metric: 'errors' }] },
    });
  });

  test('never changes a file that exists, nor one that a link points to', async () => {
    const [mine, workflow] = [
      join(folder, 'letitcrash', 'policy.yaml'),
      join(folder, '.github', 'workflows', 'letitcrash-gate.yml'),
    ];
    for (const file of [mine, workflow]) await mkdir(dirname(file), { recursive: true });
    await writeFile(mine, 'mine');
    await writeFile(join(folder, 'elsewhere'), 'elsewhere');
    await symlink(join(folder, 'elsewhere'), workflow);
    expect((await init({ ci: 'github' })).map(({ state }) => state)).toEqual(['written', 'kept', 'kept', 'written']);
    expect([await readFile(mine, 'utf8'), await readFile(workflow, 'utf8')]).toEqual(['mine', 'elsewhere']);
    expect(new Set((await init({ ci: 'github' })).map(({ state }) => state))).toEqual(new Set(['kept']));
  });

  test("writes files for a server of one's own that can be planned, and says so in each file that an editor reads", async () => {
    await init({ server: 'own' });
    for (const name of ['gate.yaml', 'my-server.yaml']) {
      const file = join(folder, 'letitcrash', name);
      const given = await loadScenario(file);
      expect(given.ok).toBe(true);
      expect(await readFile(file, 'utf8')).toMatch(
        /^# yaml-language-server: \$schema=\.\.\/node_modules\/letitcrash\/dist\/schemas\/scenario\.json\n/,
      );
    }
    expect(await readFile(join(folder, 'letitcrash/gate.yaml'), 'utf8')).toContain('use: ./my-target.mts');
    expect(await readFile(join(folder, 'letitcrash/policy.yaml'), 'utf8')).toMatch(/^# yaml-language-server: .*\/policy\.json\n/);
    // CommonJS in a project that npm init -y made.
    expect((await readdir(join(folder, 'letitcrash'))).filter((name) => /\.(ts|js)$/.test(name))).toEqual([]);
  });

  test('writes the GitLab job as a whole file, or adds it to the file that exists', async () => {
    expect((await init({ ci: 'gitlab' })).map(({ path }) => path)).toContain('.gitlab-ci.yml');
    expect((await init({ ci: 'gitlab', hasGitlabFile: true })).map(({ path }) => path)).toContain('.gitlab/letitcrash-gate.yml');
    const { 'letitcrash-gate': job } = parse(await readFile(join(folder, '.gitlab-ci.yml'), 'utf8'));
    expect(job).toMatchObject({
      image: 'node:24',
      rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }],
      variables: { GIT_DEPTH: '0' },
      script: [
        'npm ci',
        'npx --no-install letitcrash gate --baseline "git:$CI_MERGE_REQUEST_DIFF_BASE_SHA" --policy letitcrash/policy.yaml --out letitcrash-gate',
      ],
      artifacts: { when: 'always', reports: { junit: 'letitcrash-gate/junit.xml' } },
    });
  });

  test('says what it wrote, what it changed and what it kept, and what to do next', async () => {
    await init();
    await writeFile(join(folder, 'package.json'), '{\n\t"name": "mine",\n\t"type": "commonjs"\n}');
    const { code, stdout } = await letitcrash(['init', '--ci', 'github', '--out', folder]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/kept +letitcrash\/policy\.yaml +already existed/);
    expect(stdout).toMatch(/written +\.github\/workflows\/letitcrash-comment\.yml/);
    expect(stdout).toMatch(
      /added +package\.json +devDependencies\.letitcrash, devDependencies\.ws, scripts\.load, scripts\.gate/,
    );
    expect(stdout).toMatch(/written +\.gitignore/);
    expect(stdout).toMatch(/^next:\n {2}npm install +.*lock file/m);
    expect(await readFile(join(folder, 'package.json'), 'utf8')).toMatch(
      /^\{\n\t"name": "mine",\n\t"type": "commonjs",\n\t"scripts": \{/,
    );
    const again = await letitcrash(['init', '--ci', 'gitlab', '--server', 'bundled', '--out', folder]);
    expect(again.stdout).toMatch(/kept +package\.json/);
    expect(again.stdout).not.toMatch(/^ {2}npm install/m);
    const other = await letitcrash(['init', '--ci', 'jenkins', '--out', folder]);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('gitlab');
  });

  test('leaves the folder as it was if package.json is not valid', async () => {
    await writeFile(join(folder, 'package.json'), '{ "name": ');
    const { code, stdout, stderr } = await letitcrash(['init', '--ci', 'github', '--out', folder]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^letitcrash: .*package\.json: is not JSON: /);
    expect(await readdir(folder)).toEqual(['package.json']);
  });
});

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('letitcrash init on a terminal', () => {
  /** Each answer a line. */
  const answered = (answers: string, flags = '') => {
    const init = `'${process.execPath}' '${LAUNCHER}' init ${flags} --out '${folder}'`;
    return spawnSync('script', ['--quiet', '--return', '--command', init, '/dev/null'], {
      input: answers,
      encoding: 'utf8',
      timeout: 50_000,
    });
  };

  test('asks for what the flags leave open, and asks again if the answer is not one of the choices', async () => {
    const { status, stdout } = answered('5\n2\ngitlab\n');
    expect(status, stdout).toBe(0);
    expect(stdout.match(/Which server/g)).toHaveLength(2);
    expect(await readdir(folder)).toContain('.gitlab-ci.yml');
    expect(await readdir(join(folder, 'letitcrash'))).toEqual(['gate.yaml', 'policy.yaml']);
  });

  test('takes Enter for the default, and asks nothing that a flag says', async () => {
    const { status, stdout } = answered('\n', '--server own');
    expect(status, stdout).toBe(0);
    expect(stdout).not.toContain('Which server');
    expect(await readdir(join(folder, '.github/workflows'))).toHaveLength(2);
  });

  test('writes nothing if the input ends before the last answer', async () => {
    const { status, stdout } = answered('\n\u0004');
    expect(status, stdout).toBe(130);
    expect(stdout).toContain('there was no answer; nothing was written');
    expect(await readdir(folder)).toEqual([]);
  });
});
