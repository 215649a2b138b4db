import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nodeRuntime, whyNoRuntime } from '../../../../harness/run/conductor/node-runtime.ts';
import { engineOptions } from '../../../../targets/reference/engine-options.ts';
import { reference } from '../../../../targets/reference/target.ts';
import { deploy } from '../../../targets/reference/deployed.ts';

const { signal } = new AbortController();
const own = process.versions.node;

test('the Node that is running is used if it is the version asked for, and nothing is installed', async () => {
  const major = own.split('.')[0];
  expect(await nodeRuntime({ runtime: `node@${major}`, nodeFlags: [] }, signal)).toEqual({
    executable: process.execPath,
    version: own,
    flags: [],
  });
  expect(await nodeRuntime({ runtime: null, nodeFlags: ['--x'] }, signal)).toMatchObject({ version: own, flags: ['--x'] });
  expect(await nodeRuntime({ runtime: null, nodeFlags: [] }, signal)).toBe(undefined);
});

describe('a version that is not installed', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'letitcrash-runtime-'));
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
    vi.stubEnv('npm_execpath', join(folder, 'npm-cli.js'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  /** Stands for npm: it can install nothing, and prints `versions` as what there is. */
  const npm = (versions: string): Promise<void> =>
    writeFile(
      join(folder, 'npm-cli.js'),
      `process.argv[2] === 'view' ? console.log(${JSON.stringify(versions)}) : process.exit(1)`,
    );

  test('and that npm does not carry is a mistake, and the message names the versions that exist', async () => {
    await npm('["24.1.0", "24.11.1", "26.0.0", "v9"]');
    const words = 'node@999: npm carries no such version of Node for this platform\n  one of node@24, node@26';
    expect(await whyNoRuntime('node@999', signal)).toBe(words);
    expect(await whyNoRuntime('node@24.2', signal)).toMatch(/^node@24\.2: npm carries no such version/);
    const asked = nodeRuntime({ runtime: 'node@999', nodeFlags: [] }, signal);
    await expect(asked).rejects.toMatchObject({ name: 'RunError', code: 'target-unknown', blames: 'request', message: words });
  });

  test.each(['node@24', 'node@24.11', 'node@24.11.1', `node@${own}`])('and that npm carries is accepted: %s', async (runtime) => {
    await npm('["24.1.0", "24.11.1", "26.0.0"]');
    expect(await whyNoRuntime(runtime, signal)).toBe(null);
  });

  test.each(['[]', 'no JSON', '{"error": {}}'])(
    'is not called a mistake as long as nobody knows which versions exist: %s',
    async (versions) => {
      await npm(versions);
      expect(await whyNoRuntime('node@999', signal)).toBe(null);
      const asked = nodeRuntime({ runtime: 'node@999', nodeFlags: [] }, signal);
      await expect(asked).rejects.toMatchObject({ name: 'RunError', code: 'target-unavailable', blames: 'machine' });
      await expect(asked).rejects.toThrow(/^node@999 cannot be installed: .*registry must be reachable/s);
    },
  );
});

test('a version of Node is looked up and installed with whatever npm there is', async () => {
  // Where there is no network, npm would try again for more than a minute.
  vi.stubEnv('npm_config_fetch_retries', '0');
  const asked = nodeRuntime({ runtime: 'node@999', nodeFlags: [] }, signal);
  await expect(asked).rejects.toMatchObject({ name: 'RunError', code: expect.stringMatching(/^target-un(?:known|available)$/) });
});

test('a server runs with the flags, which take precedence over its own, and says so', async () => {
  const server = await deploy({}, 'memory', 1, {
    executable: process.execPath,
    version: own,
    flags: ['--max-old-space-size=77'],
  });
  try {
    expect(server.deployment.target.runtime).toBe(`node ${own} --max-old-space-size=77`);
    const words = await readWords(server.node.osPid as number);
    const before = engineOptions(own);
    expect(words.slice(0, before.length + 3)).toEqual([process.execPath, ...before, '--max-old-space-size=77', '--expose-gc']);
  } finally {
    await server.stop();
  }
  expect(reference.capabilities.has('node-runtime')).toBe(true);
});

async function readWords(osPid: number): Promise<string[]> {
  return (await readFile(`/proc/${osPid}/cmdline`, 'utf8')).split('\0');
}
