import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparisonSchema } from '../../../../harness/evidence/result/comparison.ts';
import type { ComparedMetricPolicy } from '../../../../harness/studies/compare/compared-metrics.ts';
import type {
  ComparisonEvent,
  ComparisonOptions,
  ComparisonSides,
} from '../../../../harness/studies/compare/comparison-sides.ts';
import { planSides } from '../../../../harness/studies/compare/plan-sides.ts';
import { runComparison } from '../../../../harness/studies/compare/run-comparison.ts';
import { calibrated } from '../../../../targets/calibrated/target.ts';
import type { Target } from '../../../../targets/target.ts';

// Tiny, and tolerant: another test's load must not make a block invalid.
const SCENARIO = `name: tiny
target: { use: calibrated, durability: memory }
users: 10
load: { model: constant, rate: 150/s, duration: 700ms, contacts: 3, workers: 1 }
limits: { lag: 10s, drain: 10s }
`;
const P50: ComparedMetricPolicy = { metric: 'response.p50', margin: 0.1, role: 'blocking', better: 'lower' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-compare-'));
  await writeFile(join(folder, 'tiny.yaml'), SCENARIO);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sidesOf(a: string, b: string): Promise<ComparisonSides> {
  const planned = await planSides({ a, b, scenario: join(folder, 'tiny.yaml'), set: [], seed: 3, isTarget: () => false });
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
  return planned.sides;
}

/** Three blocks, which are six pairs, can show no more than p = 1/64. */
function optionsFor(outDir: string, over: Partial<ComparisonOptions> = {}): ComparisonOptions {
  return {
    seed: 3,
    blocks: 3,
    metrics: [P50],
    alpha: 0.2,
    alphaEquivalent: 0.05,
    slo: [],
    validity: { stealShare: 1, cpuPressure: 1, pressureSpread: 1 },
    budgetMs: null,
    outDir,
    request: null,
    reproduce: 'letitcrash compare delayMs=20 delayMs=60',
    signal: new AbortController().signal,
    progress: () => undefined,
    ...over,
  };
}

describe('a comparison on real processes', () => {
  test('finds the slower server, and continues after an interruption in its second block', async () => {
    const outDir = join(folder, 'slower');
    const { a, b } = await sidesOf('delayMs=20', 'delayMs=60');
    let started = 0;
    const target: Target = {
      ...calibrated,
      start: (spec) => {
        started += 1;
        return calibrated.start(spec);
      },
    };
    const sides = { a, b: { ...b, target } };
    const interruption = new AbortController();
    const interrupted = runComparison(
      sides,
      optionsFor(outDir, {
        signal: interruption.signal,
        progress: (event) => {
          if (event.kind === 'run' && event.block === 2) interruption.abort('SIGINT');
        },
      }),
    );
    expect(await interrupted).toMatchObject({ interrupted: 'SIGINT', valid: false, blocks: [{ invalid: [] }] });
    const kept = (await readFile(join(outDir, 'blocks.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(kept.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(['comparison', 'block']);
    expect(started).toBe(2);

    const events: ComparisonEvent[] = [];
    const comparison = await runComparison(sides, optionsFor(outDir, { progress: (event) => events.push(event) }));
    expect(events.filter(({ kind }) => kind === 'run')).toHaveLength(8);
    // The given target is the one that ran.
    expect(started).toBe(6);
    expect(comparisonSchema.parse(JSON.parse(await readFile(join(outDir, 'comparison.json'), 'utf8')))).toEqual(comparison);
    expect(comparison).toMatchObject({
      verdict: 'regressed',
      valid: true,
      looks: [{ blocks: 3, verdict: 'regressed' }],
      broken: [],
    });
    expect(comparison.blocks[0]).toEqual((JSON.parse(kept[1] as string) as { block: unknown }).block);
    const [p50] = comparison.metrics;
    expect(p50?.a).toBeGreaterThan(20_000);
    expect(p50?.b).toBeGreaterThan(60_000);
    expect(p50?.ratio).toBeGreaterThan(1.1);
    expect(comparison.curves.b[0]?.us).toBeGreaterThan(comparison.curves.a[0]?.us ?? Number.POSITIVE_INFINITY);
    for (const { order, runs } of comparison.blocks) expect(runs.map(({ letter }) => letter).join('')).toBe(order);
  });

  test('gives no answer without time for a block, and says so', async () => {
    const comparison = await runComparison(
      await sidesOf('delayMs=1', 'delayMs=1 users=12'),
      optionsFor(join(folder, 'none'), { budgetMs: 0 }),
    );
    expect(comparison).toMatchObject({ valid: false, verdict: 'inconclusive', blocks: [] });
    expect(comparison.reasons[0]).toBe('0 of 3 blocks: the time budget was used up');
  });
});
