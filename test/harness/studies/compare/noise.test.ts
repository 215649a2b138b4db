import { describe, expect, it } from 'vitest';
import type { ComparisonBlock } from '../../../../harness/evidence/result/comparison.ts';
import type { ComparedMetricPolicy } from '../../../../harness/studies/compare/compared-metrics.ts';
import { type Noise, noiseOf } from '../../../../harness/studies/compare/noise.ts';

const cpu: ComparedMetricPolicy = { metric: 'cpu.serverPerMessage', margin: 0.05, role: 'blocking', better: 'lower' };
const p50: ComparedMetricPolicy = { metric: 'response.p50', margin: 0.1, role: 'blocking', better: 'lower' };
const rate: ComparedMetricPolicy = { metric: 'rate', margin: 0.02, role: 'advisory', better: 'higher' };

/** Six blocks whose log ratios have exactly this deviation; `response.p50` has three times as much. */
const blocks = (deviation: number): Pick<ComparisonBlock, 'runs'>[] =>
  [1, -1, 1, -1, 1, -1].map((sign) => ({
    runs: ['A', 'B', 'B', 'A'].map((letter) => ({
      letter,
      values: {
        'cpu.serverPerMessage': letter === 'A' ? 100 : 100 * Math.exp(sign * deviation),
        'response.p50': letter === 'A' ? 100 : 100 * Math.exp(sign * 3 * deviation),
        rate: null,
      },
    })) as unknown as ComparisonBlock['runs'],
  }));
const noise = (deviation: number, margin: number | null = null, policies = [cpu, p50, rate]): Noise =>
  noiseOf(blocks(deviation), policies, { margin, alpha: 0.01, blockMs: 30_000 });

describe('what the noise of a machine allows', () => {
  it('is as many blocks as the noisiest blocking metric needs, at the pace of the pilot', () => {
    const { metrics, blocks: needed, minutes } = noise(0.02);
    const [first, second, third] = metrics;
    expect(first?.deviation).toBeCloseTo(0.02, 12);
    expect(needed).toBe(Math.max(...[first, second].flatMap((metric) => [metric?.find ?? 0, metric?.clear ?? 0])));
    expect(minutes).toBe((needed as number) / 2);
    expect(third).toMatchObject({ deviation: null, find: null, clear: null });
  });

  it('agrees with what the project has published: sixteen blocks at a deviation and a margin of 5%, for one metric', () => {
    // Within two blocks: that figure was for the normal distribution, and one look.
    const find = noise(0.05, 0.05, [cpu]).metrics[0]?.find ?? 0;
    expect(find).toBeGreaterThanOrEqual(14);
    expect(find).toBeLessThanOrEqual(22);
  });

  it('needs more blocks with more noise, a narrower margin, or more metrics that share the error', () => {
    const find = (deviation: number, margin: number, policies?: ComparedMetricPolicy[]): number =>
      noise(deviation, margin, policies).metrics[0]?.find ?? 51;
    expect(find(0.04, 0.05)).toBeGreaterThan(find(0.02, 0.05));
    expect(find(0.02, 0.03)).toBeGreaterThan(find(0.02, 0.05));
    expect(find(0.04, 0.05)).toBeGreaterThan(find(0.04, 0.05, [cpu]));
  });

  it('is unknown if fifty blocks would be too few', () => {
    expect(noise(0.3)).toMatchObject({ blocks: null, minutes: null });
    expect(noise(0.3, 0.01).metrics[0]).toMatchObject({ margin: 0.01, find: null, clear: null });
  });

  it('is unknown if nothing was measured', () => {
    expect(noise(0.02, null, [rate])).toMatchObject({ blocks: null, minutes: null });
  });
});
