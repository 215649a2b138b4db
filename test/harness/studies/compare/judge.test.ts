import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ComparisonBlock } from '../../../../harness/evidence/result/comparison.ts';
import { blockOrder, type Letter } from '../../../../harness/studies/compare/block-order.ts';
import type { ComparedMetricPolicy } from '../../../../harness/studies/compare/compared-metrics.ts';
import { judge } from '../../../../harness/studies/compare/judge.ts';
import { type Look, plannedLooks } from '../../../../harness/studies/compare/looks.ts';
import { policyMetrics } from '../../../../harness/studies/gate/policy.ts';
import { type Order, syntheticBlocks } from './synthetic-blocks.ts';

const FINAL: Look = { blocks: 24, alpha: 0.005, alphaEquivalent: 0.025, earlier: [] };
const P50: ComparedMetricPolicy = { metric: 'response.p50', margin: 0.05, role: 'blocking', better: 'lower' };
const THREE: readonly ComparedMetricPolicy[] = [
  P50,
  { metric: 'cpu.serverPerMessage', margin: 0.05, role: 'blocking', better: 'lower' },
  { metric: 'memory.perConnection', margin: 0.05, role: 'blocking', better: 'lower' },
];
const NO_EFFECT = { 'response.p50': 0, 'cpu.serverPerMessage': 0, 'memory.perConnection': 0 };

type Blocks = readonly Pick<ComparisonBlock, 'runs'>[];

/** Plays the looks as a comparison does: it ends at the first that answers. */
function decide(blocks: Blocks, policies: readonly ComparedMetricPolicy[], looks: readonly Look[]): string {
  for (const look of looks) {
    const { verdict } = judge(blocks.slice(0, look.blocks), policies, look);
    if (verdict !== 'inconclusive') return verdict;
  }
  return 'inconclusive';
}

/** Share of simulated comparisons that call B regressed. */
function regressedShare(
  times: number,
  make: (seed: number) => Blocks,
  policies: readonly ComparedMetricPolicy[],
  looks = plannedLooks(24),
) {
  let regressed = 0;
  for (let seed = 1; seed <= times; seed++) if (decide(make(seed), policies, looks) === 'regressed') regressed++;
  return regressed / times;
}

