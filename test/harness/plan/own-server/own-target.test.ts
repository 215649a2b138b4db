import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadOwnTarget } from '../../../../harness/plan/own-server/own-target.ts';
import { openDriver } from '../../../../harness/run/drivers/index.ts';
import type { DeploymentSpec } from '../../../../targets/target.ts';
import { project } from './project.ts';

const TARGET = (started: string): string => `export let killed = false;
export const target = {
  name: 'mine', summary: 'mine', driver: 'native', capabilities: new Set(), durabilities: ['memory'],
  checkConfig: () => [], availability: async () => ({ available: true }),
  start: async () => (${started}),
};`;

async function startIn(folder: string): Promise<unknown> {
  const loaded = await loadOwnTarget(join(folder, 'my-target.ts'));
  if (!loaded.ok) throw new Error(loaded.message);
  return loaded.value.start({} as DeploymentSpec);
}

test('a target whose start returns no deployment hears what is missing, and is killed as far as it can be', async () => {
  const folder = project({
    'my-target.ts': TARGET(
      `{ nodes: [{ name: 'n1', state: 'ready' }], chaos: null, killNow() { globalThis.killedNow = true; } }`,
    ),
  });
  await expect(startIn(folder)).rejects.toThrow(
    /my-target\.ts: target\.start\(\) returned no Deployment: target is missing; .*nodes\[0\]\.endpoint is missing.*\n {2}target must be an object/,
  );
  expect((globalThis as { killedNow?: boolean }).killedNow).toBe(true);
});

test('a target whose start returns nothing at all hears that', async () => {
  await expect(startIn(project({ 'my-target.ts': TARGET('undefined') }))).rejects.toThrow(
    /returned no Deployment: target is missing/,
  );
});

test('a driver whose connect returns no session hears what is missing, at the first connection', async () => {
  const folder = project({
    'my-driver.ts': `export const driver = { name: 'mine', tend() {}, connect: () => ({ send() {}, read() {}, close() {} }) };`,
  });
  const driver = await openDriver(join(folder, 'my-driver.ts'));
  expect(() => driver.connect({} as never, {} as never)).toThrow(
    /my-driver\.ts: driver\.connect\(\) returned no Session: acknowledge is missing; abort is missing;.*\n {2}acknowledge must be/,
  );
});

test('a driver that cannot be loaded is refused in words', async () => {
  await expect(openDriver(join(project(), 'none.ts'))).rejects.toThrow(/none\.ts is not a file/);
});
