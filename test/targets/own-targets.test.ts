/** What our own servers make of the life that all nodes have in common (`owned-node.test.ts`). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { calibrated } from '../../targets/calibrated/target.ts';
import { reference } from '../../targets/reference/target.ts';
import type { DeployedNode, Deployment, Target } from '../../targets/target.ts';
import { deploymentSpec } from './deployment-spec.ts';

const opened: { readonly deployment: Deployment; readonly folder: string }[] = [];

async function start(target: Target): Promise<{ readonly deployment: Deployment; readonly node: DeployedNode }> {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-paused-'));
  const deployment = await target.start(deploymentSpec(folder, { env: { OF_THE_RUN: 'yes' } }));
  opened.push({ deployment, folder });
  return { deployment, node: deployment.nodes[0] as DeployedNode };
}

afterEach(async () => {
  for (const { deployment, folder } of opened.splice(0)) {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

// What is known of the kernel is read from /proc.
describe.skipIf(process.platform !== 'linux').each([reference, calibrated])('a node of $name', (target) => {
  test('answers nothing while it is paused or dead, and answers again when it goes on', async () => {
    const { node } = await start(target);
    await node.pause();
    expect(await node.introspect()).toBeNull();
    await node.resume();
    expect(await node.introspect()).toMatchObject({ connections: 0 });
    await node.kill();
    expect(await node.introspect()).toBeNull();
  });

  test('that is paused does not keep its deployment from stopping, at once or with grace', async () => {
    const one = await start(target);
    await one.node.pause();
    await one.deployment.stop();
    expect(one.node.state).toBe('dead');
    const other = await start(target);
    await other.node.pause();
    other.deployment.killNow();
    await expect.poll(() => other.node.state).toBe('dead');
  });

  test('has the environment of the run', async () => {
    const { node } = await start(target);
    expect(readFileSync(`/proc/${node.osPid}/environ`, 'latin1')).toContain('OF_THE_RUN=yes');
  });

  test('that is alone is joined by no other', async () => {
    const { deployment } = await start(target);
    await expect(deployment.addNode()).rejects.toThrow(/alone|one node/);
    expect(deployment.nodes).toHaveLength(1);
  });
});
