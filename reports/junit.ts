/**
 * junit.xml: the run as a test suite, the format CI systems read: one test case for the measurement itself, one a check, one a
 * delivery property.
 */
import { otherRunsText } from '../harness/evidence/result/other-runs.ts';
import type { Result } from '../harness/evidence/result/result.ts';
import { checkState } from './check-state.ts';
import { formatInUnit, plural } from './format.ts';
import { PASSED, suiteXml, type TestCase, type TestOutcome } from './junit-suite.ts';
import { runActualText } from './latency-words.ts';
import { leakText } from './leak-words.ts';
import { whyEnded, whyRefused } from './offenders.ts';
import { deliveryProperties } from './properties.ts';
import { abortedText, verdictSentence } from './sentence.ts';
import { shownResult } from './shown-result.ts';

const CASE_LIMIT = 1000;

/** Well-formed XML 1.0 whatever the scenario is called. */
export function junitXml(given: Result): string {
  const result = shownResult(given);
  const details = [
    ...abortCase(result),
    ...checkCases(result).slice(0, CASE_LIMIT),
    ...leakCase(result),
    ...deliveryCases(result),
  ];
  return suiteXml({
    name: result.scenario.name,
    startedAt: result.startedAt,
    durationMs: result.durationMs,
    properties: {
      verdict: result.verdict,
      ...said('seed', result.seed === null ? null : String(result.seed)),
      target: `${result.target.name} ${result.target.version}`,
      reproduce: result.reproduce,
      ...said('beside', otherRunsText(result.environment)),
      ...said('refused', whyRefused(result)),
      ...said('sessions-ended', whyEnded(result)),
    },
    cases: [runCase(result, details), ...details],
  });
}

/** Left out where there is nothing to say. */
function said(name: string, text: string | null): Readonly<Record<string, string>> {
  return text === null ? {} : { [name]: text };
}

/** An invalid or unknown run is an error, not a failure: nothing was learnt about the server. */
function runCase(result: Result, details: readonly TestCase[]): TestCase {
  // Nobody saw whether another tool's load was late.
  const name = result.load.valid === null ? 'nothing shows that the measurement was spoilt' : 'the measurement can be trusted';
  const text = result.reasons.join('\n');
  if (result.verdict === 'pass') return { name, suite: 'run', outcome: PASSED };
  if (result.verdict === 'fail') {
    // A failed run never looks green, even if none of the cases shown is the one that failed.
    const explained = details.some(({ outcome }) => outcome.kind === 'failure');
    return { name, suite: 'run', outcome: explained ? PASSED : { kind: 'failure', message: verdictSentence(result), text } };
  }
  return { name, suite: 'run', outcome: { kind: 'error', message: `${result.verdict}: ${verdictSentence(result)}`, text } };
}

/** Only a run that was aborted has one: the others do not say which conditions they had. */
function abortCase(result: Result): TestCase[] {
  if (result.aborted === null) return [];
  const { condition, actual, unit } = result.aborted;
  const name = `not aborted: ${condition}`;
  const message = `aborted: ${condition}, measured ${formatInUnit(actual, unit)}`;
  const kind = result.verdict === 'fail' ? 'failure' : 'skipped';
  return [{ name, suite: 'checks', outcome: { kind, message, text: abortedText(result) ?? '' } }];
}

function checkCases(result: Result): TestCase[] {
  return result.checks.map((check) => {
    const { name, limit, unit } = check;
    const measured = `measured ${runActualText(check, result, unit)}${limit === null ? '' : `, limit ${formatInUnit(limit, unit)}`}`;
    const state = checkState(check, result);
    if (state === 'held') return { name, suite: 'checks', outcome: PASSED };
    return {
      name,
      suite: 'checks',
      outcome: { kind: state === 'open' ? 'skipped' : 'failure', message: `${name}: ${measured}`, text: measured },
    };
  });
}

/** Only where a leak was looked for. One that the scenario does not forbid is a warning, as its check would be the failure. */
function leakCase(result: Result): TestCase[] {
  if (result.memory.leak === null) return [];
  const leak = leakText(result);
  const outcome: TestOutcome = leak === null ? PASSED : { kind: 'skipped', message: leak, text: '' };
  return [{ name: 'memory comes back', suite: 'memory', outcome }];
}

function deliveryCases(result: Result): TestCase[] {
  return deliveryProperties(result).map(({ key, name, rule, violations, state, why }) => {
    const evidence = (result.delivery?.evidence ?? []).filter(({ property }) => property === key).map(({ message }) => message);
    const broken = key === 'drained' ? why : plural(violations, 'violation');
    const outcomes: Readonly<Record<typeof state, TestOutcome>> = {
      kept: PASSED,
      broken: { kind: 'failure', message: `${name}: ${broken}`, text: [rule, ...evidence].join('\n') },
      observed: { kind: 'skipped', message: `observed, not required: ${broken}`, text: '' },
      unpromised: { kind: 'skipped', message: why, text: '' },
      unknown: { kind: 'skipped', message: `unknown: ${why === '' ? 'nothing was acknowledged' : why}`, text: '' },
    };
    return { name, suite: 'delivery', outcome: outcomes[state] };
  });
}
