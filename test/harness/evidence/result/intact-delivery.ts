/** The delivery of a run in which everything that was sent arrived once, in order, and was acknowledged. */
import type { Result } from '../../../../harness/evidence/result/result.ts';

export type Delivery = NonNullable<Result['delivery']>;

export function intactDelivery(sent: number, different: Partial<Delivery> = {}): Delivery {
  return {
    attempted: sent,
    acked: sent,
    failed: 0,
    indeterminate: 0,
    recovered: 0,
    delivered: sent,
    expected: sent,
    lost: 0,
    hidden: 0,
    duplicatesWire: 0,
    duplicatesVisible: 0,
    reordered: 0,
    phantom: 0,
    misdelivered: 0,
    corrupted: 0,
    receiptsEarly: 0,
    receipts: null,
    notPromised: 0,
    presenceWrong: 0,
    presenceJudged: 12,
    pending: 0,
    drained: true,
    unacknowledged: 0,
    unwritten: 0,
    away: { users: 0, names: [] },
    deaf: { users: 0, names: [], owed: 0 },
    unheard: { users: 0, names: [] },
    restless: false,
    refusals: [],
    offenders: [],
    evidence: [],
    ...different,
  };
}
