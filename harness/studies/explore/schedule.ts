/** A schedule of an exploration: the faults, and the seed of everything else about its run. Plain data. */
import type { FaultPlan } from '../../plan/scenario/plan.ts';

export interface Schedule {
  /** Seed of the load and of the choice of victims. */
  readonly seed: number;
  /** In order of time. A fault keeps its id in every shorter schedule, so that it strikes the same victims there. */
  readonly faults: readonly FaultPlan[];
}

/** Named and ordered as planning does it, so that a schedule and its scenario file are the same run. */
export function inOrder(seed: number, faults: readonly Omit<FaultPlan, 'id'>[]): Schedule {
  const ordered = faults.toSorted((a, b) => a.atMs - b.atMs);
  return { seed, faults: ordered.map((fault, index) => ({ ...fault, id: `${fault.kind}-${index + 1}` })) };
}

/** On one line: `300 ms kill-node n1 for 200 ms, 450 ms kill-process`. */
export function scheduleText({ faults }: Schedule): string {
  if (faults.length === 0) return 'no faults';
  return faults
    .map(({ atMs, kind, forMs, settings }) => {
      const values = Object.entries(settings).map(
        ([key, value]) => ` ${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      return `${atMs} ms ${kind}${values.join('')}${forMs === null ? '' : ` for ${forMs} ms`}`;
    })
    .join(', ');
}
