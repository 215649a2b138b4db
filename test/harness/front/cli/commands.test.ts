import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleComparison } from '../../../reports/example-comparison.ts';
import { exampleEntries } from '../../../reports/example-history.ts';
import { exampleResult, repeatedResult } from '../../../reports/example-result.ts';
import { letitcrash } from './command-line.ts';
import { played } from './in-process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-cli-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe('a mistake on the command line', () => {
  test.each([
    [['rnu'], 'rnu: is no command of letitcrash\n  did you mean run?'],
    [['run'], 'letitcrash run: <scenario> is missing'],
    [['run', 'smoke', '--sede', '3'], '--sede: is no option of letitcrash run\n  did you mean --seed?'],
    [['run', 'smoke', '--seed', 'three'], '--seed three: is not valid\n  A seed is a whole number from 0'],
    [['run', 'smoke', '--set'], 'its value is missing'],
    [['run', 'smoke', 'again'], 'expected 1 argument but got 2'],
    [['schema', 'scenari'], 'scenario, result'],
    [['report'], 'letitcrash report: <run> is missing'],
    [['compare', 'durability=fsync'], 'give two sides to compare'],
    [['compare', 'durability=fsinc', 'durability=memory'], '--set target.durability=fsinc'],
    [['compare', 'node@24', 'node@26', '--resume', 'x'], 'the folder says what is compared'],
    [['compare', 'durability=fsync', 'durability=memory', '--blocks', '2'], '2 of at least 5 blocks'],
    [['gate', '--baseline', '.', '--blocks', '4'], '4 of at least 5 blocks'],
    [[], 'Usage: letitcrash'],
  ])('%j exits 2 with a hint on stderr and nothing on stdout', async (args, hint) => {
    const outcome = await played(args);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(hint);
  });
});

