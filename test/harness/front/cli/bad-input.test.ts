/** What is wrong on a command line or in a file: told at once and in one style, with the right exit code, before anything starts. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { program } from '../../../../harness/front/cli/main.ts';
import type { Outcome } from './command-line.ts';
import { played } from './in-process.ts';

const BOMB = [...'bcdefghij'].reduce(
  (text, name, index) => `${text}${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(', ')}]\n`,
  `a: &a [${Array(9).fill('x').join(', ')}]\n`,
);
const SCENARIO = 'name: mine\nusers: 10\nload: { rate: 5/s, duration: 3s }\n';

/** Files of other people, by name. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  file: 'text',
  'empty.yaml': '',
  'comment.yaml': '# nothing yet\n',
  'good.yaml': SCENARIO,
  'self.yaml': 'name: &a [*a]\n',
  'self-list.yaml': '- &a\n  - [*a]\n',
  'bomb.yaml': BOMB,
  'deep.yaml': `a: ${'['.repeat(300)}${']'.repeat(300)}\n`,
  'abyss.yaml': `a: ${'['.repeat(4000)}${']'.repeat(4000)}\n`,
  'huge.yaml': 'name: mine\nusers: 1e18\nload: { rate: 5/s, duration: 3s }\nseed: 1e18\n',
  'metric.yaml': `${SCENARIO}expect: { wibble: < 5ms }\n`,
  'order.yaml': 'name: mine\nusers: 10\nload: { rate: 5/s, duration: 30s1m }\n',
  'all.yaml':
    'name: My Scenario\nusers: none\nload: { rate: 5, duration: soon }\nfauts: []\nexpect: { response.p98: < 5ms }\nabort: x\n',
  'limits.yaml': 'slo: { wibble: < 5ms }\nalpha: lots\n',
  'old-node.yaml': `${SCENARIO}target: { runtime: node@1 }\n`,
  'new-node.yaml': `${SCENARIO}target: { runtime: node@99 }\n`,
  // Stands for npm, which knows of two versions and can install none.
  'npm-cli.js':
    "if (process.argv[2] === 'view') process.stdout.write(JSON.stringify(['24.1.0', '24.11.1', '26.0.0']));\nelse process.exit(1);\n",
  'colours.yaml': `${SCENARIO}"\\e[2J\\e]0;x\\a\\n::error::no": 1\n`,
  'zeros.yaml': Buffer.alloc(300_000),
  'self.ts': 'export const scenario: Record<string, unknown> = { name: "x" };\nscenario.me = scenario;\n',
  'bigint.ts': 'export const scenario = { name: "x", users: 10n };\n',
  'throws.ts': 'throw new TypeError("no\\n::error::no\\u001b[2J");\n',
  'nothing.ts': 'export const other = 1;\n',
};

let folder = '';
const home = process.cwd();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-bad-'));
  await Promise.all(Object.entries(FILES).map(([name, content]) => writeFile(join(folder, name), content)));
  await mkdir(join(folder, 'folder.yaml'));
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true, force: true });
});

const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** Every complaint has its place and what is wrong on one line, and what would be right on the next. */
function expectTold({ code, stdout, stderr }: Outcome, allowed: readonly number[] = [2, 3]): void {
  expect(allowed).toContain(code);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/defect of letitcrash|^ +at |\bE[A-Z]{3,}: |undefined|\[object|NaN is/m);
  const lines = stderr.trimEnd().split('\n');
  for (const [index, line] of lines.entries()) {
    expect(CONTROL.test(line) ? JSON.stringify(line) : '').toBe('');
    expect(line.length).toBeLessThan(1_200);
    expect(line).toMatch(/^(?:letitcrash: .*\S: \S|letitcrash: \S.*\S| {2,}\S)/);
    // The remedy follows.
    if (line.startsWith('letitcrash: ')) expect(lines[index + 1] ?? '(no remedy)').toMatch(/^ {2}\S/);
  }
  const complaints = stderr.split(/^letitcrash: /m).slice(1);
  expect(complaints.length).toBeGreaterThan(0);
  expect(new Set(complaints).size).toBe(complaints.length);
}

