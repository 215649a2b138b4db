import { describe, expect, test } from 'vitest';
import type { ComparedMetricPolicy } from '../../../../harness/studies/compare/compared-metrics.ts';
import { type Block, courseOf, maxInvalidBlocks } from '../../../../harness/studies/compare/course.ts';
import { plannedLooks } from '../../../../harness/studies/compare/looks.ts';
import { syntheticBlocks } from './synthetic-blocks.ts';

const P50: ComparedMetricPolicy = { metric: 'response.p50', margin: 0.05, role: 'blocking', better: 'lower' };
const PLANNED = plannedLooks(24);

function blocks(count: number, effect: number, noise = 0.02): Block[] {
  return syntheticBlocks(11, count, { effects: { 'response.p50': effect }, noise }).map(({ runs }) => ({ runs, invalid: [] }));
}
const spoilt: Block = { runs: [], invalid: ['the generator was late'] };

describe('the course of a comparison', () => {
  test('looks only where a look was planned', () => {
    const all = blocks(24, 0);
    expect(courseOf(all.slice(0, 11), [P50], PLANNED)).toEqual({ looks: [], judgement: null, end: null });
    expect(courseOf(all.slice(0, 12), [P50], PLANNED).looks).toHaveLength(1);
    // What came after a look does not change what it saw: twelve blocks without a difference, then five with a large one.
    const turned = [...blocks(12, Math.log(1.05), 0.01), ...blocks(5, 2, 0.01)];
    expect(courseOf(turned, [P50], PLANNED).judgement).toEqual(courseOf(turned.slice(0, 12), [P50], PLANNED).judgement);
  });

  test('ends at the first look that has the answer, and goes on while none has', () => {
    expect(courseOf(blocks(12, 0.3), [P50], PLANNED)).toMatchObject({ end: 'decided', judgement: { verdict: 'regressed' } });
    expect(courseOf(blocks(12, -0.1), [P50], PLANNED)).toMatchObject({ end: 'decided', judgement: { verdict: 'equivalent' } });
    // At the very margin neither can be shown.
    const open = courseOf(blocks(24, Math.log(1.05), 0.1), [P50], PLANNED);
    expect(open).toMatchObject({ end: 'all-blocks', judgement: { verdict: 'inconclusive' } });
    expect(open.looks.map((look) => look.blocks)).toEqual([12, 18, 24]);
    expect(open.looks.map((look) => look.alpha).reduce((sum, alpha) => sum + alpha, 0)).toBeCloseTo(0.01, 12);
  });

  test('does not count blocks that are not evidence, and gives up when there are too many of them', () => {
    const with1 = [spoilt, ...blocks(11, 0.3)];
    expect(courseOf(with1, [P50], PLANNED).end).toBe(null);
    expect(courseOf([...with1, ...blocks(1, 0.3)], [P50], PLANNED).end).toBe('decided');
    const most = maxInvalidBlocks(24);
    expect(most).toBe(14);
    expect(
      courseOf(
        Array.from({ length: most }, () => spoilt),
        [P50],
        PLANNED,
      ).end,
    ).toBe(null);
    const tooMany = Array.from({ length: most + 1 }, () => spoilt);
    expect(courseOf(tooMany, [P50], PLANNED).end).toBe('too-many-invalid');
    // Those from before an interruption are no reason to give up.
    expect(courseOf(tooMany, [P50], PLANNED, most + 1).end).toBe(null);
  });
});