describe('help', () => {
  test('for the whole program explains the exit codes, and the version is that of the package', async () => {
    expect((await letitcrash(['--help'])).stdout).toContain('130 interrupted');
    expect((await letitcrash(['--version'])).stdout.trim()).toBe('0.1.0');
    expect(await letitcrash(['rnu'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('compare', () => {
  test('leaves a folder with the blocks of another comparison untouched', async () => {
    const out = join(folder, 'compared');
    await mkdir(out);
    const header = {
      kind: 'comparison',
      coins: 'pairs',
      startedAt: '2026-11-24T12:00:00.000Z',
      seed: 7,
      metrics: ['response.p50'],
    };
    const sides = { a: { label: 'durability=fsync', plan: 'p' }, b: { label: 'durability=memory', plan: 'q' } };
    const files = { 'blocks.ndjson': `${JSON.stringify({ ...header, ...sides })}\n`, 'request.json': '{ "seed": 7 }\n' };
    for (const [name, text] of Object.entries(files)) await writeFile(join(out, name), text);
    const { code, stderr } = await played(['compare', 'durability=fsync', 'durability=memory', '--seed', '8', '--out', out]);
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('its seed is 7, not 8') });
    for (const [name, text] of Object.entries(files)) expect(await readFile(join(out, name), 'utf8')).toBe(text);
    expect((await readdir(out)).toSorted()).toEqual(Object.keys(files));
  });
});

describe('run', () => {
  test('refuses a scenario that does not exist, before anything starts', async () => {
    const outcome = await played(['run', 'quikstart']);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain('did you mean "quickstart"?');
  });

  test('reports every mistake of a file, each with its place', async () => {
    const file = join(folder, 'bad.yaml');
    await writeFile(file, 'name: bad\nusers: 10\nload: { rate: 5, duration: 3s }\nfauts: []\n');
    const { code, stderr } = await played(['run', file, '--set', 'users=one']);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:3:15: load.rate: 5 has no unit`);
    expect(stderr).toContain('did you mean "faults"?');
    expect(stderr).toContain('--set users=one: users: "one" is not valid');
  });

  test('shows the plan of a dry run and starts nothing', async () => {
    const out = join(folder, 'dry');
    const { code, stdout, stderr } = await played(['run', 'quickstart', '--dry-run', '--seed', '7', '--out', out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('quickstart (quickstart), seed 7');
    expect(stdout).toContain('4 s  kill-process-1  target random, count 50, role user; heals: by itself');
    expect(stdout).toMatch(/8 s {2}kill-node-2 .*undone at 8\.5 s/);
    expect(existsSync(out)).toBe(false);
  });

  test('shows each repeat of a schedule with its time, what it needs, and when it would be aborted, in words and as data', async () => {
    const file = join(folder, 'repeats.yaml');
    const text = `name: repeats
users: 10
load: { rate: 5/s, duration: 9s }
abort: error.rate > 50% for 5s
faults:
  - { at: 3s, kind: kill-node }
  - { at: 1s, kind: kill-process, repeat: 3, every: 1500ms }
`;
    await writeFile(file, text);
    const { stdout } = await played(['run', file, '--dry-run', '--seed', '7']);
    const ids = [...stdout.matchAll(/(\S+) s {2}(kill-\S+)/g)].map(([, at, id]) => `${id} at ${at}`);
    expect(ids).toEqual(['kill-process-2.1 at 1', 'kill-process-2.2 at 2.5', 'kill-node-1 at 3', 'kill-process-2.3 at 4']);
    expect(stdout).toContain('abort     error.rate > 50% for 5s');
    const { stdout: json } = await played(['run', file, '--dry-run', '--seed', '7', '--json']);
    expect(JSON.parse(json)).toMatchObject({
      abort: [{ metric: 'error.rate', forMs: 5000 }],
      rehearsal: {
        target: { available: true },
        schedule: [{ id: 'kill-process-2.1', undoneAtMs: null }, {}, { id: 'kill-node-1', undoneAtMs: 3000 }, { atMs: 4000 }],
      },
    });
  });

  test('prints the plan as the document with --json, overrides applied and recorded', async () => {
    const { code, stdout } = await played([
      'run',
      'smoke',
      '--dry-run',
      '--json',
      '--set',
      'users=20',
      '--set',
      'expect.rate=> 5/s',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      users: 20,
      seed: expect.any(Number),
      scenario: { overrides: ['users=20', 'expect.rate=> 5/s'] },
      expectations: [expect.anything(), { metric: 'rate', comparator: '>', limit: 5 }],
    });
  });
});

describe('the lists', () => {
  test('of targets names the reference server, in words and as a document', async () => {
    expect((await played(['targets'])).stdout).toMatch(/^reference\n/m);
    const { stdout, stderr } = await played(['targets', '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'letitcrash.targets/1',
      targets: expect.arrayContaining([
        expect.objectContaining({ name: 'reference', available: true, durabilities: ['fsync', 'commit', 'memory'] }),
      ]),
    });
  });

  test('of scenarios say what each shows, and that each can run unless this machine lacks something', async () => {
    const { stdout } = await played(['scenarios', '--json']);
    const { scenarios } = JSON.parse(stdout) as {
      scenarios: { name: string; summary: string; available: boolean; reason: string | null }[];
    };
    expect(scenarios.find(({ name }) => name === 'quickstart')).toMatchObject({ available: true });
    for (const { summary, available, reason } of scenarios) {
      expect([summary.length > 20, available]).toEqual([true, reason === null]);
      expect(reason ?? 'disk-full needs arena: none here').toMatch(/^[a-z, -]+ needs? [a-z]+: ./);
    }
  });
});

describe('schema', () => {
  test('prints what a scenario contains, without requiring what has a default', async () => {
    const schema = JSON.parse((await played(['schema', 'scenario'])).stdout);
    expect(schema).toMatchObject({ type: 'object', required: ['name', 'users', 'load'], additionalProperties: false });
    const [messages, requests] = schema.properties.load.anyOf;
    expect(messages.required).toEqual(['duration']);
    expect(requests.required).toEqual(['driver', 'requests', 'duration']);
  });

  test('prints every field of a result', async () => {
    const schema = JSON.parse((await played(['schema', 'result'])).stdout);
    expect(Object.keys(schema.properties)).toEqual(
      Object.keys({ ...exampleResult(), profiledWith: 'cpu', interrupted: null }).toSorted(
        (a, b) => Object.keys(schema.properties).indexOf(a) - Object.keys(schema.properties).indexOf(b),
      ),
    );
    expect(schema.properties.schema.const).toBe('letitcrash.result/1');
  });
});

describe('doctor', () => {
  test('gives every check its state, its reason and, where needed, a remedy', async () => {
    const { code, stdout } = await letitcrash(['doctor', '--json']);
    const report = JSON.parse(stdout) as {
      ok: boolean;
      checks: { name: string; state: string; found: string; why: string; remedy: string | null }[];
    };
    expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
    const names = report.checks.map(({ name }) => name);
    for (const name of [
      'node',
      'open files',
      'cores',
      'memory',
      '/proc',
      'faults: arena',
      'faults: procfs',
      'chromium',
      'erlang',
      'k6',
      'target reference',
    ]) {
      expect(names).toContain(name);
    }
    for (const check of report.checks) {
      expect(check.why.length).toBeGreaterThan(10);
      expect(check.remedy === null).toBe(check.state === 'ok');
    }
  });
});

describe('report', () => {
  test('builds the files of a run from its result alone', async () => {
    const run = join(folder, 'run');
    await mkdir(run);
    await writeFile(join(run, 'result.json'), JSON.stringify(exampleResult()));
    const outcome = await played(['report', run]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect((await readdir(run)).sort()).toEqual(['junit.xml', 'report.html', 'result.json', 'summary.md']);
    expect(outcome.stdout).toContain(join(run, 'report.html'));
    expect(await readFile(join(run, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
  });

  test('puts several runs into a folder each', async () => {
    const runs = await Promise.all(
      ['a', 'b'].map(async (name) => {
        await mkdir(join(folder, name));
        await writeFile(join(folder, name, 'result.json'), JSON.stringify(exampleResult()));
        return join(folder, name);
      }),
    );
    const out = join(folder, 'reports');
    const { code, stdout } = await played(['report', ...runs, '--out', out, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).reports.map((entry: { report: string }) => entry.report)).toEqual([
      join(out, 'a', 'report.html'),
      join(out, 'b', 'report.html'),
    ]);
  });

  test('builds the pages of a comparison, of a history and of a run that repeated faults, each in its folder', async () => {
    const files = [
      ['comparison', 'comparison.json', JSON.stringify(exampleComparison())],
      [
        'nightly',
        'history.ndjson',
        exampleEntries()
          .map((entry) => `${JSON.stringify(entry)}\n`)
          .join(''),
      ],
      ['repeats', 'result.json', JSON.stringify(repeatedResult())],
    ] as const;
    for (const [name, file, text] of files) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, file), text);
    }
    const { code, stdout, stderr } = await played(['report', ...files.map(([name]) => join(folder, name)), '--json']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout).reports).toMatchObject([
      { kind: 'comparison', verdict: 'regressed', report: join(folder, 'comparison', 'report.html') },
      { kind: 'history', verdict: null, report: join(folder, 'nightly', 'trend.html') },
      { kind: 'run', verdict: 'pass', report: join(folder, 'repeats', 'report.html') },
    ]);
    const made = await Promise.all(files.map(async ([name]) => (await readdir(join(folder, name))).sort()));
    expect(made).toEqual([
      ['comparison.json', 'junit.xml', 'report.html', 'summary.md'],
      ['history.json', 'history.ndjson', 'trend.html'],
      ['chaos.html', 'junit.xml', 'report.html', 'result.json', 'summary.md'],
    ]);
  });

  test('refuses a folder that is not a run', async () => {
    await writeFile(join(folder, 'result.json'), '{"schema": "something/1"}');
    for (const [given, hint] of [
      [join(folder, 'nowhere'), 'no result.json'],
      [join(folder, 'result.json'), 'not a result of this version'],
    ] as const) {
      const outcome = await played(['report', given]);
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).toContain(hint);
    }
  });
});

describe('history', () => {
  test('keeps each run once, refuses runs that prove nothing, and shows where figures changed, for each machine separately', async () => {
    const history = join(folder, 'history');
    const runs = Array.from({ length: 12 }, (_, run) => join(folder, `run-${run}`));
    const [first = ''] = runs;
    for (const [run, path] of runs.entries()) {
      const played = exampleResult();
      const cpu = { ...played.cpu, serverUsPerMessage: (run < 6 ? 200 : 260) + run };
      await mkdir(path);
      await writeFile(
        join(path, 'result.json'),
        JSON.stringify({ ...played, cpu, startedAt: `2026-11-24T12:${10 + run}:00.000Z` }),
      );
    }
    const added = await played(['history', 'add', ...runs, '--folder', history, '--label', 'v1']);
    expect(added).toMatchObject({ code: 0, stderr: '', stdout: `12 added to ${history}, 0 were already in it\n` });
    const elsewhere = JSON.parse(await readFile(join(first, 'result.json'), 'utf8'));
    elsewhere.environment.cores += 1;
    elsewhere.startedAt = '2026-11-24T11:00:00.000Z';
    await writeFile(join(first, 'result.json'), JSON.stringify(elsewhere));
    const [, second = ''] = runs;
    await writeFile(join(second, 'result.json'), JSON.stringify({ ...exampleResult(), verdict: 'invalid', reasons: ['late'] }));
    const again = await played(['history', 'add', ...runs, '--folder', history]);
    expect(again).toMatchObject({ code: 5, stdout: `1 added to ${history}, 10 were already in it\n` });
    expect(again.stderr).toContain("the run is invalid, so its figures are not the server's (late)");
    const shown = await played(['history', 'show', '--folder', history, '--metric', 'cpu.serverPerMessage', '--json']);
    const { series } = JSON.parse(shown.stdout);
    expect(series.map(({ runs: kept }: { runs: unknown[] }) => kept.length)).toEqual([12, 1]);
    expect(series[0].metrics[0].changes).toMatchObject([{ at: 6, worse: true }]);
  });

  test('says what is missing, and what would be right', async () => {
    const { code, stderr } = await played(['history', 'show', '--folder', join(folder, 'nowhere'), '--metric', 'response.p98']);
    expect(code).toBe(2);
    expect(stderr).toContain('--metric response.p98: there is no such metric');
    const none = await played(['history', 'show', '--folder', join(folder, 'nowhere')]);
    expect(none.stderr).toContain('there is no history\n  letitcrash history add runs/<run>');
  });
});
