import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicUs } from '../../../../../../harness/evidence/measure/clock.ts';
import { forgetful } from '../../../../../../harness/run/arena/journal.ts';
import type { FaultContext } from '../../../../../../harness/run/faults/fault.ts';
import { slowDisk } from '../../../../../../harness/run/faults/kinds/machine/slow-disk.ts';
import { bareGround } from '../../../../../../harness/run/faults/machine/ground.ts';
import { findTarget } from '../../../../../../targets/index.ts';
import type { Deployment, Target } from '../../../../../../targets/target.ts';

let folder = '';
let deployment: Deployment;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-slow-'));
  deployment = await (findTarget('reference') as Target).start({
    nodes: 1,
    durability: 'commit',
    dataDir: join(folder, 'data'),
    logDir: join(folder, 'logs'),
    deployment: 1 + (process.pid % 250),
    config: {},
    via: null,
    env: {},
  });
});
afterAll(async () => {
  await deployment.stop();
  rmSync(folder, { recursive: true, force: true });
});

const context = (): FaultContext => ({
  deployment,
  users: 0,
  userName: String,
  random: () => 0,
  nowUs: monotonicUs,
  signal: new AbortController().signal,
  entryNodes: null,
  network: null,
  userControl: null,
  driver: 'native',
  journal: forgetful,
  ground: bareGround,
});
const settings = { target: 'random', count: 1, delay: '400ms' };

describe('slow-disk', () => {
  it('makes acknowledgements as late as asked, and as early as before after its undoing', async () => {
    const injection = await slowDisk.inject(settings, context());
    const verification = await slowDisk.verify(injection, context());
    expect(verification).toMatchObject({ verified: true });
    const [, during] = /acknowledged after ([\d.]+) ms/.exec(verification.evidence.join()) ?? [];
    expect(Number(during)).toBeGreaterThanOrEqual(400);
    expect(await slowDisk.undo?.(injection, context())).toMatchObject({ verified: true });
  });

  it('is not verified when the disk is as fast as ever', async () => {
    const injection = await slowDisk.inject({ ...settings, delay: '10ms' }, context());
    const claimed = { ...injection, handle: { ...injection.handle, delayMs: 14_000 } };
    expect(await slowDisk.verify(claimed, context())).toMatchObject({ verified: false });
    await slowDisk.undo?.(injection, context());
  });
});
