/** What a run says of a driver that is the scenario's own: the rules that were seen broken while it ran, and what the ledger shows of it. Pure. */

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
 * Rules broken. That a message which the user has not had comes with a number above all before it is the driver's word (`seq` of delivered):
 * nobody here has seen the frames, so that a message hidden by its number is held against the driver, and not against the server.
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
