/** One run of a schedule, and whether it proves anything. Pure. */

import type { DeliveryReport } from '../../evidence/ledger/judge.ts';
import { drainedState } from '../../evidence/result/drained.ts';
import { brokenProperties, DRAINED } from '../../run/conductor/result/verdict.ts';
import type { FaultRecord } from '../../run/faults/interpreter.ts';
import type { Schedule } from './schedule.ts';

export interface Trial {
  /** Why the run proves nothing; null if it does. A run that does not count breaks nothing. */
  readonly discounted: string | null;
  /** Delivery properties that were broken. */
  readonly broken: readonly string[];
  /** Offenders in words. */
  readonly evidence: readonly string[];
  readonly acked: number;
  readonly faults: readonly FaultRecord[];
}

/** Plays schedules against one server: the warm cluster, or a model of one in tests. Rejects only if it cannot continue at all. */
export interface Lab {
  play(schedule: Schedule): Promise<Trial>;
}

/**
 * A fault that could not be verified spoils a run, because nobody knows what the run tested. But a promise that is broken for good (a lost
 * message, or one shown twice) stays broken whatever was meant to happen; a drain that never ended may be the fault's own doing. `unrest`
 * says how things stood when the drain gave up.
 */
export function trialOf(delivery: DeliveryReport, faults: readonly FaultRecord[], unrest: string): Trial {
  const broken = brokenProperties(delivery);
  const unverified = faults.find(({ verified }) => !verified);
  const proven = unverified === undefined ? broken : broken.filter((property) => property !== DRAINED);
  return {
    discounted: proven.length > 0 ? null : discounted(delivery, unverified, unrest),
    broken: proven,
    evidence: [
      ...(proven.includes(DRAINED) ? [`${DRAINED}: ${unrest}`] : []),
      ...delivery.evidence.map(({ property, message }) => `${property}: ${message}`),
    ],
    acked: delivery.acked,
    faults,
  };
}

/** A run that did not come to an end. */
export function failedTrial(reason: string): Trial {
  return { discounted: reason, broken: [], evidence: [], acked: 0, faults: [] };
}

function discounted(delivery: DeliveryReport, unverified: FaultRecord | undefined, unrest: string): string | null {
  if (unverified !== undefined) {
    return `${unverified.plan.id} could not be verified: ${unverified.evidence.join('; ')}`;
  }
  if (delivery.acked === 0) return 'no message was acknowledged';
  return drainedState(delivery) === 'unknown' ? `whether everything was drained is unknown: ${unrest}` : null;
}
