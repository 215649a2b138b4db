/** What is fetched for a run in an arena is fetched before: an arena has a network of its own, with nothing in it. */
import { readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../../../harness/front/library/index.ts';
import { whyNoArena } from '../../../../harness/run/arena/namespaces.ts';
import { letitcrash, type Outcome } from './command-line.ts';

const PROJECT = fileURLToPath(new URL('../../../..', import.meta.url));
const OWN_NETWORK = readlinkSync('/proc/self/ns/net');
/** Stands for npm: notes in which network it was called, and can install nothing. */
const FAILING_NPM = `const fs = require('node:fs');
fs.appendFileSync(__dirname + '/networks', fs.readlinkSync('/proc/self/ns/net') + '\\n');
process.exit(1);
`;
const SCENARIO = `name: small
target: { use: reference, durability: memory, runtime: node@24 }
users: 10
load: { model: constant, rate: 50/s, duration: 2s, workers: 1 }
faults: [{ at: 1s, kind: kill-process, count: 1 }]
`;
const noArena = await whyNoArena();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-before-arena-'));
  await writeFile(join(folder, 'small.yaml'), SCENARIO);
});
afterEach(() => {
  vi.unstubAllEnvs();
  return rm(folder, { recursive: true, force: true });
});

/** An empty cache, and what stands for npm. */
async function surroundings(npm: string): Promise<Readonly<Record<string, string>>> {
  await writeFile(join(folder, 'npm-cli.js'), npm);
  return { XDG_CACHE_HOME: join(folder, 'cache'), npm_execpath: join(folder, 'npm-cli.js') };
}

async function command(npm: string, ...words: readonly string[]): Promise<Outcome> {
  return letitcrash([...words, '--out', join(folder, 'out')], { cwd: folder, env: await surroundings(npm) });
}

/** It is asked to install, and which versions there are. */
async function networksOfNpm(): Promise<string[]> {
  return [...new Set((await readFile(join(folder, 'networks'), 'utf8')).trimEnd().split('\n'))];
}

describe.skipIf(noArena !== null)('another version of Node is fetched outside the arena', () => {
  test.each([
    ['run', 'small.yaml'],
    ['replay', 'small.yaml'],
    ['profile', 'small.yaml'],
    ['explore', '--schedules', '1', '--set', 'target.runtime=node@24'],
    ['compare', 'durability=memory', 'durability=commit', '--scenario', 'small.yaml'],
    ['gate', '--baseline', PROJECT, '--candidate', PROJECT, '--scenario', 'small.yaml'],
  ])('by %s', async (...words) => {
    const { code, stderr } = await command(FAILING_NPM, ...words);
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('node@24 cannot be installed') });
    expect(await networksOfNpm()).toEqual([OWN_NETWORK]);
  });

  test('by a call of the library', async () => {
    for (const [name, value] of Object.entries(await surroundings(FAILING_NPM))) vi.stubEnv(name, value);
    const ran = run(join(folder, 'small.yaml'), { arena: true, outDir: join(folder, 'out') });
    await expect(ran).rejects.toMatchObject({
      name: 'RunError',
      message: expect.stringContaining('node@24 cannot be installed'),
    });
    expect(await networksOfNpm()).toEqual([OWN_NETWORK]);
  });
});
