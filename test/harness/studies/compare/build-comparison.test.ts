import { describe, expect, test } from 'vitest';
import { comparisonSchema } from '../../../../harness/evidence/result/comparison.ts';
import { codeOf } from '../../../../harness/front/library/exit-codes.ts';
import { buildComparison, type ComparisonRecord } from '../../../../harness/studies/compare/build-comparison.ts';
import type { ComparedMetricPolicy } from '../../../../harness/studies/compare/compared-metrics.ts';
import { plannedLooks } from '../../../../harness/studies/compare/looks.ts';
import { planSides } from '../../../../harness/studies/compare/plan-sides.ts';
import type { PlayedBlock } from '../../../../harness/studies/compare/played-block.ts';
import { gateOutcome } from '../../../../harness/studies/gate/gate-outcome.ts';
import { comparisonMarkdown } from '../../../../reports/comparison-markdown.ts';
import { comparisonTerminal } from '../../../../reports/comparison-terminal.ts';
import { syntheticBlocks } from './synthetic-blocks.ts';

const P50: ComparedMetricPolicy = { metric: 'response.p50', margin: 0.05, role: 'blocking', better: 'lower' };

function played(count: number, invalid: readonly string[] = []): PlayedBlock[] {
  return syntheticBlocks(5, count, { effects: { 'response.p50': 0.2 } }).map(({ runs }) => ({
    kind: 'block',
    block: { order: runs[0]?.letter === 'A' ? 'ABBA' : 'BAAB', invalid: [...invalid], runs },
    tookMs: 20_000,
    runs: runs.map(({ letter }) => ({ response: [[letter === 'A' ? 690 : 710, 500]], broken: letter === 'B' ? ['lost'] : [] })),
    targets: { a: { name: 'reference', version: '1', runtime: 'node 24.1.0', nodes: 1, config: {} }, b: null },
  }));
}

async function record(over: Partial<ComparisonRecord>): Promise<ComparisonRecord> {
  const planned = await planSides({ a: 'node@24', b: 'node@26', scenario: 'compare', set: [], seed: 1, isTarget: () => false });
  if (!planned.ok) throw new Error('not planned');
  return {
    sides: planned.sides,
    seed: 1,
    metrics: [P50],
    planned: plannedLooks(24),
    alpha: 0.01,
    alphaEquivalent: 0.05,
    slo: [],
    startedAt: '2026-11-24T12:00:00.000Z',
    played: played(12),
    forgiven: 0,
    outOfTime: false,
    interrupted: null,
    environment: { os: 'x', arch: 'x', cpu: 'x', cores: 2, memoryBytes: 1, node: 'v26', letitcrash: '0', fingerprint: 'x' },
    reproduce: 'letitcrash compare node@24 node@26',
    ...over,
  };
}