describe('a comparison', () => {
  test('says regressed of a clearly worse side, equivalent of equal sides, and neither with too little evidence', () => {
    const worse = judge(syntheticBlocks(1, 24, { effects: { 'response.p50': 0.15 } }), [P50], FINAL);
    expect(worse.verdict).toBe('regressed');
    expect(worse.reasons[0]).toMatch(/^response\.p50 is worse by more than its margin: \+1\d\.\d% \(/);
    expect(worse.metrics[0]?.ratio).toBeCloseTo(Math.exp(0.15), 1);
    expect(judge(syntheticBlocks(2, 24), [P50], FINAL).verdict).toBe('equivalent');
    expect(judge(syntheticBlocks(3, 4), [P50], FINAL).verdict).toBe('inconclusive');
  });

  test('shows both sides as they are judged: as far apart as the estimate, whatever their single runs say', () => {
    const blocks = syntheticBlocks(6, 12, { effects: { 'response.p50': -0.1 }, noise: 0.01 });
    // Three blocks on a machine that was ten times slower, and in one of them a run of A that is below any: no ratio can be made of it.
    const odd = blocks.map(({ runs }, at) => ({
      runs: runs.map((run, index) => ({
        ...run,
        values: {
          'response.p50': at === 0 && index === 0 ? -5 : (at < 3 ? 10 : 1) * (run.values['response.p50'] ?? 0),
        },
      })),
    }));
    const [metric] = judge(odd, [P50], FINAL).metrics;
    expect((metric?.judged?.b ?? 0) / (metric?.judged?.a ?? 1)).toBeCloseTo(metric?.ratio ?? 0, 10);
    expect(metric?.ratio).toBeCloseTo(Math.exp(-0.1), 1);
    expect(metric?.blocks[0]).toBeNull();
    const none = odd.map(({ runs }) => ({ runs: runs.map((run) => ({ ...run, values: { 'response.p50': 0 } })) }));
    expect(judge(none, [P50], FINAL).metrics[0]).toMatchObject({ judged: null, a: 0, b: 0 });
  });

  test('calls B equivalent within the error that the policy sets, and says that this means not worse', () => {
    const share = (level: number): number => {
      const looks = plannedLooks(24, 0.01, level);
      const seeds = Array.from({ length: 300 }, (_, seed) => seed + 1);
      const atMargin = { effects: { 'response.p50': Math.log(1.05) } };
      return seeds.filter((seed) => decide(syntheticBlocks(seed, 24, atMargin), [P50], looks) === 'equivalent').length / 300;
    };
    expect(share(0.2)).toBeGreaterThan(0.1);
    expect(share(0.2)).toBeLessThan(0.27);
    expect(share(0.01)).toBeLessThan(0.035);
    expect(judge(syntheticBlocks(2, 24), [P50], FINAL).reasons).toEqual([
      'no blocking metric is worse by its margin; equivalent means no more than that, and B may be better',
    ]);
  });

  test('always says what it could have detected', () => {
    const [metric] = judge(syntheticBlocks(4, 24), [P50], FINAL).metrics;
    expect(metric?.detectable).toBeGreaterThan(0.05);
    expect(metric?.detectable).toBeLessThan(0.1);
    expect(judge(syntheticBlocks(4, 3), [P50], FINAL).metrics[0]?.detectable).toBe(null);
  });

  test('is a mirror: with the sides swapped, the ratio and its interval are inverted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 4, max: 24 }), (seed, count) => {
        const blocks = syntheticBlocks(seed, count, { effects: { 'response.p50': 0.04 } });
        const swapped = blocks.map(({ runs }) => ({
          runs: runs.map((run) => ({ ...run, letter: (run.letter === 'A' ? 'B' : 'A') as Letter })),
        }));
        const [forth] = judge(blocks, [P50], FINAL).metrics;
        const [back] = judge(swapped, [P50], FINAL).metrics;
        expect(back?.ratio).toBeCloseTo(1 / (forth?.ratio as number), 10);
        if (forth?.low !== null) expect(back?.high).toBeCloseTo(1 / (forth?.low as number), 10);
        expect(back?.a).toBe(forth?.b);
      }),
      { numRuns: 50 },
    );
  });

  test('says regressed of a smaller value, if more of the metric is better', () => {
    const rate: ComparedMetricPolicy = { metric: 'rate', margin: 0.05, role: 'blocking', better: 'higher' };
    const less = judge(syntheticBlocks(5, 24, { effects: { rate: -0.2 } }), [rate], FINAL);
    expect(less.verdict).toBe('regressed');
    // B may have 1 / 1.05 of what A has.
    expect(less.reasons[0]).toMatch(/, 4\.8% less is allowed$/);
    expect(less.metrics[0]?.low).toBeLessThan(less.metrics[0]?.high as number);
    expect(judge(syntheticBlocks(5, 24, { effects: { rate: 0.2 } }), [rate], FINAL).verdict).toBe('equivalent');
  });

  test('of HTTP answers a second, named by a policy, says regressed of fewer answers and not of more', () => {
    const policies = policyMetrics({ metrics: [{ name: 'http.rate', margin: 0.05, role: 'blocking' }] });
    expect(judge(syntheticBlocks(5, 24, { effects: { 'http.rate': -0.2 } }), policies, FINAL).verdict).toBe('regressed');
    expect(judge(syntheticBlocks(5, 24, { effects: { 'http.rate': 0.2 } }), policies, FINAL).verdict).toBe('equivalent');
  });

  test('is decided by its blocking metrics, and by those that were measured', () => {
    const effects = { 'response.p50': 0, 'cpu.serverPerMessage': 0.5 };
    const policies: ComparedMetricPolicy[] = [P50, { ...P50, metric: 'cpu.serverPerMessage', role: 'advisory' }];
    const { verdict, metrics } = judge(syntheticBlocks(6, 24, { effects }), policies, FINAL);
    expect(verdict).toBe('equivalent');
    expect(metrics.map((metric) => metric.verdict)).toEqual(['equivalent', 'regressed']);
    expect(judge(syntheticBlocks(6, 24), THREE, FINAL).verdict).toBe('equivalent');
    expect(judge(syntheticBlocks(6, 24), [{ ...P50, metric: 'service.p50' }], FINAL)).toMatchObject({
      verdict: 'inconclusive',
      reasons: ['no blocking metric was measured'],
    });
  });
});

