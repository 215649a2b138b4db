import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPolicy } from '../../../harness/gate/load-policy.ts';
import { catalogue } from '../../../harness/run/catalogue.ts';
import { loadScenario } from '../../../harness/scenario/load-scenario.ts';
import { planScenario } from '../../../harness/scenario/plan-scenario.ts';
import { letitcrash } from '../cli/command-line.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-init-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('letitcrash init', () => {
  test('writes a scenario that can be planned and a policy that names it', async () => {
    const { code, stdout } = await letitcrash(['init', '--out', folder, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files).toEqual([
      { path: 'letitcrash/gate.yaml', state: 'written' },
      { path: 'letitcrash/policy.yaml', state: 'written' },
    ]);
    const policy = await loadPolicy(join(folder, 'letitcrash', 'policy.yaml'));
    expect(policy).toMatchObject({ ok: true, policy: { scenario: join(folder, 'letitcrash', 'gate.yaml'), blocks: 24 } });
    const scenario = await loadScenario(policy.ok ? (policy.policy.scenario ?? '') : '');
    expect(scenario.ok && planScenario(scenario.source, { catalogue, overrides: [], seed: 1 })).toMatchObject({ ok: true });
  });

  test('has a policy whose commented limits are right as well', async () => {
    await letitcrash(['init', '--out', folder]);
    const file = join(folder, 'letitcrash', 'policy.yaml');
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
    const { code, stdout } = await letitcrash(['init', '--ci', 'github', '--out', folder]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/written +letitcrash\/gate\.yaml/);
    expect(stdout).toMatch(/kept +letitcrash\/policy\.yaml +was there already/);
    expect(stdout).toMatch(/kept +\.github\/workflows\/letitcrash-gate\.yml/);
    expect(stdout).toMatch(/written +\.github\/workflows\/letitcrash-comment\.yml/);
    expect([await readFile(mine, 'utf8'), await readFile(workflow, 'utf8')]).toEqual(['mine', 'elsewhere']);
    const again = await letitcrash(['init', '--ci', 'github', '--out', folder]);
    expect(again.code).toBe(0);
    expect(again.stdout).not.toContain('written');
  });

  test('knows no other CI, and says which it knows', async () => {
    const { code, stderr } = await letitcrash(['init', '--ci', 'gitlab', '--out', folder]);
    expect(code).toBe(2);
    expect(stderr).toContain('github');
  });
});
