/** What a run would do and whether it could here: the schedule step by step, and what it needs from this machine. Starts nothing. */
import type { Availability } from '../../../targets/target.ts';
import type { FaultPlan, Plan } from '../../plan/scenario/plan.ts';
import { faultKinds } from '../faults/catalogue.ts';
import { type Requirement, type RequirementState, requirement } from '../faults/requirements.ts';
import { targetOf } from './available-target.ts';

export interface RehearsedFault extends FaultPlan {
  /** When it will be undone, in milliseconds of the load; null if it heals by itself, or never. */
  readonly undoneAtMs: number | null;
  /** How the kind heals, in words. */
  readonly heals: string;
  readonly requires: readonly Requirement[];
}

export interface RehearsedNeed {
  readonly name: Requirement;
  readonly kinds: readonly string[];
  readonly state: RequirementState;
}

export interface Rehearsal {
  /** In order of time, with each repeat as a fault of its own. */
  readonly schedule: readonly RehearsedFault[];
  /** What the kinds of the schedule need from this machine, each once. */
  readonly needs: readonly RehearsedNeed[];
  readonly target: Availability;
}

/** Examines the plan and the machine, and changes nothing. @throws RunError if there is no such target. */
export async function rehearse(plan: Plan): Promise<Rehearsal> {
  const schedule = plan.faults.map(rehearsed).sort((a, b) => a.atMs - b.atMs);
  const kindsByNeed = new Map<Requirement, Set<string>>();
  for (const { kind, requires } of schedule) {
    for (const name of requires) kindsByNeed.set(name, (kindsByNeed.get(name) ?? new Set()).add(kind));
  }
  const needs = [...kindsByNeed].map(async ([name, kinds]): Promise<RehearsedNeed> => {
    return { name, kinds: [...kinds], state: await requirement(name).probe() };
  });
  const target = await targetOf(plan.target.use);
  return {
    schedule,
    needs: await Promise.all(needs),
    target: await target.availability(),
  };
}

function rehearsed(fault: FaultPlan): RehearsedFault {
  const kind = faultKinds.get(fault.kind);
  const lastsMs = fault.forMs ?? (kind?.duration === 'optional' ? 0 : null);
  return {
    ...fault,
    undoneAtMs: lastsMs === null ? null : fault.atMs + lastsMs,
    heals: kind?.heals ?? '',
    requires: kind?.requires ?? [],
  };
}
