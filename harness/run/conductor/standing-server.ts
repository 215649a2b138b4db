/** A server that runs already when a run begins and goes on when it is over, for many runs one after another. */
import type { Deployment } from '../../../targets/target.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { groundNeeded, linksNeeded } from '../faults/surroundings.ts';

export interface StandingServer {
  readonly deployment: Deployment;
  /** Number of the first user that no earlier run has had: nobody is to meet the mailbox of another run. */
  readonly firstName: number;
}

/** Whether a plan's faults act on what must be there before its server starts: proxies on its links, its disk, its clock. */
export function needsServerOfItsOwn(plan: Pick<Plan, 'faults'>): boolean {
  return linksNeeded(plan).size > 0 || groundNeeded(plan).some((needs) => Object.keys(needs).length > 0);
}
