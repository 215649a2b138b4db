/** The ledger of a run, where one was kept. Pure. */
import type { Delivery, Result } from './result.ts';

/**
 * What the ledger decided; null where nothing accounted for messages: of requests alone, and of another tool's load. Results of such runs
 * from before `delivery` was null there have zeros in it, which are nobody's.
 */
export function accounted({ delivery, load, measuredBy }: Pick<Result, 'delivery' | 'load' | 'measuredBy'>): Delivery | null {
  return measuredBy !== null || load.loop === 'closed' ? null : delivery;
}
