import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetful } from '../../../../../../harness/run/arena/journal.ts';
import { clockJump } from '../../../../../../harness/run/faults/kinds/machine/clock-jump.ts';
import { type Ground, prepareGround } from '../../../../../../harness/run/faults/machine/ground.ts';
import { requirement } from '../../../../../../harness/run/faults/requirements.ts';
import { findTarget } from '../../../../../../targets/index.ts';
import type { Deployment, Target } from '../../../../../../targets/target.ts';
import { deploymentSpec } from '../../../../../targets/deployment-spec.ts';
import { faultContext } from '../../fault-context.ts';

const library = await requirement('libfaketime').probe();
if (!library.met && process.env.LETITCRASH_REQUIRE_PEERS !== undefined) throw new Error(`${library.reason}: ${library.remedy}`);

let folder = '';
let ground: Ground;
let deployment: Deployment;

describe.skipIf(!library.met)('clock-jump', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'letitcrash-clock-'));
    ground = await prepareGround([{ clock: true }], { path: folder, data: join(folder, 'data') }, forgetful);
    deployment = await (findTarget('reference') as Target).start(
      deploymentSpec(folder, { durability: 'commit', env: ground.env }),
    );
  });
  afterAll(async () => {
    await deployment.stop();
    await ground.restore();
    rmSync(folder, { recursive: true, force: true });
  });

  const context = () => faultContext(deployment, { ground });
  const ahead = (evidence: readonly string[]): number => Number(/it is (-?[\d.]+) s ahead/.exec(evidence.join())?.[1]);

  it.each([
    ['1h', 3600],
    ['-5m', -300],
  ])('moves the nodes by %s, as they tell themselves, and back', async (by, seconds) => {
    const injection = await clockJump.inject({ by }, context());
    const during = await clockJump.verify(injection, context());
    expect(during).toMatchObject({ verified: true });
    expect(Math.abs(ahead(during.evidence) - seconds)).toBeLessThan(5);
    const after = await clockJump.undo?.(injection, context());
    expect(after).toMatchObject({ verified: true });
    expect(Math.abs(ahead(after?.evidence ?? []))).toBeLessThan(5);
  });

  it('is not verified when the clocks stay', async () => {
    const injection = await clockJump.inject({ by: '30s' }, context());
    await injection.handle.jumpBack();
    const claimed = { ...injection, handle: { ...injection.handle, byMs: 7_200_000 } };
    expect(await clockJump.verify(claimed, context())).toMatchObject({ verified: false });
  });
});
