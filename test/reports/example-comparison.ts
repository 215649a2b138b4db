/** A comparison as `compare` and `gate` make them: a candidate that costs more processor time and is otherwise no worse. */
import { COMPARISON_SCHEMA, type ComparedMetric, type Comparison } from '../../harness/evidence/result/comparison.ts';

const BLOCKS = 12;
const started = Date.UTC(2026, 10, 24, 12, 0, 0);

/** A fixed wobble of about 3%, the same in every report. */
const wobble = (index: number): number => 1 + 0.03 * Math.sin(index * 2.4);

function metric(
  given: Pick<ComparedMetric, 'name' | 'unit' | 'better' | 'a' | 'b' | 'verdict'> & Partial<ComparedMetric>,
): ComparedMetric {
  const ratio = (given.b ?? 1) / (given.a ?? 1);
  return {
    role: 'blocking',
    judged: { a: given.a ?? 1, b: given.b ?? 1 },
    ratio,
    low: ratio * 0.985,
    high: ratio * 1.015,
    margin: 0.05,
    p: given.verdict === 'regressed' ? 0.0002 : 0.41,
    pEquivalent: given.verdict === 'equivalent' ? 0.0005 : 0.3,
    detectable: 0.081,
    blocks: Array.from({ length: BLOCKS }, (_, index) => (index === 4 ? null : ratio * wobble(index))),
    ...given,
  };
}

/** `regressed`: the candidate takes 11% more processor time a message. */
export function exampleComparison(): Comparison {
  const target = { name: 'reference', version: '0.1.0', runtime: 'node 26.10.0', nodes: 1, config: { durability: 'fsync' } };
  const scenario = { name: 'compare', sha256: 'ab'.repeat(32) };
  const metrics = [
    metric({ name: 'response.p50', unit: 'us', better: 'lower', a: 2_140, b: 2_180, verdict: 'equivalent' }),
    metric({ name: 'response.p99', unit: 'us', better: 'lower', a: 9_800, b: 10_300, verdict: 'inconclusive', role: 'advisory' }),
    metric({ name: 'cpu.serverPerMessage', unit: 'us', better: 'lower', a: 41.2, b: 45.8, verdict: 'regressed' }),
    metric({ name: 'rate', unit: '/s', better: 'higher', a: 1_999, b: 1_998, verdict: 'equivalent' }),
  ];
  return {
    schema: COMPARISON_SCHEMA,
    verdict: 'regressed',
    reasons: ['cpu.serverPerMessage is 11.2% worse, and the margin is 5%', 'response.p99 is open: 12 blocks find 8.1%'],
    valid: true,
    startedAt: new Date(started).toISOString(),
    durationMs: 612_000,
    seed: 7,
    a: { label: 'baseline (main)', scenario, overrides: [], source: 'git 1a2b3c4d5e6f (main)', target },
    b: { label: 'candidate (.)', scenario, overrides: ['load.rate=2000/s'], source: 'folder .', target },
    environment: {
      os: 'Linux 6.18.3',
      arch: 'x64',
      cpu: 'Example CPU',
      cores: 2,
      memoryBytes: 25_000_000_000,
      node: 'v26.10.0',
      letitcrash: '0.1.0',
      fingerprint: 'Linux 6.18 x64; 2 x Example CPU; 23 GiB',
    },
    alpha: 0.01,
    alphaEquivalent: 0.05,
    looks: [{ blocks: BLOCKS, alpha: 0.002, verdict: 'regressed' }],
    plannedLooks: [
      { blocks: 12, alpha: 0.002 },
      { blocks: 18, alpha: 0.003 },
      { blocks: 24, alpha: 0.005 },
    ],
    blocks: Array.from({ length: BLOCKS }, (_, index) => {
      const order = index % 2 === 0 ? 'ABBA' : 'BAAB';
      return {
        order,
        invalid: index === 4 ? ['other guests took 12% of the processors'] : [],
        runs: [...order].map((letter, run) => ({
          letter: letter as 'A' | 'B',
          startedAt: new Date(started + (index * 4 + run) * 12_000).toISOString(),
          durationMs: 11_000,
          warmUpMs: 1_000,
          values: Object.fromEntries(
            metrics.map(({ name, a, b }) => [name, ((letter === 'A' ? a : b) ?? 0) * wobble(index * 4 + run)]),
          ),
          lagP99Us: 900,
          stealShare: index === 4 ? 0.12 : 0.01,
          cpuPressure: 0.05,
        })),
      };
    }),
    metrics,
    curves: { a: curve(1), b: curve(1.04) },
    broken: [],
    checks: [
      { name: 'response.p99 < 50ms', pass: true, actual: 10_300, limit: 50_000, unit: 'us' },
      { name: 'memory.peakNodes < 100MB', pass: true, actual: 84_000_000, limit: 100_000_000, unit: 'bytes' },
    ],
    reproduce: 'letitcrash gate --baseline main --seed 7',
  };
}

function curve(scale: number): Comparison['curves']['a'] {
  return [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9].map((percentile) => {
    const us = (1_500 + 60 * percentile + 900 * -Math.log10(1 - percentile / 100)) * scale;
    return { percentile, us, low: us * 0.97, high: us * 1.04 };
  });
}

/** The same servers on a day when nothing was worse. */
export function equivalentComparison(): Comparison {
  const comparison = exampleComparison();
  return {
    ...comparison,
    verdict: 'equivalent',
    reasons: ['no metric is worse by more than its margin'],
    looks: [{ blocks: BLOCKS, alpha: 0.002, verdict: 'equivalent' }],
    metrics: comparison.metrics.map((each) => ({ ...each, b: each.a, ratio: 1, low: 0.985, high: 1.015, verdict: 'equivalent' })),
  };
}
