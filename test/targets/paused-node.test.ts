/** A node that is stopped by the kernel: what it is seen as, and that every way to end it ends it all the same. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { calibrated } from '../../targets/calibrated/target.ts';
import { reference } from '../../targets/reference/target.ts';
import type { DeployedNode, Deployment, Target } from '../../targets/target.ts';

const opened: { readonly deployment: Deployment; readonly folder: string }[] = [];
// Test files run in several processes at once; loopback addresses must not meet.
let next = 1 + (process.pid % 200);

async function start(target: Target): Promise<{ readonly deployment: Deployment; readonly node: DeployedNode }> {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-paused-'));
  next += 1;
  const deployment = await target.start({
    nodes: 1,
    durability: 'memory',
    dataDir: join(folder, 'data'),
    logDir: join(folder, 'logs'),
    deployment: next,
    config: {},
    via: null,
    env: { OF_THE_RUN: 'yes' },
  });
  opened.push({ deployment, folder });
  return { deployment, node: deployment.nodes[0] as DeployedNode };
}

afterEach(async () => {
  for (const { deployment, folder } of opened.splice(0)) {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The letter of /proc/<pid>/stat: T when stopped. */
function kernelState(osPid: number): string {
  const text = readFileSync(`/proc/${osPid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2)[0] as string;
}

// It is the kernel's own word that is asked for, and /proc has it.
describe.skipIf(process.platform !== 'linux').each([reference, calibrated])('a node of $name', (target) => {
  test('is paused when the kernel shows it stopped, answers nothing then, and goes on when resumed', async () => {
    const { node } = await start(target);
    const osPid = node.osPid as number;
    await node.pause();
    expect([node.state, kernelState(osPid), node.osPid]).toEqual(['paused', 'T', osPid]);
    expect(await node.introspect()).toBeNull();
    await node.resume();
    expect(node.state).toBe('ready');
    expect(await node.introspect()).toMatchObject({ connections: 0 });
    expect(node.osPid).toBe(osPid);
  });

  test.each(['kill', 'leave'] as const)('that is paused can be ended by %s, and started again', async (how) => {
    const { node } = await start(target);
    await node.pause();
    const ended = node[how]();
    expect(node.state).toBe(how === 'leave' ? 'leaving' : 'paused');
    await ended;
    expect([node.state, node.osPid]).toEqual(['dead', null]);
    await expect(node.pause()).rejects.toThrow('node n1 is dead; only a live one can be paused');
    await node.restart();
    expect([node.state, node.incarnation]).toEqual(['ready', 2]);
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

  test('that is alone is joined by none', async () => {
    const { deployment } = await start(target);
    await expect(deployment.addNode()).rejects.toThrow(/alone|one node/);
    expect(deployment.nodes).toHaveLength(1);
  });
});
