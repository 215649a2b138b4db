/**
 * What the matchers conclude about a run or a comparison: whether the claim holds, and the evidence. Pure. What was not measured supports
 * neither a claim nor its opposite, so it throws.
 */

import { metricSentence } from '../../../../reports/comparison-words.ts';
import { faultState } from '../../../../reports/fault-words.ts';
import { formatBytes, formatCount, formatInUnit, formatMs } from '../../../../reports/format.ts';
import { wholeAgainMs } from '../../../../reports/sentence.ts';
import { slopeFigureText, slopeIntervalText, slopeText } from '../../../../reports/slope-words.ts';
import { accounted } from '../../../evidence/result/accounted.ts';
import type { ComparedMetric, Comparison } from '../../../evidence/result/comparison.ts';
import { driverViolations } from '../../../evidence/result/driver-violations.ts';
import { wholeClocks } from '../../../evidence/result/recovery-clock-table.ts';
import type { Delivery, Result } from '../../../evidence/result/result.ts';
import { isResolved } from '../../../evidence/result/slopes.ts';
import { evaluateExpectations, parseExpectations } from '../../../plan/scenario/expectations.ts';
import { parseBytes, parseDurationMs, parseShare, type Quantity } from '../../../plan/scenario/units.ts';

export interface Judgement {
  readonly pass: boolean;
  /** What was expected, to follow `expected the run to`. */
  readonly claim: string;
  /** One line each. */
  readonly evidence: readonly string[];
}

/**
 * No acknowledged message was lost or never shown, and none is still in flight. @throws if nothing was acknowledged, or if nothing is
 * known.
 */
export function losesNoMessages(result: Result): Judgement {
  if (driverViolations(result).length > 0) throw new Error(`it is not known what was lost: ${result.reasons.join('; ')}`);
  const delivery = accounted(result);
  if (delivery === null) throw new Error('no ledger accounted for the messages, so it is not known what was lost');
  const { acked, lost, pending, attempted, indeterminate, evidence } = delivery;
  const hidden = (delivery as Partial<Pick<Delivery, 'hidden'>>).hidden ?? 0;
  if (acked === 0) {
    throw new Error(`none of ${formatCount(attempted)} messages was acknowledged, so it is not known what was lost`);
  }
  const offences = evidence.filter(({ property }) => property === 'lost' || property === 'hidden').map(({ message }) => message);
  return {
    pass: lost === 0 && hidden === 0 && pending === 0,
    claim: 'lose no acknowledged message',
    evidence: [
      `${formatCount(acked)} acknowledged, ${formatCount(lost)} of them lost, ${hidden === 0 ? '' : `${formatCount(hidden)} arrived and never shown, `}${formatCount(pending)} still in flight when the drain gave up; ${formatCount(indeterminate)} neither acknowledged nor refused`,
      ...offences,
    ],
  };
}

/** Conditions as in a scenario's `expect`. @throws if a name or a condition is wrong, or if something was not measured. */
export function meets(result: Result, conditions: Readonly<Record<string, string | number | boolean>>): Judgement {
  const hasRepeats = result.recoveryDistribution.length > 0;
  const { expectations, problems } = parseExpectations(conditions, { hasFaults: result.faults.length > 0, hasRepeats });
  if (problems.length > 0) {
    throw new Error(problems.map(({ metric, message, remedy }) => `${metric}: ${message}\n  ${remedy}`).join('\n'));
  }
  const checks = evaluateExpectations({ expectations }, result);
  // A recovery, or an answer, that never came is null and fails; a figure that the generator spoilt, or that was not taken, is null and says nothing.
  const unknown = checks.filter(({ actual, name, never }) => actual === null && never !== true && !isKnownNever(result, name));
  if (unknown.length > 0) {
    throw new Error(`${unknown.map(({ name }) => name).join(', ')}: not measured\n  ${whyNotMeasured(result)}`);
  }
  return {
    pass: checks.every(({ pass }) => pass),
    claim: `meet ${checks.map(({ name }) => name).join(', ')}`,
    evidence: checks.map(
      ({ name, pass, actual, unit }) =>
        `${pass ? 'met' : 'NOT MET'}  ${name}: it was ${actual === null ? 'never' : formatInUnit(actual, unit)}`,
    ),
  };
}

/** Why a fault proves nothing about recovery. */
function whyUnproven(fault: Result['faults'][number]): string {
  const evidence = fault.evidence.at(-1) ?? 'no evidence';
  switch (faultState(fault)) {
    case 'unreached':
      return `the run ended before ${fault.id}`;
    case 'no-op':
      return `${fault.id} found nothing to strike: ${evidence}`;
    default:
      return `${fault.id} could not be verified: ${evidence}`;
  }
}

