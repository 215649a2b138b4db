/** Checks a single finished run against a policy's limits: the SLO-only mode of a gate. Pure. */

import { fingerprintDifferences } from '../../evidence/measure/fingerprint.ts';
import type { MetricUnit } from '../../evidence/metrics/metric-unit.ts';
import type { Result } from '../../evidence/result/result.ts';
import { evaluateExpectations } from '../../plan/scenario/expectations.ts';
import type { Expectation } from '../../plan/scenario/plan.ts';
import { missedCheck } from '../../run/conductor/result/verdict.ts';
import { knownMachine } from '../diff/known.ts';
import type { Policy } from './policy.ts';

/** Units whose figures depend on the speed or size of the machine; shares, counts and truth values do not. */
const ABSOLUTE: ReadonlySet<MetricUnit> = new Set(['us', 'ms', 'bytes', '/s']);

export function isAbsolute({ unit }: Pick<Expectation, 'unit'>): boolean {
  return ABSOLUTE.has(unit);
}

/**
 * Why absolute limits say nothing about figures made on `made` (null: the machine is not known), with the differences; null if they do.
 * Limits are for the policy's machine, or for `here` if it names none. Both are fingerprints.
 */
export function machineRefusal(policy: Pick<Policy, 'slo' | 'machine'>, made: string | null, here: string): string | null {
  const absolute = policy.slo.filter(isAbsolute);
  if (absolute.length === 0) return null;
  if (made === null) return unknownMachine(absolute);
  const differences = fingerprintDifferences(policy.machine ?? here, made);
  if (differences.length === 0) return null;
  const whose = policy.machine === null ? 'this machine' : "the policy's machine";
  const limits = limitsText(absolute);
  return [
    `absolute limits hold for one kind of machine, but these figures were made on another: ${limits}`,
    ...differences.map(({ part, one, other }) => `${part}: ${one} is ${whose}, ${other} made the figures`),
    'make the run on that machine, or compare instead: letitcrash gate --baseline <revision>, whose sides take turns on one machine',
  ].join('\n  ');
}

function limitsText(limits: Policy['slo']): string {
  return limits.map(({ metric, source }) => `${metric} ${source}`).join(', ');
}

function unknownMachine(absolute: Policy['slo']): string {
  return [
    `absolute limits hold for one kind of machine, but it is not known on which these figures were made: ${limitsText(absolute)}`,
    'import them with --here if it was this one, or set limits for shares and counts only',
  ].join('\n  ');
}

/** The result with the policy's limits among its checks, and the verdict that follows; what was bad already stays bad. */
export function holdToPolicy(result: Result, policy: Pick<Policy, 'slo'>): Result {
  const checks = evaluateExpectations({ expectations: policy.slo }, result);
  const missed = checks.filter(({ pass }) => !pass);
  const verdict = result.verdict === 'pass' && missed.length > 0 ? 'fail' : result.verdict;
  return { ...result, verdict, reasons: [...result.reasons, ...missed.map(missedCheck)], checks: [...result.checks, ...checks] };
}

/** The fingerprint of the machine that made a result; null if it does not say. */
export function madeOn(result: Pick<Result, 'environment'>): string | null {
  return knownMachine(result);
}
