import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { nodeRuntime } from '../../../../harness/run/conductor/node-runtime.ts';
import { engineOptions } from '../../../../targets/reference/engine-options.ts';
import { reference } from '../../../../targets/reference/target.ts';
import { deploy } from '../../../targets/reference/deployed.ts';

const { signal } = new AbortController();
const own = process.versions.node;

test('this very Node is taken where it is the version that is asked for, and nothing is installed', async () => {
  const major = own.split('.')[0];
  expect(await nodeRuntime({ runtime: `node@${major}`, nodeFlags: [] }, signal)).toEqual({
    executable: process.execPath,
    version: own,
    flags: [],
  });
  expect(await nodeRuntime({ runtime: null, nodeFlags: ['--x'] }, signal)).toMatchObject({ version: own, flags: ['--x'] });
  expect(await nodeRuntime({ runtime: null, nodeFlags: [] }, signal)).toBe(undefined);
});

test('a version that npm does not carry is a lack of the machine, with what to do', async () => {
  // Where there is no network, npm would try again for more than a minute.
  vi.stubEnv('npm_config_fetch_retries', '0');
  const asked = nodeRuntime({ runtime: 'node@999', nodeFlags: [] }, signal);
  await expect(asked).rejects.toMatchObject({ name: 'RunError', code: 'target-unavailable' });
  await expect(asked).rejects.toThrow(/^node@999 cannot be had: .*registry must be reachable/s);
});

test('a server runs with the flags, which overrule its own, and says so', async () => {
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
