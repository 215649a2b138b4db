/** When a block is invalid because of what happened to the machine or the generator during it. Pure. */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';

type BlockRun = ComparisonBlock['runs'][number];

export interface ValidityLimits {
  /** Share of processor time that other guests of the host took. */
  readonly stealShare: number;
  /** Share of time in which something runnable waited for a processor, in the least disturbed run. */
  readonly cpuPressure: number;
  /**
   * How much the pressures of the two runs of a side may differ. Between the sides they may differ by any amount: a worse server keeps the
   * processors busier, and must not be excused by that.
   */
  readonly pressureSpread: number;
}

export const VALIDITY: ValidityLimits = { stealShare: 0.05, cpuPressure: 0.9, pressureSpread: 0.35 };

/**
 * The reasons; empty for a valid block. `invalidRuns` has what the runs reported about themselves: the generator was late, a server died.
 */
export function blockInvalidity(
  runs: readonly BlockRun[],
  invalidRuns: readonly string[],
  limits: ValidityLimits = VALIDITY,
): readonly string[] {
  const reasons = [...invalidRuns];
  const steal = Math.max(0, ...runs.map(({ stealShare }) => stealShare ?? 0));
  if (steal > limits.stealShare) {
    reasons.push(`other guests took ${percent(steal)} of the processors, the limit is ${percent(limits.stealShare)}`);
  }
  const least = Math.min(...runs.map(({ cpuPressure }) => cpuPressure ?? 0));
  if (runs.length > 0 && least > limits.cpuPressure) {
    reasons.push(
      `something waited for a processor ${percent(least)} of the time in every run, the limit is ${percent(limits.cpuPressure)}`,
    );
  }
  for (const letter of ['A', 'B'] as const) {
    const pressures = runs.flatMap((run) => (run.letter === letter ? (run.cpuPressure ?? []) : []));
    const [low, high] = [Math.min(...pressures), Math.max(...pressures)];
    if (high - low > limits.pressureSpread) {
      reasons.push(
        `the runs of ${letter} were not disturbed equally: something waited for a processor ${percent(low)} to ${percent(high)} of the time`,
      );
    }
  }
  return reasons;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}