/** Every fault was verified, and everybody had recovered within this time after it. @throws if there was no fault, or no clock. */
export function recoversWithin(result: Result, within: string): Judgement {
  const limitMs = quantity('a recovery', within, parseDurationMs);
  if (result.faults.length === 0)
    throw new Error('there was no fault to recover from\n  use arena.drill(fault), or a scenario with faults');
  const unproven = result.faults.filter(({ verified }) => !verified);
  if (unproven.length > 0) {
    const words = unproven.map(whyUnproven);
    throw new Error(`${words.join('\n')}\n  a fault that may not have happened does not test recovery`);
  }
  if (!result.load.valid) throw new Error(`recovery was not measured\n  ${whyNotMeasured(result)}`);
  // A fault that nobody noticed left nothing to recover from.
  const clocks = result.recovery.map((recovery) => ({ recovery, ms: recovery.noticed ? wholeAgainMs(recovery) : 0 }));
  if (clocks.some(({ ms, recovery }) => ms === null && !recovery.censored)) {
    throw new Error(`recovery was not measured\n  ${whyNotMeasured(result)}`);
  }
  return {
    pass: clocks.every(({ ms }) => ms !== null && ms <= limitMs),
    claim: `recover within ${formatMs(limitMs)} of each fault`,
    evidence: clocks.map(({ recovery, ms }) => {
      const { fault, watchedMs } = recovery;
      const whole =
        ms === null
          ? `not everybody recovered within the ${formatMs(watchedMs)} of observation`
          : `everybody recovered after ${formatMs(ms)}`;
      const parts = wholeClocks.map(({ whole: what, field }) => `${what} ${clockText(recovery[field])}`).join(', ');
      return `${fault}: ${whole} (${parts})`;
    }),
  };
}

/** @throws if it was not measured. */
export function usesAtMostPerConnection({ memory, load }: Result, limit: string): Judgement {
  const limitBytes = quantity('the memory of a connection', limit, parseBytes);
  const { perConnection } = memory;
  if (perConnection === null) {
    const remedy = 'at least 100 users, who are connected in steps';
    throw new Error(`the memory of a connection was not measured with ${formatCount(load.users)} users\n  it needs ${remedy}`);
  }
  const resolved = isResolved(perConnection);
  const bytes = resolved ? perConnection.bytes : perConnection.high;
  if (bytes === null || (!resolved && bytes > limitBytes))
    throw new Error(`the memory of a connection is ${slopeText(perConnection)}: more users, or a longer rest at each plateau`);
  return {
    pass: bytes <= limitBytes,
    claim: `use at most ${formatBytes(limitBytes)} of memory for a connection`,
    evidence: [
      `${slopeFigureText(perConnection)} a connection (${slopeIntervalText(perConnection)}), over plateaus of ${memory.plateaus.map(({ connections }) => formatCount(connections)).join(', ')} connections`,
    ],
  };
}

/** `name` may omit `response.`. @throws for a metric that was not compared or not measured. */
export function isNoSlower(comparison: Comparison, name: string, written: string | undefined): Judgement {
  const metric = comparison.metrics.find((each) => each.name === name || each.name === `response.${name}`);
  if (metric === undefined) {
    const names = comparison.metrics.map((each) => each.name).join(', ');
    throw new Error(`${name} was not compared\n  what was: ${names}`);
  }
  const margin = written === undefined ? metric.margin : quantity('a margin', written, parseShare);
  if (metric.ratio === null)
    throw new Error(`${metric.name} was not measured\n  ${comparison.reasons[0] ?? 'no block was valid'}`);
  return {
    pass: comparison.valid && isWithin(metric, margin),
    claim: `be no worse in ${metric.name} by more than ${Number((margin * 100).toPrecision(3))}%`,
    evidence: [
      metricSentence(metric),
      `over ${comparison.blocks.filter(({ invalid }) => invalid.length === 0).length} valid blocks; B / A is ${metric.ratio.toFixed(3)}`,
      ...(metric.verdict === 'inconclusive'
        ? ['inconclusive does not mean "no slower": use more blocks, a quieter machine, or a wider margin']
        : []),
      ...comparison.reasons,
    ],
  };
}

/** Uses the comparison's own test if the margin is that of the comparison; otherwise the interval. */
function isWithin({ better, verdict, low, high, margin: own }: ComparedMetric, margin: number): boolean {
  if (margin === own) return verdict === 'equivalent';
  const worst = better === 'lower' ? high : low;
  if (worst === null) return false;
  return better === 'lower' ? worst <= 1 + margin : worst >= 1 / (1 + margin);
}

function isKnownNever({ faults, load }: Result, check: string): boolean {
  return check.startsWith('recovery.') && faults.length > 0 && load.valid === true;
}

function lagText(lagUs: Result['load']['lagUs']): string {
  return lagUs === null || lagUs.p99 === null ? '' : ` (its lag was ${(lagUs.p99 / 1000).toFixed(0)} ms at p99)`;
}

function whyNotMeasured({ load, reasons }: Result): string {
  if (load.valid !== false) return reasons[0] ?? 'this run had nothing to measure it with';
  return `the generator could not keep up${lagText(load.lagUs)}, so the figures are its own, not the server's: use a quieter machine, less load, or a higher limits.lag`;
}

const clockText = (ms: number | null): string => (ms === null ? 'never' : formatMs(ms));

function quantity(what: string, written: string, parse: (written: unknown) => Quantity): number {
  const parsed = parse(written);
  if (parsed.ok) return parsed.value;
  throw new Error(`${what}: ${JSON.stringify(written)} ${parsed.message}`);
}
