import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slowDisk } from '../../../../../../harness/run/faults/kinds/machine/slow-disk.ts';
import { findTarget } from '../../../../../../targets/index.ts';
import type { Deployment, Target } from '../../../../../../targets/target.ts';
import { deploymentSpec } from '../../../../../targets/deployment-spec.ts';
import { faultContext } from '../../fault-context.ts';

let folder = '';
let deployment: Deployment;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-slow-'));
  deployment = await (findTarget('reference') as Target).start(deploymentSpec(folder, { durability: 'commit' }));
});
afterAll(async () => {
  await deployment.stop();
  rmSync(folder, { recursive: true, force: true });
});

const context = () => faultContext(deployment);
const settings = { target: 'random', count: 1, delay: '400ms' };

describe('slow-disk', () => {
  it('makes acknowledgements as late as asked, and as early as before once it is undone', async () => {
    const injection = await slowDisk.inject(settings, context());
    const verification = await slowDisk.verify(injection, context());
    expect(verification).toMatchObject({ verified: true });
    const [, during] = /acknowledged after ([\d.]+) ms/.exec(verification.evidence.join()) ?? [];
    expect(Number(during)).toBeGreaterThanOrEqual(400);
    expect(await slowDisk.undo?.(injection, context())).toMatchObject({ verified: true });
  });

  it('is not verified if the disk is as fast as ever', async () => {
    const injection = await slowDisk.inject({ ...settings, delay: '10ms' }, context());
    const claimed = { ...injection, handle: { ...injection.handle, delayMs: 14_000 } };
    expect(await slowDisk.verify(claimed, context())).toMatchObject({ verified: false });
    await slowDisk.undo?.(injection, context());
  });
});
