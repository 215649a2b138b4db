/** A server that is already running when a run begins and keeps running afterwards, for many runs one after another. */
import type { Deployment } from '../../../targets/target.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { groundNeeded, pathsNeeded } from '../faults/surroundings.ts';

export interface StandingServer {
  readonly deployment: Deployment;
  /** Number of the first user that no earlier run has had: no user may meet the mailbox of another run. */
  readonly firstName: number;
}

/** Whether a plan's faults act on what must exist before its server starts: proxies on its network paths, its disk, its clock. */
export function needsServerOfItsOwn(plan: Pick<Plan, 'faults'>): boolean {
  return pathsNeeded(plan).size > 0 || groundNeeded(plan).some((needs) => Object.keys(needs).length > 0);
}
