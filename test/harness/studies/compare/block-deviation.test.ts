import { describe, expect, it } from 'vitest';
import type { ComparisonBlock } from '../../../../harness/evidence/result/comparison.ts';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { blockDeviation } from '../../../../harness/studies/compare/block-deviation.ts';

const block = (logRatio: number | null): Pick<ComparisonBlock, 'runs'> => ({
  runs: ['A', 'B', 'B', 'A'].map((letter) => ({
    letter,
    values: { m: logRatio === null ? null : letter === 'A' ? 10 : 10 * Math.exp(logRatio) },
  })) as unknown as ComparisonBlock['runs'],
});
/** Three uniform numbers make a roughly normal one, with a deviation of a half. */
const logRatios = (seed: number, count: number): number[] => {
  const random = new Random(seed, 'deviation', 0);
  return Array.from({ length: count }, () => 0.1 * (random.unit() + random.unit() + random.unit() - 1.5));
};

describe('the deviation of a block', () => {
  it('is the root mean square around no difference', () => {
    expect(blockDeviation([block(0.03), block(-0.04)], 'm')?.deviation).toBeCloseTo(Math.sqrt((0.0009 + 0.0016) / 2), 12);
    expect(blockDeviation(logRatios(1, 2_000).map(block), 'm')?.deviation).toBeCloseTo(0.05, 2);
  });

  it('lies below its upper bound nine times in ten, however few the blocks', () => {
    for (const blocks of [2, 6, 24]) {
      let below = 0;
      for (let seed = 0; seed < 2_000; seed++)
        if ((blockDeviation(logRatios(seed, blocks).map(block), 'm')?.high ?? 0) >= 0.05) below++;
      expect(below / 2_000).toBeGreaterThan(0.88);
      expect(below / 2_000).toBeLessThan(0.93);
    }
  });

  it('is not given from one block, and counts only blocks that measured the metric', () => {
    expect(blockDeviation([block(0.1), block(null)], 'm')).toBeNull();
    expect(blockDeviation([block(0.1), block(null), block(0.1)], 'm')).toMatchObject({ blocks: 2 });
  });
});