describe('the document of a comparison', () => {
  test('matches its schema, and says what ran on each side as far as it is known', async () => {
    const comparison = buildComparison(await record({}));
    expect(comparisonSchema.parse(comparison)).toEqual(comparison);
    expect(comparison).toMatchObject({
      verdict: 'regressed',
      valid: true,
      durationMs: 240_000,
      looks: [{ blocks: 12, verdict: 'regressed' }],
      a: { label: 'node@24', overrides: ['target.runtime=node@24'], target: { runtime: 'node 24.1.0' } },
      b: { target: { name: 'reference', runtime: 'unknown' } },
      broken: [{ side: 'B', property: 'lost', runs: 24 }],
    });
    const [a, b] = [comparison.curves.a, comparison.curves.b].map((curve) => curve[0]?.us ?? 0);
    expect((b ?? 0) / (a ?? 1)).toBeCloseTo(Math.exp(0.2), 2);
  });

  test('that ended before its time is judged by the blocks there are, as the next look would have done, and says why', async () => {
    const short = buildComparison(await record({ played: played(10), outOfTime: true }));
    // However clear it looks: fewer blocks than the first look wants are no answer.
    expect(short).toMatchObject({
      valid: false,
      verdict: 'inconclusive',
      looks: [{ blocks: 10, alpha: 0.002, verdict: 'inconclusive' }],
      metrics: [{ verdict: 'inconclusive', p: expect.any(Number), ratio: expect.any(Number) }],
    });
    expect(short.reasons).toEqual(['10 of 24 blocks: the time budget was used up']);
    const noisy = buildComparison(await record({ played: [...played(3), ...played(15, ['run 2 (B): late'])] }));
    expect(noisy).toMatchObject({ verdict: 'inconclusive', valid: false });
    expect(noisy.looks.map(({ blocks }) => blocks)).toEqual([3]);
    const seen = buildComparison(await record({ played: [...played(3), ...played(15, ['x'])], planned: plannedLooks(6) }));
    expect(seen.looks.map(({ blocks }) => blocks)).toEqual([3]);
    expect(noisy.reasons[0]).toBe('3 of 24 blocks: 15 blocks were invalid; the last because: run 2 (B): late');
  });

  test('that was interrupted shows what its finished blocks show, and gives no answer, however clear it looks', async () => {
    for (const count of [3, 12, 18]) {
      const cut = buildComparison(await record({ played: played(count), interrupted: 'SIGINT', planned: plannedLooks(40) }));
      expect(comparisonSchema.parse(cut)).toEqual(cut);
      expect(cut).toMatchObject({
        interrupted: 'SIGINT',
        valid: false,
        verdict: 'inconclusive',
        metrics: [{ verdict: 'inconclusive', ratio: expect.closeTo(Math.exp(0.2), 1) }],
        looks: [],
      });
      expect(cut.reasons).toEqual([`${count} of 40 blocks: interrupted by SIGINT`]);
      expect(cut.blocks).toHaveLength(count);
      expect(codeOf(gateOutcome(cut), false)).not.toBe(0);
      expect(comparisonMarkdown(cut)).toContain('Interrupted');
      expect(comparisonTerminal(cut, { colour: false, width: 100, reportPath: null })).toContain('INTERRUPTED');
    }
  });

  test('without a single block is a document as well', async () => {
    const empty = buildComparison(await record({ played: [], outOfTime: true }));
    expect(comparisonSchema.parse(empty)).toMatchObject({ valid: false, verdict: 'inconclusive', curves: { a: [], b: [] } });
  });

  test('holds the median of B to absolute limits', async () => {
    const slo = [{ metric: 'response.p50', comparator: '<' as const, limit: 1100, unit: 'us' as const, source: '< 1.1ms' }];
    const { checks } = buildComparison(await record({ slo }));
    expect(checks).toMatchObject([{ name: 'response.p50 < 1.1ms', pass: false, limit: 1100 }]);
    expect(checks[0]?.actual).toBeGreaterThan(1150);
  });

  test('does not let one recovery stand for runs that never recovered', async () => {
    const slo = [{ metric: 'recovery.slo', comparator: '<' as const, limit: 2000, unit: 'ms' as const, source: '< 2s' }];
    const recovering = (recovers: (at: number) => boolean): PlayedBlock[] =>
      played(12).map((one, at) => ({
        ...one,
        block: {
          ...one.block,
          runs: one.block.runs.map((run) => ({ ...run, values: { ...run.values, 'recovery.slo': recovers(at) ? 900 : null } })),
        },
      }));
    const once = buildComparison(await record({ slo, played: recovering((at) => at === 0) }));
    expect(once.checks).toMatchObject([{ pass: false, actual: null, never: true }]);
    expect(comparisonMarkdown(once)).toContain('| never |');
    const mostly = buildComparison(await record({ slo, played: recovering((at) => at > 2) }));
    expect(mostly.checks).toMatchObject([{ pass: true, actual: 900 }]);
  });
});
