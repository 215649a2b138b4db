import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadScenario } from '../../../../harness/plan/scenario/load-scenario.ts';
import type { Problem } from '../../../../harness/plan/scenario/problem.ts';
import { planLoaded } from '../../../../harness/run/conductor/plan-given.ts';
import { project } from './project.ts';

const TARGET = `export const target = {
  name: 'mine', summary: 'mine', driver: './my-driver.ts', capabilities: new Set(['kill-node']), durabilities: ['memory'],
  checkConfig: (config) => Object.keys(config).map((key) => key + ': is unknown'),
  availability: async () => ({ available: true }),
  start: async () => ({ nodes: [] }),
};`;
const DRIVER = `export const driver = { name: 'mine', connect() {}, tend() {} };`;
const SCENARIO = `name: mine
target: { use: ./my-target.ts, durability: memory }
users: 10
load: { rate: 10/s, duration: 1s }
`;

async function planIn(folder: string, set: readonly string[] = []) {
  return planLoaded(await loadScenario(join(folder, 'mine.yaml')), { set, seed: 1 });
}

async function problemsIn(folder: string, set: readonly string[] = []): Promise<readonly Problem[]> {
  const outcome = await planIn(folder, set);
  return outcome.ok ? [] : outcome.problems;
}

describe('a scenario that names a file', () => {
  test('for its target is planned with that target, relative to the scenario, and takes the driver that the target names', async () => {
    const folder = project({ 'my-target.ts': TARGET, 'my-driver.ts': DRIVER, 'mine.yaml': SCENARIO });
    const outcome = await planIn(folder);
    expect(outcome).toMatchObject({ ok: true, plan: { target: { use: join(folder, 'my-target.ts') }, load: { driver: null } } });
  });

  test('for its driver is planned with that driver', async () => {
    const scenario = SCENARIO.replace('duration', 'driver: ./other.ts, duration');
    const folder = project({ 'my-target.ts': TARGET, 'my-driver.ts': DRIVER, 'other.ts': DRIVER, 'mine.yaml': scenario });
    expect(await planIn(folder)).toMatchObject({ ok: true, plan: { load: { driver: join(folder, 'other.ts') } } });
  });

  test('on the command line is found relative to the working directory', async () => {
    const folder = project({
      'my-target.ts': TARGET,
      'my-driver.ts': DRIVER,
      'mine.yaml': SCENARIO.replace('my-target', 'none'),
    });
    const use = relative(process.cwd(), join(folder, 'my-target.ts'));
    expect(await planIn(folder, [`target.use=${use}`])).toMatchObject({
      ok: true,
      plan: { target: { use: join(folder, 'my-target.ts') } },
    });
  });

  test('is checked against what the target can do and the settings that it takes', async () => {
    const scenario = `${SCENARIO.replace('memory }', 'fsync, colour: red }')}faults: [{ at: 0s, kind: kill-process, count: 1 }]\n`;
    const folder = project({ 'my-target.ts': TARGET, 'my-driver.ts': DRIVER, 'mine.yaml': scenario });
    const problems = await problemsIn(folder);
    expect(problems.map(({ place }) => place.path)).toEqual(['target.durability', 'target.colour', 'faults[0].kind']);
    expect(problems[2]?.message).toContain('is not supported by the target mine, which lacks kill-process');
  });
});

describe('a file that cannot serve is refused with its place, what is wrong and what would be right', () => {
  const refusals: {
    readonly what: string;
    readonly files: Record<string, string>;
    readonly path: string;
    readonly words: RegExp[];
  }[] = [
    {
      what: 'there is none',
      files: {},
      path: 'target.use',
      words: [/"\.\/my-target\.ts" is not a file: .*my-target\.ts/, /relative to/],
    },
    {
      what: 'it exports something else',
      files: { 'my-target.ts': 'export const server = {}, other = 1;' },
      path: 'target.use',
      words: [/exports no `target`; it exports other, server/, /export const target: Target.*letitcrash\/target.*init/],
    },
    {
      what: 'it throws',
      files: { 'my-target.ts': 'throw new TypeError("no database");' },
      path: 'target.use',
      words: [/cannot be loaded: TypeError: no database/, /node .*my-target\.ts/],
    },
    {
      what: 'members are missing or something else',
      files: { 'my-target.ts': "export const target = { name: 'mine', summary: '', capabilities: [], start: 7 };" },
      path: 'target.use',
      words: [
        /is not a Target: target\.summary is an empty string; target\.driver is missing; target\.capabilities is an empty list; .*target\.start is a number/,
        /target\.summary must be a string: one line/,
      ],
    },
    {
      what: "the target's driver cannot serve",
      files: { 'my-target.ts': TARGET, 'my-driver.ts': "export const driver = { name: 'mine', tend() {} };" },
      path: 'target.use',
      words: [
        /names the driver .*my-driver\.ts, which is not a Driver: driver\.connect is missing/,
        /driver\.connect must be a function/,
      ],
    },
    {
      what: "the target's driver is none that is bundled",
      files: { 'my-target.ts': TARGET.replace('./my-driver.ts', 'nativ') },
      path: 'target.use',
      words: [/names the driver nativ, which is not a driver/, /did you mean "native"\?/],
    },
  ];

  test.each(refusals)('$what', async ({ files, path, words: [message, remedy] }) => {
    const [problem, ...others] = await problemsIn(project({ ...files, 'mine.yaml': SCENARIO }));
    expect(others).toEqual([]);
    expect(problem?.place).toMatchObject({ path, line: 2 });
    expect(problem?.message).toMatch(message as RegExp);
    expect(problem?.remedy).toMatch(remedy as RegExp);
  });

  test('a driver that does not exist is refused before anything starts', async () => {
    const folder = project({ 'mine.yaml': SCENARIO.replace('./my-target.ts', 'calibrated') });
    const [problem] = await problemsIn(folder, ['load.driver=pigeon']);
    expect(problem).toMatchObject({ code: 'unknown-driver', place: { path: 'load.driver', override: 'load.driver=pigeon' } });
  });
});
