/** What a plan needs of this machine before anything starts: its target, and whatever its faults are done with. */
import { findTarget } from '../../targets/index.ts';
import type { Target } from '../../targets/target.ts';
import { faultKinds } from '../faults/catalogue.ts';
import { absentRequirements, absentText } from '../faults/requirements.ts';
import type { FaultPlan } from '../scenario/plan.ts';
import { RunError } from './run-error.ts';

/** @throws RunError when there is no such target, or it cannot run on this machine. */
export async function availableTarget(name: string): Promise<Target> {
  const target = findTarget(name);
  if (target === undefined) throw new RunError('target-unknown', `there is no target ${name}`);
  const availability = await target.availability();
  if (!availability.available) {
    throw new RunError(
      'target-unavailable',
      `the target ${target.name} cannot run here: ${availability.reason}\n  ${availability.remedy}`,
    );
  }
  return target;
}

/** @throws RunError when the machine cannot do some of these faults. */
export async function requireOfMachine(faults: readonly Pick<FaultPlan, 'kind'>[]): Promise<void> {
  const absent = await absentRequirements(faults.flatMap(({ kind }) => faultKinds.get(kind) ?? []));
  if (absent.length > 0) throw new RunError('machine-lacks', absent.map(absentText).join('\n'));
}
