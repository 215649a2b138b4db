import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPolicy } from '../../../harness/gate/load-policy.ts';
import { catalogue } from '../../../harness/run/catalogue.ts';
import { loadScenario } from '../../../harness/scenario/load-scenario.ts';
import { planScenario } from '../../../harness/scenario/plan-scenario.ts';
import { starterFiles } from '../../../harness/starter/starter-files.ts';
import { writeStarter } from '../../../harness/starter/write-starter.ts';
import { letitcrash } from '../cli/command-line.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-init-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const init = (ci: 'github' | null = null) => writeStarter(folder, starterFiles({ ci }));

describe('letitcrash init', () => {
  test('writes a scenario that can be planned and a policy that names it, whose commented limits are right as well', async () => {
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

  test('never touches a file that is there, nor one that a link points to', async () => {
    const [mine, workflow] = [
      join(folder, 'letitcrash', 'policy.yaml'),
      join(folder, '.github', 'workflows', 'letitcrash-gate.yml'),
    ];
    for (const file of [mine, workflow]) await mkdir(dirname(file), { recursive: true });
    await writeFile(mine, 'mine');
    await writeFile(join(folder, 'elsewhere'), 'elsewhere');
    await symlink(join(folder, 'elsewhere'), workflow);
    expect((await init('github')).map(({ state }) => state)).toEqual(['written', 'kept', 'kept', 'written']);
    expect([await readFile(mine, 'utf8'), await readFile(workflow, 'utf8')]).toEqual(['mine', 'elsewhere']);
    expect(new Set((await init('github')).map(({ state }) => state))).toEqual(new Set(['kept']));
  });

  test('says as a command what it wrote and what it kept, and which CI it knows', async () => {
    await init();
    const { code, stdout } = await letitcrash(['init', '--ci', 'github', '--out', folder]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/kept +letitcrash\/policy\.yaml +was there already/);
    expect(stdout).toMatch(/written +\.github\/workflows\/letitcrash-comment\.yml/);
    const other = await letitcrash(['init', '--ci', 'gitlab', '--out', folder]);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('github');
  });
});