describe('a scenario', () => {
  test.each([
    ['empty.yaml', 2, /^letitcrash: empty\.yaml(?::1:1)?: it is empty\n {2}a scenario is a map/],
    ['comment.yaml', 2, /it is empty/],
    ['self.yaml', 2, /self\.yaml:1:\d+: name\[0\]: contains itself\n {2}a scenario consists of plain values/],
    ['self-list.yaml', 2, /contains itself/],
    ['bomb.yaml', 2, /cannot be read as YAML: .*alias.*\n {2}.*at most 50 aliases/],
    ['deep.yaml', 2, /is nested more than 100 deep/],
    ['abyss.yaml', 2, /deep\.yaml|abyss\.yaml/],
    [
      'huge.yaml',
      2,
      /huge\.yaml:2:8: users: 1e\+?18|users: 1000000000000000000 is out of range\n {2}write a whole number from 2/,
    ],
    ['metric.yaml', 2, /expect\.wibble: there is no metric of this name\n {2}metrics: delivery\.…, /],
    ['order.yaml', 2, /load\.duration: "30s1m" has its units in the wrong order\n {2}write a duration like 1m30s/],
    ['old-node.yaml', 2, /target\.runtime: "node@1" is older than the target reference can run on\n {2}node@24 or newer/],
    ['colours.yaml', 2, /there is no key/],
    ['zeros.yaml', 2, /the file has 300000 bytes/],
    ['folder.yaml', 2, /folder\.yaml: (?:is not a file|there is no schedule\.json in it)\n/],
    ['missing.yaml', 2, /missing\.yaml: does not exist\n/],
    ['file/below.yaml', 2, /does not exist\n/],
    ['', 2, /^letitcrash: '': /],
    ['.', 2, /\.: (?:.*\n {2}a scenario file ends in|there is no schedule\.json in it)/],
    ['self.ts', 2, /self\.ts: me: contains itself/],
    ['bigint.ts', 2, /holds a value that JSON cannot express/],
    ['throws.ts', 2, /throws\.ts: cannot be loaded: TypeError: no : :|throws\.ts: cannot be loaded: TypeError: no ::error::no/],
    ['nothing.ts', 2, /exports no `scenario`/],
  ])('%j', async (file, code, words) => {
    for (const args of [
      ['run', file],
      ['run', file, '--dry-run'],
      ['replay', file],
      ['profile', file],
      ['export', 'k6', file],
    ]) {
      const outcome = await played(args);
      expectTold(outcome, [code]);
      expect(outcome.stderr).toMatch(words);
    }
  });

  test('reports all its mistakes at once, each value once', async () => {
    const { stderr } = await played(['run', 'all.yaml', '--set', 'limits.lag=never', '--set', 'nonsense']);
    const places = [...stderr.matchAll(/^letitcrash: (?:all\.yaml:\S+ ([\w.]+):|(--set \S+):)/gm)].map(
      ([, path, set]) => path ?? set,
    );
    expect(places.toSorted()).toEqual(
      [
        '--set limits.lag=never',
        '--set nonsense',
        'abort',
        'expect.response.p98',
        'fauts',
        'load.duration',
        'load.rate',
        'name',
        'users',
      ].toSorted(),
    );
    expect(stderr).toContain('there is no key "fauts"');
    const huge = await played(['run', 'huge.yaml']);
    expect(huge.stderr.match(/^letitcrash: /gm)).toHaveLength(2);
  });

  test('may say 1m30s', async () => {
    const { code, stdout } = await played(['run', 'good.yaml', '--dry-run', '--json', '--set', 'load.duration=1m30s']);
    expect({ code, durationMs: JSON.parse(stdout).load.durationMs }).toEqual({ code: 0, durationMs: 90_000 });
  });
});

