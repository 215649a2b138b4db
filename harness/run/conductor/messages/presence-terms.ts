/** The terms by which presence is judged: how long the truth may take, and when a fault made it uncertain. Pure. */

import type { PresenceTerms, Stretch } from '../../../evidence/ledger/presence.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import { faultKinds } from '../../faults/catalogue.ts';
import type { FaultRecord } from '../../faults/interpreter.ts';

export interface PresenceCircumstances {
  readonly plan: Plan;
  readonly faults: readonly FaultRecord[];
  /** How long the target may call a user online whose last connection broke; null if it does not say. */
  readonly lingerMs: number | null;
  /** How late the generator was at worst: it may have read a timely answer of the server by that much too late. */
  readonly lagUs: number;
  readonly endUs: number;
}

export function presenceTerms({ plan, faults, lingerMs, lagUs, endUs }: PresenceCircumstances): PresenceTerms {
  return {
    boundUs: plan.limits.presenceMs * 1000 + lagUs,
    lingerUs: lingerMs === null ? Number.POSITIVE_INFINITY : lingerMs * 1000,
    unrest: faults.flatMap((fault) => unrestOf(fault, plan.load.keepaliveMs, endUs)).sort((a, b) => a.fromUs - b.fromUs),
    endUs,
  };
}

/** From the injection until the fault is undone, or is seen to have struck; longer if a connection may be dead without its user knowing. */
function unrestOf(
  { plan, injectedAtUs, struckAtUs, healedAtUs, verified }: FaultRecord,
  keepaliveMs: number,
  endUs: number,
): Stretch[] {
  const kind = faultKinds.get(plan.kind);
  if (injectedAtUs === null || kind?.presence === 'logged') return [];
  // What could not be undone may go on.
  if (!verified) return [{ fromUs: injectedAtUs, untilUs: endUs }];
  const isSilent = kind?.presence === 'silent' || (kind?.paths(plan.settings).length ?? 0) > 0;
  const strikes = { fromUs: injectedAtUs, untilUs: Math.max(injectedAtUs, struckAtUs ?? injectedAtUs) };
  // A dead node is dead: what happens in the meantime is certain.
  if (kind?.presence === 'certain')
    return [strikes, ...(healedAtUs === null ? [] : [{ fromUs: healedAtUs, untilUs: healedAtUs }])];
  const overUs = Math.max(strikes.untilUs, healedAtUs ?? injectedAtUs);
  return [{ fromUs: injectedAtUs, untilUs: overUs + (isSilent ? 2 * keepaliveMs * 1000 : 0) }];
}
