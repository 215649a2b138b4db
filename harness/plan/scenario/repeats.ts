/**
 * A step of the schedule that is played repeatedly: each occurrence is a fault of its own, with its own id and therefore its own victims,
 * which do not change when the schedule is shortened. Pure.
 */
import type { FaultPlan } from './plan.ts';

/** `kill-node-1` played three times is kill-node-1.1, kill-node-1.2 and kill-node-1.3. */
export function occurrences(step: FaultPlan, repeat: number, everyMs: number): FaultPlan[] {
  return Array.from({ length: repeat }, (_, index) => ({
    ...step,
    id: `${step.id}.${index + 1}`,
    atMs: step.atMs + index * everyMs,
  }));
}

/** The id of the step that a fault is an occurrence of; null for a step that is played once. */
function stepOf({ id }: FaultPlan): string | null {
  return /^(.+-\d+)\.\d+$/.exec(id)?.[1] ?? null;
}

/** The repeated steps of a schedule, in its order, each with the ids of its occurrences. */
export function repeatedSteps(
  faults: readonly FaultPlan[],
): readonly { readonly fault: string; readonly kind: string; readonly occurrences: readonly string[] }[] {
  const steps = new Map<string, { fault: string; kind: string; occurrences: string[] }>();
  for (const fault of faults) {
    const step = stepOf(fault);
    if (step === null) continue;
    const known = steps.get(step) ?? { fault: step, kind: fault.kind, occurrences: [] };
    known.occurrences.push(fault.id);
    steps.set(step, known);
  }
  return [...steps.values()];
}