describe('mistakes of several sorts', () => {
  const placesOf = (stderr: string): string[] => [...stderr.matchAll(/^letitcrash: (\S+?):? /gm)].map(([, place = '']) => place);

  test('are all reported at once: options, their values, the folder and the scenario', async () => {
    const outcome = await played([
      ...['run', 'metric.yaml', '--seed', 'three', '--wibble', '--live', 'abc', '--out', 'file', '--otpl=4'],
      ...['--set', 'load.rate=never'],
    ]);
    expectTold(outcome, [2]);
    expect(placesOf(outcome.stderr).toSorted()).toEqual(
      ['--live', '--otpl=4', '--out', '--seed', '--set', '--wibble', 'metric.yaml:4:11'].toSorted(),
    );
  });

  test('are all reported at once: a missing argument and a value', async () => {
    const { code, stderr } = await played(['profile', '--with', 'x-ray', '--seed=-1']);
    expect({ code, places: placesOf(stderr).toSorted() }).toEqual({ code: 2, places: ['--seed', '--with', 'letitcrash'] });
  });

  test.each([
    ['gate', ['gate', '--baseline', 'HEAD']],
    ['compare', ['compare', 'durability=fsync', 'durability=memory']],
  ])('are told at once by %s, of the policy and of the scenario', async (_name, args) => {
    const outcome = await played([...args, '--policy', 'limits.yaml', '--scenario', 'all.yaml']);
    expectTold(outcome, [2]);
    expect(outcome.stderr).toMatch(/^letitcrash: limits\.yaml:1:\d+: slo/m);
    for (const place of ['load.rate', 'load.duration', 'name', 'users', 'abort'])
      expect(outcome.stderr).toMatch(new RegExp(`^letitcrash: all\\.yaml:\\d+:\\d+: ${place}:`, 'm'));
  });

  describe('and a version of Node that does not exist', () => {
    beforeEach(() => vi.stubEnv('npm_execpath', join(folder, 'npm-cli.js')));
    afterEach(() => vi.unstubAllEnvs());

    test('are all reported at once by explore: its options, the target, the kinds and the run', async () => {
      const outcome = await played([
        ...['explore', '--nodes', 'abc', '--in', 'moon', '--target', 'refrence', '--faults', 'kill-nod,kill-node,partitio'],
        ...['--set', 'load.rate=fast', '--set', 'target.runtime=node@99', '--set', 'wibble=1'],
      ]);
      expectTold(outcome, [2]);
      expect(placesOf(outcome.stderr).toSorted()).toEqual(
        ['--faults', '--faults', '--in', '--nodes', '--set', '--set', '--target', 'node@99'].toSorted(),
      );
      expect(outcome.stderr).toContain('npm carries no such version of Node for this platform\n  one of node@24, node@26\n');
    });

    test.each([
      [['explore', '--set', 'target.runtime=node@99'], ['node@99']],
      [['compare', 'node@99', 'durability=memory'], ['node@99']],
      [['compare', 'durability=memory', 'node@26', '--set', 'target.runtime=node@99'], ['node@99']],
      [['compare', 'durability=memory', 'node@24', '--scenario', 'new-node.yaml'], ['node@99']],
      [['run', 'new-node.yaml', '--no-arena', '--quiet', '--out', 'never'], ['node@99']],
    ])('are told by %j before anything starts', async (args, places) => {
      const before = await readdir(folder);
      const outcome = await played(args);
      expectTold(outcome, [2]);
      expect(placesOf(outcome.stderr)).toEqual(places);
      expect(await readdir(folder)).toEqual(before);
    });

    test('are all reported at once by compare: both sides, the policy, the blocks and the options', async () => {
      const outcome = await played([
        ...['compare', 'durability=fsinc node@99', 'nodes=none', '--seed', 'x', '--policy', 'limits.yaml', '--set', 'users=one'],
      ]);
      expectTold(outcome, [2]);
      expect(placesOf(outcome.stderr).toSorted()).toEqual(
        ['--seed', '--set', '--set', '--set', 'limits.yaml:1:8', 'limits.yaml:2:8', 'node@99'].toSorted(),
      );
      const few = await played(['compare', 'durability=fsync', 'node@99', '--blocks', '2', '--set', 'users=one']);
      expectTold(few, [2]);
      expect(placesOf(few.stderr).toSorted()).toEqual(['--set', '2', 'node@99'].toSorted());
    });

    test('are all reported at once by compare: a missing side, what prevents it from continuing, and the files', async () => {
      const missing = await played(['compare', '--policy', 'limits.yaml', '--scenario', 'metric.yaml']);
      expectTold(missing, [2]);
      for (const words of ['give two sides to compare', 'limits.yaml:1:8', 'limits.yaml:2:8', 'expect.wibble'])
        expect(missing.stderr).toContain(words);
      const resumed = await played(['compare', 'nodes=1', '--resume', 'nowhere']);
      expectTold(resumed, [2]);
      for (const words of ['--resume nowhere: the folder says what is compared', 'nowhere: there is no request.json'])
        expect(resumed.stderr).toContain(words);
    });

    test('are told at once by gate, of both sources, the folder, the overrides, the reach and the options', async () => {
      await mkdir(join(folder, 'gated'), { recursive: true });
      await writeFile(join(folder, 'gated', 'blocks.ndjson'), '');
      const args = [
        ...['gate', '--baseline', 'no-such-revision', '--candidate', './no-such-folder', '--out', 'gated', '--blocks', '2'],
        ...['--set', 'target.runtime=node@99', '--set', 'wibble=1'],
      ];
      const places = ['no-such-revision', './no-such-folder', '--out', 'node@99', '2', '--set'];
      const outcome = await played(args);
      expectTold(outcome, [2]);
      expect(placesOf(outcome.stderr)).toEqual(places);
      const surplus = await played([...args, '--wibble']);
      expectTold(surplus, [2]);
      expect(placesOf(surplus.stderr).toSorted()).toEqual(['--wibble', ...places].toSorted());
    });

    test('say nothing about it if the registry is out of reach', async () => {
      vi.stubEnv('npm_execpath', join(folder, 'broken', 'npm-cli.js'));
      const outcome = await played(['explore', '--target', 'refrence', '--set', 'target.runtime=node@99']);
      expect(placesOf(outcome.stderr)).toEqual(['--target']);
    });
  });

  test('are all reported at once by gate: its options and both files', async () => {
    const outcome = await played(['gate', '--policy', 'limits.yaml', '--scenario', 'metric.yaml']);
    expectTold(outcome, [2]);
    for (const words of ['no baseline was given', 'limits.yaml:1:', 'expect.wibble']) expect(outcome.stderr).toContain(words);
    const one = await played(['gate', '--run', 'no-such-run', '--blocks', '12', '--policy', 'limits.yaml']);
    expectTold(one, [2]);
    expect(placesOf(one.stderr)).toEqual(['--run', 'no-such-run', 'limits.yaml:1:8', 'limits.yaml:2:8']);
  });

  test('are told at once by gate, of a load that its time is too short for', async () => {
    await writeFile(join(folder, 'short.yaml'), 'budget: 10s\nmetrics: { response.p99: 5% }\n');
    const outcome = await played(['gate', '--baseline', 'no-such-revision', '--policy', 'short.yaml']);
    expectTold(outcome, [2]);
    expect(placesOf(outcome.stderr)).toEqual(['no-such-revision', 'short.yaml']);
  });
});

