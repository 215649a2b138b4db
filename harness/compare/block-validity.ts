/** When a block is no evidence: what happened to the machine or the generator meanwhile. Pure. */
import type { ComparisonBlock } from '../result/comparison.ts';

type BlockRun = ComparisonBlock['runs'][number];

export interface ValidityLimits {
  /** Share of processor time that other guests of the host took. */
  readonly stealShare: number;
  /** Share of time in which something that could run waited for a processor. */
  readonly cpuPressure: number;
  /** How much more than the block's least the pressure of a run may be: a load that both sides carry is fair. */
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
  const pressures = runs.flatMap(({ cpuPressure }) => cpuPressure ?? []);
  const most = Math.max(0, ...pressures);
  const least = pressures.length === 0 ? 0 : Math.min(...pressures);
  if (most > limits.cpuPressure) {
    reasons.push(`something waited for a processor ${percent(most)} of the time, the limit is ${percent(limits.cpuPressure)}`);
  } else if (most - least > limits.pressureSpread) {
    reasons.push(
      `the runs of the block were disturbed unequally: something waited for a processor ${percent(least)} to ${percent(most)} of the time`,
    );
  }
  return reasons;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}
