import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareProgress } from '../../../../harness/front/cli/compare-progress.ts';
import { exploreProgress } from '../../../../harness/front/cli/explore-progress.ts';
import { fittingStatus } from '../../../../harness/front/cli/progress-line.ts';

const field = fc.record({ text: fc.stringMatching(/^[a-z0-9][a-z0-9 ]{0,20}[a-z0-9]$/), rank: fc.nat(9) });

describe('a status line', () => {
  test('consists of whole fields in their order, fits its width, and keeps the most important', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 8 }), fc.integer({ min: 20, max: 200 }), (fields, columns) => {
        const line = fittingStatus('load', fields, columns);
        expect(line.length).toBeLessThanOrEqual(columns);
        const shown = line.replace(/^load {4}/, '').split(', ');
        const texts = fields.map(({ text }) => text.replaceAll(/ +/g, ' '));
        let at = 0;
        for (const text of shown.filter((each) => each !== '')) {
          at = texts.indexOf(text, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
        const [first] = fields.toSorted((a, b) => a.rank - b.rank);
        const most = fields.filter(({ rank }) => rank === first?.rank);
        if (most.every(({ text }) => text.length <= columns)) expect(line).not.toBe('');
      }),
    );
  });

  test('of a comparison and of an exploration keeps what is left to do before how fast it goes', () => {
    const written: string[] = [];
    const stream = { columns: 50, write: (text: string) => written.push(text) };
    compareProgress(stream, true).event({
      kind: 'run',
      block: 4,
      order: 'ABBA',
      letter: 'B',
      run: 3,
      validBlocks: 3,
      plannedBlocks: 20,
      elapsedMs: 60_000,
      leftMs: 187_000,
    });
    exploreProgress(stream, true).event({
      kind: 'tick',
      phase: 'search',
      elapsedMs: 60_000,
      leftMs: 540_000,
      schedules: 1,
      discounted: 2,
      schedulesPerMinute: 12.34,
      reductionRuns: 0,
    });
    expect(written).toEqual(['compare 3 of 20 blocks, at most 3 min 07 s left', 'search  1 schedule, 9 min 00 s left']);
  });
});
