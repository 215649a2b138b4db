import { afterEach, expect, test, vi } from 'vitest';
import {
  absentRequirements,
  absentText,
  REQUIREMENTS,
  requirement,
  requirementNames,
} from '../../../../harness/run/faults/requirements.ts';

afterEach(() => vi.restoreAllMocks());

const LACKING = { met: false, reason: 'there is no /proc', remedy: 'run it on Linux' } as const;
const KINDS = [
  { kind: 'one', requires: ['procfs'] },
  { kind: 'two', requires: [] },
  { kind: 'three', requires: ['procfs'] },
] as const;

test.each(requirementNames)('%s says by what it is met, or why it is not met and what would help', async (name) => {
  const state = await requirement(name).probe();
  if (state.met) expect(state.found).not.toBe('');
  else expect([state.reason, state.remedy]).not.toContain('');
});

test('what is absent is reported once, with the kinds that need it, the reason and the remedy', async () => {
  const probe = vi.spyOn(REQUIREMENTS.procfs, 'probe').mockResolvedValue(LACKING);
  const absent = await absentRequirements(KINDS);
  expect(absent.map(absentText)).toEqual(['one, three need procfs: there is no /proc\n  run it on Linux']);
  expect(probe).toHaveBeenCalledTimes(1);
});

test('nothing is absent if everything is met, or nothing is required', async () => {
  const probe = vi.spyOn(REQUIREMENTS.procfs, 'probe').mockResolvedValue({ met: true, found: 'it' });
  expect(await absentRequirements(KINDS)).toEqual([]);
  probe.mockClear();
  expect(await absentRequirements([KINDS[1]])).toEqual([]);
  expect(probe).not.toHaveBeenCalled();
});
