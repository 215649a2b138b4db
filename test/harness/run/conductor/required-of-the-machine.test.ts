import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { runScenario } from '../../../../harness/run/conductor/conductor.ts';
import { REQUIREMENTS } from '../../../../harness/run/faults/requirements.ts';
import { GOOD, planned } from '../../plan/scenario/planning.ts';
import { step } from '../faults/playing.ts';

const folder = mkdtempSync(join(tmpdir(), 'letitcrash-required-'));
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

test('a schedule that needs something the machine lacks is refused with the reason and the remedy, and nothing is started', async () => {
  vi.spyOn(REQUIREMENTS.procfs, 'probe').mockResolvedValue({
    met: false,
    reason: 'there is no /proc',
    remedy: 'run it on Linux',
  });
  const plan = { ...planned(GOOD), faults: [step('kill-node'), step('pause-node')] };
  const outDir = join(folder, 'run');
  const run = runScenario(plan, { outDir, signal: new AbortController().signal, progress: () => undefined });
  await expect(run).rejects.toMatchObject({
    name: 'RunError',
    code: 'machine-lacks',
    message: 'pause-node needs procfs: there is no /proc\n  run it on Linux',
  });
  expect(existsSync(outDir)).toBe(false);
});
