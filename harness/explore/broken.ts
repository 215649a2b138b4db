/** Which delivery properties a run broke, in one list of names. Pure. */
import type { DeliveryReport } from '../ledger/judge.ts';
import { deliveryProperties } from '../run/verdict.ts';

/** Acknowledged messages were still owed, or users not connected, when the drain gave up: a promise of liveness, not of safety. */
export const DRAINED = 'drained';

/** Names of the broken properties, as the Result's `delivery` has them; what can be waited for comes last. */
export function brokenProperties(delivery: DeliveryReport): readonly string[] {
  const broken = deliveryProperties.flatMap(([property]) => (delivery[property] > 0 ? [property as string] : []));
  return delivery.drained ? broken : [...broken, DRAINED];
}
