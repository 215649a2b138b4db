/** The package as it is published: packed, installed into the example project from its tarball, and used there as its user would. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
const LEFT_OUT = new Set(['node_modules', '.git', 'runs', 'dist', '.cache']);
const LIMIT_MS = 280_000;

let folder: string;
let project: string;
let tarball: string;

/** Both streams, whether it succeeds or not. */
async function command(
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const { NODE_COMPILE_CACHE: _, ...inherited } = process.env;
  // Vitest's own variables would make a Vitest below believe that it is a worker of this one.
  const own = Object.entries(inherited).filter(
    ([name]) => !/^(VITEST|npm_)/.test(name) && name !== 'NODE_OPTIONS' && name !== 'NODE_ENV',
  );
  const env = { ...Object.fromEntries(own), PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NO_COLOR: '1' };
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, {
      cwd,
      env,
      timeout: LIMIT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, text: `${stdout}${stderr}${(error as Error).message}` };
  }
}

async function succeeds(file: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, text } = await command(file, args, cwd);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${text}`);
  return text;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-packed-'));
  // Packed from a copy, since packing rewrites package.json for a while, and others read the checkout's meanwhile.
  const copy = join(folder, 'letitcrash');
  cpSync(CHECKOUT, copy, { recursive: true, filter: (source) => !LEFT_OUT.has(source.slice(CHECKOUT.length)) });
  symlinkSync(join(CHECKOUT, 'node_modules'), join(copy, 'node_modules'));
  await succeeds('npm', ['pack', '--pack-destination', folder], copy);
  tarball = join(folder, `letitcrash-${JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')).version}.tgz`);
  project = join(folder, 'chat');
  cpSync(join(CHECKOUT, 'test/example'), project, { recursive: true });
  await succeeds('npm', ['install', '--save-dev', '--no-audit', '--no-fund', tarball], project);
}, LIMIT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('it brings compiled code and types, and no TypeScript for Node to refuse', () => {
  const installed = join(project, 'node_modules/letitcrash');
  expect(existsSync(join(installed, 'dist/harness/library/index.js'))).toBe(true);
  expect(existsSync(join(installed, 'dist/harness/library/vitest.d.ts'))).toBe(true);
  expect(existsSync(join(installed, 'library'))).toBe(false);
  expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).exports['./driver']).toEqual({
    types: './dist/harness/library/driver.d.ts',
    default: './dist/harness/library/driver.js',
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
    expect(text).toMatch(/"a conversation loses nothing" has retry: 2, which undoes what it measures/);
  },
  LIMIT_MS,
);
