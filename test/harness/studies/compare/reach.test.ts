import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ComparedMetricPolicy, DEFAULT_METRICS } from '../../../../harness/studies/compare/compared-metrics.ts';
import { judge } from '../../../../harness/studies/compare/judge.ts';
import { plannedLooks } from '../../../../harness/studies/compare/looks.ts';
import {
  fewestForEquivalent,
  fewestForRegressed,
  reachText,
  tooFewBlocks,
  tooLittleTime,
} from '../../../../harness/studies/compare/reach.ts';
import { syntheticBlocks } from './synthetic-blocks.ts';

const NAMES = ['response.p50', 'response.p99', 'service.p50', 'cpu.serverPerMessage', 'rate'] as const;
const blocking = (count: number): ComparedMetricPolicy[] =>
  NAMES.slice(0, count).map((metric) => ({ metric, margin: 0.05, role: 'blocking', better: 'lower' }));

function verdictOf(blocks: number, metrics: readonly ComparedMetricPolicy[], alpha: number, effect: number): string {
  const effects = Object.fromEntries(NAMES.map((name) => [name, name === NAMES[0] ? effect : 0]));
  const look = plannedLooks(blocks, alpha).at(-1);
  if (look === undefined) throw new Error('no look');
  return judge(syntheticBlocks(7, blocks, { effects, noise: 0.001 }), metrics, look).verdict;
}

describe('what a number of blocks can show', () => {
  test('agrees with the judge: one block fewer than the minimum never says regressed, however much worse a side is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: NAMES.length }), fc.constantFrom(0.001, 0.01, 0.05, 0.2), (count, alpha) => {
        const metrics = blocking(count);
        const least = fewestForRegressed({ metrics, alpha });
        expect(verdictOf(least, metrics, alpha, 3)).toBe('regressed');
        if (least > 1) expect(verdictOf(least - 1, metrics, alpha, 3)).not.toBe('regressed');
      }),
      { numRuns: 20 },
    );
    expect(fewestForRegressed({ metrics: DEFAULT_METRICS, alpha: 0.01 })).toBe(5);
    expect(verdictOf(fewestForEquivalent({ alphaEquivalent: 0.05 }), blocking(1), 0.01, 0)).toBe('equivalent');
    expect(verdictOf(fewestForEquivalent({ alphaEquivalent: 0.05 }) - 1, blocking(1), 0.01, 0)).toBe('inconclusive');
  });

  test('is said before anything is played: the minimum, the looks, and the effect that is detected at a given deviation', () => {
    const asked = { blocks: 24, metrics: DEFAULT_METRICS, alpha: 0.01, alphaEquivalent: 0.05 };
    expect(tooFewBlocks(asked)).toBeNull();
    // The stricter, the more blocks it takes to show that B is not worse.
    expect(fewestForEquivalent({ alphaEquivalent: 0.001 })).toBeGreaterThan(fewestForEquivalent(asked));
    expect(tooFewBlocks({ ...asked, blocks: 2 })).toMatch(
      /^2 of at least 5 blocks: .*however much worse B is \(4 blocking metrics/,
    );
    const [looks = '', found = '', margins = ''] = reachText(asked);
    expect(looks).toBe(
      '24 blocks of four runs at most, examined after 12, 18, 24; fewer than 5 could not call anything regressed',
    );
    expect(found).toMatch(/\+2\.9% where blocks scatter by 3%, \+4\.[89]% where blocks scatter by 5%, \+(9\.9|10)% where/);
    expect(margins).toMatch(/response\.p50 5%, response\.p99 25%.*memory\.perConnection 10% \(advisory\)/);
    expect(reachText({ blocks: 2, metrics: blocking(1), alpha: 0.2, alphaEquivalent: 0.05 })[1]).toBe(
      'so few blocks can never show that B is equivalent: that takes 3',
    );
  });

  test('includes the time limit: too little time for the minimum of blocks is refused', () => {
    const asked = { metrics: DEFAULT_METRICS, alpha: 0.01 };
    expect(tooLittleTime(asked, null, 4_000)).toBeNull();
    expect(tooLittleTime(asked, 160_000, 4_000)).toBeNull();
    expect(tooLittleTime(asked, 60_000, 4_000)).toBe(
      'a budget of 60 s: 5 blocks of four runs are the minimum for an answer, and their loads alone last 80 s',
    );
  });
});
