/** Checks what a plan needs from this machine before anything starts: its target, and the means for its faults. */
import { findTarget, targets } from '../../../targets/index.ts';
import type { Capability, Target } from '../../../targets/target.ts';
import { RunError } from '../../contracts/run-error.ts';
import { isModulePath } from '../../plan/own-server/module-path.ts';
import { loadOwnTarget } from '../../plan/own-server/own-target.ts';
import type { FaultPlan } from '../../plan/scenario/plan.ts';
import { presentArena } from '../arena/inside.ts';
import { faultKinds } from '../faults/catalogue.ts';
import { absentRequirements, absentText } from '../faults/requirements.ts';

/** The target that a plan calls `use`: a bundled name, or the absolute path of a user's file. @throws RunError if there is none. */
export async function targetOf(use: string): Promise<Target> {
  if (isModulePath(use)) {
    const loaded = await loadOwnTarget(use);
    if (loaded.ok) return loaded.value;
    throw new RunError('target-unknown', `${use} ${loaded.message}\n  ${loaded.remedy}`);
  }
  const target = findTarget(use);
  if (target !== undefined) return target;
  const names = targets.map(({ name }) => name).join(', ');
  throw new RunError('target-unknown', `there is no target ${use}\n  use one of ${names}; or a file, like ./my-target.ts`);
}

/** `given` replaces the target named by `use`, if there is one. @throws RunError if there is none, or if it cannot run on this machine. */
export async function availableTarget(use: string, given?: Target): Promise<Target> {
  const target = given ?? (await targetOf(use));
  const availability = await target.availability();
  if (!availability.available) {
    throw new RunError(
      'target-unavailable',
      `the target ${target.name} cannot run here: ${availability.reason}\n  ${availability.remedy}`,
    );
  }
  return target;
}

/** @throws RunError for a target without this capability. `what` says what would be done with its nodes: `profiled`. */
export function requireOfTarget({ name, capabilities }: Target, capability: Capability, what: string): void {
  if (capabilities.has(capability)) return;
  throw new RunError('target-unavailable', `the nodes of ${name} cannot be ${what}\n  its target does not declare ${capability}`);
}

/** @throws RunError if the machine cannot play some of these faults. */
export async function requireOfMachine(faults: readonly Pick<FaultPlan, 'kind'>[]): Promise<void> {
  const absent = await absentRequirements(faults.flatMap(({ kind }) => faultKinds.get(kind) ?? []));
  if (absent.length > 0) throw new RunError('machine-lacks', absent.map(absentText).join('\n'));
  const arenaOnly = faults.filter(({ kind }) => faultKinds.get(kind)?.requires.includes('arena') === true);
  if (arenaOnly.length === 0 || presentArena() !== null) return;
  const kinds = [...new Set(arenaOnly.map(({ kind }) => kind))].join(', ');
  throw new RunError(
    'machine-lacks',
    `${kinds} can only be played in an arena\n  letitcrash run enters one; from the library use run(scenario, { arena: true })`,
  );
}
