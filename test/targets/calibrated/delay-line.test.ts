import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelayLine, nowUs } from '../../../targets/calibrated/delay-line.ts';

describe('the delay line', () => {
  it('is never early, and is late by less than half a millisecond if the machine allows it', async () => {
    const line = new DelayLine();
    const late: number[] = [];
    for (let time = 0; time < 40; time += 1) {
      await new Promise<void>((resolve) => {
        const dueUs = nowUs() + 10_000;
        line.at(dueUs, () => {
          late.push(nowUs() - dueUs);
          resolve();
        });
      });
    }
    late.sort((a, b) => a - b);
    expect(late[0]).toBeGreaterThanOrEqual(0);
    // Other programs make some of them late; the quicker quarter shows what the line itself does.
    expect(late[10]).toBeLessThan(500);
  });

  it('runs what is due in order of time, and in order of addition if the times are equal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -1_000, max: 3_000 }), { minLength: 1, maxLength: 60 }), async (offsets) => {
        const line = new DelayLine();
        const baseUs = nowUs();
        const ran: number[] = [];
        await new Promise<void>((resolve) => {
          for (const [index, offset] of offsets.entries()) {
            line.at(baseUs + offset, () => {
              ran.push(index);
              if (ran.length === offsets.length) resolve();
            });
          }
        });
        const expected = offsets
          .map((offset, index) => ({ offset, index }))
          .sort((a, b) => a.offset - b.offset || a.index - b.index);
        expect(ran).toEqual(expected.map(({ index }) => index));
      }),
      { numRuns: 50 },
    );
  });
});
