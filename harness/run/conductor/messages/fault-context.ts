/** What the faults of a run may use: its deployment, its users, its clock, and randomness from its seed. */
import type { Deployment } from '../../../../targets/target.ts';
import { monotonicUs } from '../../../evidence/measure/clock.ts';
import { Random } from '../../../evidence/stats/random.ts';
import type { FaultPlan, Plan } from '../../../plan/scenario/plan.ts';
import type { Recorder } from '../../arena/journal.ts';
import type { EntryNodes, FaultContext } from '../../faults/fault.ts';
import type { Ground } from '../../faults/machine/ground.ts';
import type { Network } from '../../faults/network/network.ts';
import type { UserNames } from '../../load/user-names.ts';
import type { UserControl } from '../../load/worker-pool.ts';

export interface FaultSurroundings {
  readonly plan: Plan;
  readonly deployment: Deployment;
  readonly names: UserNames;
  /** The run's zero on the machine's monotonic clock. */
  readonly zeroUs: number;
  readonly signal: AbortSignal;
  readonly entryNodes: EntryNodes | null;
  readonly journal: Recorder;
  readonly network: Network | null;
  readonly ground: Ground;
  readonly userControl: UserControl | null;
  /** The protocol that users speak: a bundled driver's name, or a file. */
  readonly driver: string;
}

/** One context for each fault: its stream is named after its id, so that a shorter schedule chooses the same victims. */
export function faultContext(around: FaultSurroundings, fault: FaultPlan): FaultContext {
  const { plan, deployment, names, zeroUs, signal, entryNodes, journal, network, ground, userControl, driver } = around;
  const random = new Random(plan.seed, `fault ${fault.id}`, 0);
  return {
    deployment,
    users: plan.users,
    userName: (user) => names.name(user),
    random: () => random.unit(),
    nowUs: () => monotonicUs() - zeroUs,
    signal,
    entryNodes,
    journal,
    network,
    ground,
    userControl,
    driver,
  };
}
