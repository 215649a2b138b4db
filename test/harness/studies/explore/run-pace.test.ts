import { describe, expect, it } from 'vitest';
import { RunPace } from '../../../../harness/studies/explore/run-pace.ts';
import { failedTrial } from '../../../../harness/studies/explore/trial.ts';

const SCHEDULE = { seed: 1, faults: [] };

describe('the pace of an exploration', () => {
  it('begins the first run as long as any time is left, and no further run that would end too late', async () => {
    let nowMs = 0;
    let takesMs = 4_000;
    const lab = {
      play: async () => {
        nowMs += takesMs;
        return failedTrial('');
      },
    };
    const pace = new RunPace(lab, () => nowMs);
    expect([pace.fits(1), pace.fits(0)]).toEqual([true, false]);
    await pace.play(SCHEDULE);
    expect([pace.fits(4_000), pace.fits(3_999)]).toEqual([true, false]);
    // One that had to make its cluster anew is remembered for a while.
    takesMs = 9_000;
    await pace.play(SCHEDULE);
    takesMs = 1_000;
    for (let run = 0; run < 4; run += 1) await pace.play(SCHEDULE);
    expect(pace.fits(8_999)).toBe(false);
    await pace.play(SCHEDULE);
    expect(pace.fits(1_000)).toBe(true);
  });
});