describe('a folder to write into', () => {
  test.each([
    ['file', 2, /^letitcrash: --out file: is a file, not a folder\n {2}name a folder/],
    ['file/below', 2, /--out file\/below: .*file: is a file, not a folder/],
    ['', 2, /^letitcrash: --out the name of a folder is empty|--out '': /],
    ['/dev/full', 2, /is a file, not a folder/],
    ['/proc/nope', 3, /\/proc\/nope: (?:no folder can be made there|this user may not)/],
  ])('%j', async (out, code, words) => {
    const commands = [
      ['run', 'good.yaml', '--out', out],
      ['compare', 'durability=fsync', 'durability=memory', '--out', out],
      ['report', 'file', '--out', out],
      ['init', '--out', out],
    ];
    // What can only be seen by trying is seen by whoever writes first.
    for (const args of code === 3 ? commands.slice(3) : commands) {
      const outcome = await played(args);
      expectTold(outcome, [code]);
      expect(outcome.stderr).toMatch(words);
    }
  });
});

const VALUES = [
  '',
  'abc',
  '-1',
  '1e18',
  '0x10',
  ' ',
  '1.5',
  'Infinity',
  'a\u001b[2J\n::error::b',
  'x'.repeat(5_000),
  'file',
  '/proc/nope',
  '/dev/full',
];

