import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledNames, loadScenario } from '../../../../harness/plan/scenario/load-scenario.ts';
import { planScenario } from '../../../../harness/plan/scenario/plan-scenario.ts';
import { catalogue as realCatalogue } from '../../../../harness/run/conductor/catalogue.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-scenario-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function problem(given: string) {
  const loaded = await loadScenario(given);
  if (loaded.ok) throw new Error('expected a problem');
  return loaded.problems[0];
}

describe('bundled scenarios', () => {
  test('are those that users rely on', async () => {
    expect(await bundledNames()).toEqual([
      'burst',
      'compare',
      'connections-ladder',
      'crash-loop',
      'devices',
      'disk-full',
      'flaky-clients',
      'game-day',
      'hot-upgrade',
      'http',
      'http-beside-messages',
      'kill-node',
      'kill-process',
      'leak',
      'lossy-network',
      'memory',
      'memory-pressure',
      'node-never-returns',
      'offline-drain',
      'partition',
      'pause-node',
      'quickstart',
      'reconnect-storm',
      'recovery-node',
      'recovery-process',
      'rolling-restart',
      'runaway',
      'slow-consumer',
      'smoke',
      'split-brain',
      'steady',
    ]);
  });

  test('each say what they show, have their own names and can be planned with the real targets and fault kinds', async () => {
    for (const name of await bundledNames()) {
      const loaded = await loadScenario(name);
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
      const outcome = planScenario(loaded.source, { catalogue: realCatalogue, overrides: [], seed: 1 });
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
      expect(outcome.plan.scenario.name).toBe(name);
      expect(outcome.plan.scenario.summary.length).toBeGreaterThan(40);
      expect(outcome.plan.scenario.sha256).toMatch(/^[0-9a-f]{64}$/);
      // Where there are no messages there is none to lose.
      expect(outcome.plan.deliveryMustBeIntact).toBe(outcome.plan.load.model.kind !== 'closed');
    }
  });

  test('include quickstart as it is promised to newcomers', async () => {
    const loaded = await loadScenario('quickstart');
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const outcome = planScenario(loaded.source, { catalogue: realCatalogue, overrides: [], seed: 1 });
    expect(outcome).toMatchObject({
      plan: {
        users: 2000,
        load: { model: { kind: 'poisson', ratePerSecond: 2000 }, offlineShare: 0.1 },
        faults: [{ kind: 'kill-process', settings: { count: 50 } }, { kind: 'kill-node' }],
      },
    });
  });
});

describe('loading a scenario', () => {
  test('by a mistyped name suggests the nearest name', async () => {
    expect(await problem('quikstart')).toMatchObject({
      code: 'file-missing',
      remedy: expect.stringContaining('did you mean "quickstart"?'),
    });
  });

  test('by a path that does not exist, a folder, or an odd ending is refused', async () => {
    expect((await problem(join(folder, 'none.yaml')))?.code).toBe('file-missing');
    expect(await problem(join(folder, 'runs/none'))).toMatchObject({ code: 'file-missing', message: 'does not exist' });
    expect(await problem(`${folder}/`)).toMatchObject({ code: 'file-unreadable', message: 'has no ending' });
    expect(await problem(await write('a.txt', 'x'))).toMatchObject({ code: 'file-unreadable', message: 'has the ending ".txt"' });
  });

  test('from a huge file is refused without reading it', async () => {
    expect((await problem(await write('huge.yaml', 'x'.repeat(300_000))))?.code).toBe('file-too-large');
  });

  test('from YAML and JSON gives the same data', async () => {
    const yaml = await loadScenario(await write('a.yml', 'name: a\nusers: 3\n'));
    const json = await loadScenario(await write('a.json', '{"name": "a", "users": 3}'));
    expect(yaml).toMatchObject({ ok: true, source: { data: { name: 'a', users: 3 } } });
    expect(json).toMatchObject({ ok: true, source: { data: { name: 'a', users: 3 } } });
  });

  test('from a module takes its export `scenario`', async () => {
    const file = await write(
      'a.ts',
      "// Shows a module.\nconst users: number = 3;\nexport const scenario = { name: 'a', users };\n",
    );
    expect(await loadScenario(file)).toMatchObject({
      ok: true,
      source: { data: { name: 'a', users: 3 }, summary: 'Shows a module.' },
    });
  });

  test('from a module that throws, or that exports nothing, is refused with that reason', async () => {
    expect(await problem(await write('b.ts', "throw new Error('boom');\nexport {};\n"))).toMatchObject({
      code: 'syntax',
      message: expect.stringContaining('boom'),
    });
    expect(await problem(await write('c.ts', 'export const other = 1;\n'))).toMatchObject({ code: 'syntax' });
  });
});
