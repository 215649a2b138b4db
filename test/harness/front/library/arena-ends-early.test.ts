/** A run that the library plays in an arena and that ends early: what was measured comes back out of it, and nothing stays behind. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../../harness/front/library/index.ts';
import { playInArena } from '../../../../harness/front/library/play-in-arena.ts';
import type { Plan } from '../../../../harness/plan/scenario/plan.ts';
import { whyNoArena } from '../../../../harness/run/arena/namespaces.ts';
import { childrenThatRun } from '../../../children.ts';
import { until } from '../../../until.ts';

const SCENARIO = {
  name: 'mine',
  target: { use: 'calibrated', durability: 'memory' as const },
  users: 10,
  load: { rate: '50/s', duration: '60s', warmUp: '0s' },
  limits: { lag: '20s' },
};
const noArena = await whyNoArena();

test.skipIf(noArena !== null)(
  'an interrupted run in an arena keeps what it had measured; before the load it keeps no folder',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'letitcrash-interrupt-'));
    const play = (name: string, isTime: (event: { kind: string; phase?: string }) => boolean) => {
      const interrupt = new AbortController();
      return run(SCENARIO, {
        arena: true,
        outDir: join(folder, name),
        interrupt: interrupt.signal,
        onProgress: (event) => {
          if (isTime(event)) interrupt.abort('a colleague');
        },
      });
    };
    const [kept, early] = await Promise.allSettled([
      play('kept', ({ kind }) => kind === 'reading'),
      play('early', ({ kind, phase }) => kind === 'phase' && phase === 'start'),
    ]);
    expect(kept).toMatchObject({
      status: 'fulfilled',
      value: { result: { verdict: 'unknown', interrupted: { by: 'a colleague', phase: 'load' }, environment: { arena: true } } },
    });
    expect(existsSync(join(folder, 'kept', 'result.json'))).toBe(true);
    expect(early).toMatchObject({ status: 'rejected', reason: { code: 'interrupted' } });
    expect(existsSync(join(folder, 'early'))).toBe(false);
    rmSync(folder, { recursive: true });
  },
);

test.skipIf(noArena !== null)('an arena that cannot be given its task is removed again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-interrupt-'));
  const plan = {
    scenario: { name: 'mine' },
    target: { use: 'calibrated', runtime: null, nodeFlags: [] },
    notPlain: () => 1,
  } as unknown as Plan;
  await expect(playInArena(plan, { outDir: folder })).rejects.toThrow(/could not be cloned/);
  await until(() => childrenThatRun('arena-run').length === 0, 'no process of the arena is left');
  rmSync(folder, { recursive: true });
});
