/** When a block is no evidence: what happened to the machine or the generator meanwhile. Pure. */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';

type BlockRun = ComparisonBlock['runs'][number];

export interface ValidityLimits {
  /** Share of processor time that other guests of the host took. */
  readonly stealShare: number;
  /** Share of time in which something that could run waited for a processor, of the run that was troubled least. */
  readonly cpuPressure: number;
  /**
   * How far apart the pressures of the two runs of a side may be. Between the sides they may be as far apart as they like: the worse
   * server is what keeps the processors busy, and must not be excused by it.
   */
  readonly pressureSpread: number;
}

export const VALIDITY: ValidityLimits = { stealShare: 0.05, cpuPressure: 0.9, pressureSpread: 0.35 };

/** Reasons, empty for a valid block. `invalidRuns` says what the runs said of themselves: the generator was late, a server died. */
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
        `the runs of ${letter} were disturbed unequally: something waited for a processor ${percent(low)} to ${percent(high)} of the time`,
      );
    }
  }
  return reasons;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}
