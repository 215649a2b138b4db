/** Blocks as a machine would have made them: each run's value is the truth, times drift, times noise. */

import type { ComparisonBlock } from '../../../../harness/evidence/result/comparison.ts';
import { normalQuantile } from '../../../../harness/evidence/stats/normal.ts';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { blockOrder, type Letter, lettersOf } from '../../../../harness/studies/compare/block-order.ts';

export interface Machine {
  /** Log of how much worse B is, by metric. */
  readonly effects: Readonly<Record<string, number>>;
  /** Standard deviation of the log of one run. */
  readonly noise: number;
  /** Log by which everything gets slower from run to run. */
  readonly drift: number;
}

const QUIET: Machine = { effects: { 'response.p50': 0 }, noise: 0.03, drift: 0 };

/** Letters of block `index`: as the comparison would play it unless told otherwise. */
export type Order = (seed: number, index: number) => readonly Letter[];

const interleaved: Order = (seed, index) => lettersOf(blockOrder(seed, index));

export function syntheticBlocks(
  seed: number,
  count: number,
  machine: Partial<Machine> = {},
  order: Order = interleaved,
): Pick<ComparisonBlock, 'runs'>[] {
  const { effects, noise, drift } = { ...QUIET, ...machine };
  const random = new Random(seed, 'synthetic', 0);
  let run = 0;
  return Array.from({ length: count }, (_, index) => ({
    runs: order(seed, index).map((letter) => {
      const now = drift * run++;
      const values = Object.fromEntries(
        Object.entries(effects).map(([metric, effect]) => [
          metric,
          1000 * Math.exp((letter === 'B' ? effect : 0) + now + noise * normalQuantile(random.unit() || 0.5)),
        ]),
      );
      return {
        letter,
        startedAt: '2026-11-24T12:00:00.000Z',
        durationMs: 4000,
        warmUpMs: 500,
        values,
        lagP99Us: 1000,
        stealShare: 0,
        cpuPressure: 0.1,
      };
    }),
  }));
}
