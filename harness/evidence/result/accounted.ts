/** The ledger of a run, if one was kept. Pure. */
import type { Delivery, Result } from './result.ts';

/**
 * What the ledger decided; null if nothing accounted for messages: for requests alone, and for another tool's load. In Results from before
 * `delivery` could be null, such runs have zeros there, which mean nothing.
 */
export function accounted({ delivery, load, measuredBy }: Pick<Result, 'delivery' | 'load' | 'measuredBy'>): Delivery | null {
  return measuredBy !== null || load.loop === 'closed' ? null : delivery;
}