describe('a clock that never stopped', () => {
  const SLO: ComparedMetricPolicy = { metric: 'recovery.slo', margin: 0.1, role: 'blocking', better: 'lower' };
  const ERRORS: ComparedMetricPolicy = { metric: 'errors', margin: 0.1, role: 'blocking', better: 'lower' };
  const quiet = (name: string, count: number) => syntheticBlocks(7, count, { effects: { 'response.p50': 0, [name]: 0 } });
  type Value = (block: number, letter: string, measured: number) => number | null;
  const withValues = (name: string, value: Value, count = 24): Blocks =>
    quiet(name, count).map(({ runs }, block) => ({
      runs: runs.map((run) => ({
        ...run,
        values: { ...run.values, [name]: value(block, run.letter, run.values[name] as number) },
      })),
    }));

  test('is worse than every number: B regresses if it never recovers, and A never recovering is no reason to say so', () => {
    const never = withValues('recovery.slo', (_, letter, ms) => (letter === 'B' ? null : ms));
    const judged = judge(never, [P50, SLO], FINAL);
    expect(judged).toMatchObject({ verdict: 'regressed', metrics: [{ verdict: 'equivalent' }, { b: null, ratio: null }] });
    expect(judged.reasons).toEqual([
      'recovery.slo is worse by more than its margin: there is no ratio: it has a value in 48 of 48 runs of A and in 0 of 48 runs of B, 10.0% more is allowed',
    ]);
    const recovers = withValues('recovery.slo', (_, letter, ms) => (letter === 'A' ? null : ms));
    expect(judge(recovers, [P50, SLO], FINAL).verdict).toBe('equivalent');
  });

  test('is worse than every number where messages were never answered, too', () => {
    const P99: ComparedMetricPolicy = { metric: 'response.p99', margin: 0.1, role: 'blocking', better: 'lower' };
    const never = withValues('response.p99', (_, letter, us) => (letter === 'B' ? null : us));
    expect(judge(never, [P99], FINAL)).toMatchObject({ verdict: 'regressed', metrics: [{ b: null, ratio: null }] });
  });

  test('counts in each block in which it happened: one block in three is not equivalence', () => {
    const sometimes = withValues('recovery.slo', (block, letter, ms) => (letter === 'B' && block % 3 === 0 ? null : ms));
    const { verdict, metrics } = judge(sometimes, [P50, SLO], FINAL);
    expect(verdict).not.toBe('equivalent');
    expect(metrics[1]?.blocks.filter((ratio) => ratio === null)).toHaveLength(8);
  });

  test('says nothing if it happened on both sides', () => {
    const both = withValues('recovery.slo', () => null);
    expect(judge(both, [P50, SLO], FINAL)).toMatchObject({ verdict: 'equivalent', metrics: [{}, { verdict: 'inconclusive' }] });
  });

  test('of errors where there were none before: something is worse than nothing, and nothing equals nothing', () => {
    const some = withValues('errors', (_, letter) => (letter === 'B' ? 0.4 : 0));
    expect(judge(some, [P50, ERRORS], FINAL)).toMatchObject({ verdict: 'regressed' });
    const rate: ComparedMetricPolicy = { ...ERRORS, metric: 'rate', better: 'higher' };
    const silent = withValues('rate', (_, letter, perSecond) => (letter === 'B' ? 0 : perSecond));
    expect(judge(silent, [P50, rate], FINAL)).toMatchObject({ verdict: 'regressed' });
    const none = withValues('errors', () => 0);
    expect(judge(none, [P50, ERRORS], FINAL)).toMatchObject({ verdict: 'equivalent', metrics: [{}, { ratio: 1 }] });
  });

  test('is not confused with a value that was not measured: a blocking metric without a ratio leaves the answer open', () => {
    const unknown = withValues('cpu.serverPerMessage', (_, letter, us) => (letter === 'B' ? null : us));
    const policies = [P50, { ...P50, metric: 'cpu.serverPerMessage' }];
    expect(judge(unknown, policies, FINAL)).toMatchObject({ verdict: 'inconclusive' });
    const negative = withValues('memory.leakPerConnection', () => -4);
    expect(judge(negative, [P50, { ...P50, metric: 'memory.leakPerConnection' }], FINAL).verdict).toBe('inconclusive');
  });

  test('does not stand in the way of ratios that are merely large', () => {
    const [metric] = judge(syntheticBlocks(8, 24, { effects: { 'response.p50': Math.log(5000) } }), [P50], FINAL).metrics;
    expect(metric?.ratio).toBeGreaterThan(4500);
  });
});

