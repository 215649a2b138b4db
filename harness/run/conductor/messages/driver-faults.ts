/** What a run reports about a custom driver: the rules that it was seen to break, and those that the ledger shows it broke. Pure. */

import type { DeliveryReport } from '../../../evidence/ledger/judge.ts';
import { numberingOf, numberingText } from '../../../evidence/ledger/numbering.ts';
import type { Observations } from '../../../evidence/ledger/observations.ts';
import type { Result } from '../../../evidence/result/result.ts';
import { addBrokenRules, type BrokenRule, DRIVER_RULES } from '../../drivers/driver-rules.ts';

export interface OwnDriver {
  /** As in BrokenRule. */
  readonly name: string;
  readonly brokenRules: readonly BrokenRule[];
}

/**
 * Broken rules. That a new message comes with a number above all earlier ones is the driver's word (`seq` of delivered): the harness has
 * not seen the frames, so a message hidden by its number is held against the driver and not against the server.
 */
export function driverFaults(
  { name, brokenRules }: OwnDriver,
  { hidden }: Pick<DeliveryReport, 'hidden'>,
  observations: Observations,
): readonly BrokenRule[] {
  if (hidden === 0) return brokenRules;
  const example = numberingText(numberingOf(observations));
  return addBrokenRules([brokenRules, [{ driver: name, rule: 'numbers-rise', count: hidden, example }]]);
}

export function violationOf({ driver, rule, count, example }: BrokenRule): Result['load']['driverViolations'][number] {
  return { driver, rule, means: DRIVER_RULES[rule], count, example };
}