/** Command lines that go wrong for want of what they name, so that no value of an option can make them start anything. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  run: ['run', 'no-such-scenario'],
  explore: ['explore', '--target', 'no-such-target'],
  replay: ['replay', 'no-such-scenario'],
  compare: ['compare', 'durability=fsync', 'durability=memory', '--scenario', 'no-such-scenario'],
  gate: ['gate', '--run', 'no-such-run', '--policy', 'no-such-policy.yaml'],
  profile: ['profile', 'no-such-scenario'],
  report: ['report', 'no-such-run'],
  'history add': ['history', 'add', 'no-such-run'],
  'history show': ['history', 'show', '--folder', 'no-such-history', '--metric', 'no-such-metric'],
  import: ['import', 'k6', 'no-such-file'],
  export: ['export', 'k6', 'no-such-scenario'],
  schema: ['schema', 'no-such-schema'],
  doctor: ['doctor', '--noise', '--scenario', 'no-such-scenario'],
  observe: ['observe', 'no-such-run'],
  open: ['open', 'no-such-run'],
  prune: ['prune', 'no-such-folder'],
  heal: ['heal', 'no-such-run'],
  diff: ['diff', 'no-such-run', 'no-such-other'],
  init: ['init', 'surplus'],
  targets: ['targets', 'surplus'],
  scenarios: ['scenarios', 'surplus'],
};

/** With an argument that cannot be what is wanted, in each place where one is taken. */
const WITH_ARGUMENT: readonly ((given: string) => readonly string[])[] = [
  (given) => ['run', given],
  (given) => ['replay', given],
  (given) => ['profile', given],
  (given) => ['report', given],
  (given) => ['history', 'add', given],
  (given) => ['import', 'k6', given],
  (given) => ['export', 'k6', given],
  (given) => ['schema', given],
  (given) => ['observe', given],
  (given) => ['open', given],
  (given) => ['prune', given],
  (given) => ['heal', given],
  (given) => ['diff', given, 'no-such-run'],
  (given) => ['diff', 'no-such-run', given],
];

/** Every command that takes a name, and every option of it and of all that takes a value. */
function valuedOptions(): { readonly name: string; readonly flag: string }[] {
  const root = program();
  const found = (command: Command, name: string): { name: string; flag: string }[] => [
    ...[...command.options, ...root.options]
      .filter(({ required, optional }) => required || optional)
      .map(({ long }) => ({ name, flag: long ?? '' })),
    ...command.commands.flatMap((nested) => found(nested, `${name} ${nested.name()}`)),
  ];
  return root.commands.flatMap((command) => found(command, command.name())).filter(({ name }) => Object.hasOwn(REFUSED, name));
}

describe('every option of every command', () => {
  test.each(valuedOptions())('$name $flag refuses a value that cannot mean anything', async ({ name, flag }) => {
    const before = await readdir(folder);
    for (const value of VALUES) {
      const outcome = await played([...(REFUSED[name] ?? []), flag, value]);
      expectTold(outcome);
    }
    expect(await readdir(folder)).toEqual(before);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  test('is covered', () => {
    const named = program().commands.flatMap((command) =>
      command.commands.length === 0 ? [command.name()] : command.commands.map((nested) => `${command.name()} ${nested.name()}`),
    );
    expect(named.filter((name) => !Object.hasOwn(REFUSED, name))).toEqual([]);
  });

  test.each(WITH_ARGUMENT.map((args) => ({ words: args('…').join(' '), args })))(
    '$words refuses an argument that cannot mean anything',
    async ({ args }) => {
      const before = await readdir(folder);
      for (const value of VALUES) {
        const outcome = await played(args(value));
        expectTold(outcome);
      }
      expect(await readdir(folder)).toEqual(before);
    },
  );

  test.each(Object.entries(REFUSED))('%s refuses what it does not know', async (name, args) => {
    for (const surplus of ['--wibble', '--wibble=3', '-x', '--\u001b[2J\n::error::x']) {
      const outcome = await played([...args, surplus]);
      expectTold(outcome, [2]);
      expect(outcome.stderr).toContain(`letitcrash ${name}`);
    }
  });

  test('of which none is given shows the help', async () => {
    for (const args of [
      ['rnu'],
      ['run'],
      ['run', 'a', 'b'],
      ['schema', 'scenari'],
      ['run', 'smoke', '--set'],
      ['history', 'ad'],
      ['\u001b[2J\n::error::x'],
    ])
      expectTold(await played(args), [2]);
  });
});
