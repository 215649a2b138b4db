/** The eight delivery properties, judged from a Result's counts: what every report shows as the ledger's verdict. */
import type { Result } from '../harness/result/result.ts';

/** `observed`: broken, in a run that was asked to observe and not to require; `unknown`: nothing was acknowledged. */
export type PropertyState = 'kept' | 'broken' | 'observed' | 'unknown';

export interface DeliveryProperty {
  readonly key: string;
  readonly name: string;
  /** The rule in one sentence. */
  readonly rule: string;
  /** Messages that break it. */
  readonly violations: number;
  readonly state: PropertyState;
}

/** The properties in the order of the design; deterministic, no property is ever kept by a run that acknowledged nothing. */
export function deliveryProperties(result: Result): readonly DeliveryProperty[] {
  const { delivery } = result;
  const property = (key: string, name: string, rule: string, violations: number, broken = violations > 0): DeliveryProperty => {
    const brokenState = result.verdict === 'pass' ? 'observed' : 'broken';
    return { key, name, rule, violations, state: broken ? brokenState : delivery.acked === 0 ? 'unknown' : 'kept' };
  };
  return [
    property('loss', 'No loss', 'What was acknowledged is delivered.', delivery.lost),
    property('duplicates', 'No visible duplicates', 'Nobody sees a message twice.', delivery.duplicatesVisible),
    property('phantom', 'No phantoms', 'Nothing is delivered that nobody sent.', delivery.phantom),
    property('order', 'In order', 'Messages of one sender reach a device in the order sent.', delivery.reordered),
    property('misdelivery', 'No misdelivery', 'Nothing reaches anybody else.', delivery.misdelivered),
    property('receipts', 'Honest receipts', 'A receipt never precedes the fact.', delivery.receiptsEarly),
    property(
      'drained',
      'Drained',
      'After the faults everybody is back and nothing is left to deliver.',
      delivery.pending,
      delivery.pending > 0 || !delivery.drained,
    ),
    property('intact', 'Intact', 'The payload arrives as it was sent.', delivery.corrupted),
  ];
}
