/** What the faults of a run may use: its deployment, its users, its clock, and randomness from its seed. */
import { monotonicUs } from '../../../evidence/measure/clock.ts';
import { Random } from '../../../evidence/stats/random.ts';
import type { FaultPlan, Plan } from '../../../plan/scenario/plan.ts';
import type { FaultContext } from '../../faults/fault.ts';
import type { UserNames } from '../../load/user-names.ts';

/** What all faults of a run share. */
export interface FaultSurroundings extends Omit<FaultContext, 'users' | 'userName' | 'random' | 'nowUs'> {
  readonly plan: Plan;
  readonly names: UserNames;
  /** The run's zero on the machine's monotonic clock. */
  readonly zeroUs: number;
}

/** One context for each fault: its stream is named after its id, so that a shorter schedule chooses the same victims. */
export function faultContext({ plan, names, zeroUs, ...shared }: FaultSurroundings, fault: FaultPlan): FaultContext {
  const random = new Random(plan.seed, `fault ${fault.id}`, 0);
  return {
    ...shared,
    users: plan.users,
    userName: (user) => names.name(user),
    random: () => random.unit(),
    nowUs: () => monotonicUs() - zeroUs,
  };
}
