/** The package as it is published: packed, installed into the example project from its tarball, and used there as its user would. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test as base, beforeAll, expect } from 'vitest';
import { CHECKOUT, command, isRegistryMissing, LIMIT_MS, pack, succeeds } from './packed-package.ts';

const isSkipped = await isRegistryMissing();
const test = base.skipIf(isSkipped);

let folder: string;
let project: string;
let tarball: string;

beforeAll(async () => {
  if (isSkipped) return;
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-packed-'));
  tarball = await pack(folder);
  project = join(folder, 'chat');
  cpSync(join(CHECKOUT, 'test/example'), project, { recursive: true });
  await succeeds('npm', ['install', '--save-dev', '--no-audit', '--no-fund', tarball], project);
}, LIMIT_MS);

afterAll(() => {
  if (!isSkipped) rmSync(folder, { recursive: true, force: true });
});

test('the package has compiled code and types, and no TypeScript that Node would refuse', () => {
  const installed = join(project, 'node_modules/letitcrash');
  expect(existsSync(join(installed, 'dist/harness/front/library/index.js'))).toBe(true);
  expect(existsSync(join(installed, 'dist/harness/front/library/vitest.d.ts'))).toBe(true);
  expect(existsSync(join(installed, 'library'))).toBe(false);
  const manifests = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /package[^/]*\.json$/.test(name),
  );
  expect(manifests.sort()).toEqual(['dist/package.json', 'package.json', 'test/example/package.json']);
  expect(JSON.parse(readFileSync(join(installed, 'dist/package.json'), 'utf8'))).toEqual({
    name: 'letitcrash',
    version: expect.any(String),
    type: 'module',
  });
  expect(JSON.parse(readFileSync(join(installed, 'dist/schemas/scenario.json'), 'utf8')).title).toBe('A letitcrash scenario');
  expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).exports['./driver']).toEqual({
    types: './dist/harness/front/library/driver.d.ts',
    default: './dist/harness/front/library/driver.js',
  });
});

test(
  'the types of everything that the example uses are right',
  async () => {
    expect(await succeeds('node_modules/.bin/tsc', ['--noEmit'], project)).toBe('');
  },
  LIMIT_MS,
);

test(
  'the five tests of the example pass',
  async () => {
    const text = await succeeds('npm', ['test'], project);
    expect(text).toMatch(/Tests +5 passed/);
  },
  LIMIT_MS,
);

test(
  'its command plays the scenario that names files, and finds what the server lost',
  async () => {
    const small = ['--set', 'users=120', '--set', 'load.rate=300/s', '--set', 'load.duration=6s', '--set', 'faults[1].at=3s'];
    const more = ['--set', 'faults[0].at=1s', '--set', 'faults[0].count=10', '--set', 'limits.lag=20s', '--out', 'run'];
    const { code, text } = await command('npx', ['letitcrash', 'run', 'chat.yaml', ...small, ...more], project);
    expect(code, text).toBe(1);
    expect(JSON.parse(readFileSync(join(project, 'run/result.json'), 'utf8')).delivery.lost).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

test(
  'a configured retry is refused with an explanation',
  async () => {
    const { code, text } = await command(
      'npx',
      ['vitest', 'run', '--retry', '2', 'chat.test.ts', '-t', 'a conversation'],
      project,
    );
    expect(code).toBe(1);
    expect(text).toMatch(/"a conversation loses nothing" has retry: 2, which defeats the test/);
  },
  LIMIT_MS,
);