describe('false alarms', () => {
  // Wilson's upper bound of 1% over 2,000 comparisons is 1.5%.
  test('stay below the promised rate, over three metrics and three looks, at the very margin', () => {
    const effects = Object.fromEntries(Object.keys(NO_EFFECT).map((metric) => [metric, Math.log(1.05)]));
    expect(regressedShare(2000, (seed) => syntheticBlocks(seed, 24, { effects }), THREE)).toBeLessThan(0.015);
  });

  test('would be several times as many if each look spent all of alpha and no metric paid for the others', () => {
    const effects = Object.fromEntries(Object.keys(NO_EFFECT).map((metric) => [metric, Math.log(1.05)]));
    const greedy = Array.from({ length: 19 }, (_, index) => ({
      blocks: index + 6,
      alpha: 0.01,
      alphaEquivalent: 1e-9,
      earlier: [],
    }));
    const make = (seed: number): Blocks => syntheticBlocks(seed, 24, { effects });
    const uncorrected = THREE.map((policy) => regressedShare(300, make, [policy], greedy));
    expect(uncorrected.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(0.04);
  });

  test('are not caused by drift, because the sides are interleaved: one side after the other would report the drift', () => {
    const drifting = { effects: { 'response.p50': 0 }, drift: 0.002 };
    const sequential: Order = (_, index) => Array.from({ length: 4 }, (): Letter => (index < 12 ? 'A' : 'B'));
    const interleaved = regressedShare(300, (seed) => syntheticBlocks(seed, 24, drifting), [P50]);
    expect(interleaved).toBeLessThan(0.02);
    // Sequential blocks hold one side only; their runs are paired as they come, those of the first with those of the thirteenth.
    const paired = (seed: number): Blocks => {
      const blocks = syntheticBlocks(seed, 24, drifting, sequential);
      return Array.from({ length: 12 }, (_, index) => ({
        runs: (blocks[index]?.runs ?? []).flatMap((run, at) => [run, ...(blocks[index + 12]?.runs.slice(at, at + 1) ?? [])]),
      }));
    };
    expect(regressedShare(300, paired, [P50], plannedLooks(12))).toBeGreaterThan(0.9);
  });
});

describe('the order of blocks', () => {
  test('is drawn by a fair coin for each of its two pairs, and is the same for the same seed', () => {
    const orders = Array.from({ length: 2000 }, (_, index) => blockOrder(9, index));
    for (const order of ['ABBA', 'BAAB', 'ABAB', 'BABA'] as const) {
      expect(Math.abs(orders.filter((each) => each === order).length / 2000 - 0.25)).toBeLessThan(0.04);
    }
    expect(Array.from({ length: 2000 }, (_, index) => blockOrder(9, index))).toEqual(orders);
  });

  test('makes each pair evidence of its own: half as many blocks can say regressed as there are coins', () => {
    const effects = { effects: { 'response.p50': 0.5 }, noise: 0.01 };
    // Six pairs that agree have a p-value of 1/64; three blocks would have one of 1/8.
    const [metric] = judge(syntheticBlocks(11, 3, effects), [P50], { ...FINAL, alpha: 1 / 64 }).metrics;
    expect(metric).toMatchObject({ p: 1 / 64, verdict: 'regressed' });
    expect(metric?.blocks).toHaveLength(3);
  });

  test('does not let what an earlier look would have found count twice', () => {
    const [, , last] = plannedLooks(24);
    if (last === undefined) throw new Error('no look');
    const found = Array.from({ length: 200 }, (_, seed) => {
      const blocks = syntheticBlocks(seed, 24, { effects: { 'response.p50': 0.07 } });
      const p = (look: Pick<Look, 'alpha' | 'alphaEquivalent' | 'earlier'>): number =>
        judge(blocks, [P50], look).metrics[0]?.p ?? 1;
      return { alone: p({ ...last, earlier: [] }), after: p(last) };
    });
    for (const { alone, after } of found) expect(after).toBeLessThanOrEqual(alone);
    const gained = found.filter(({ alone, after }) => alone > last.alpha && after <= last.alpha);
    expect(gained.length).toBeGreaterThan(0);
    // Together no look spends more than there is.
    for (const { alone } of gained) expect(alone).toBeLessThanOrEqual(0.01);
  });
});
