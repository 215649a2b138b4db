/**
 * junit.xml: the run as a test suite, the format CI systems read: one test case for the measurement itself, one a check, one a
 * delivery property.
 */
import type { Result } from '../harness/result/result.ts';
import { clip, formatInUnit, plural } from './format.ts';
import { type Markup, markup, oneLine, printable } from './markup.ts';
import { deliveryProperties } from './properties.ts';
import { abortedText, verdictSentence } from './sentence.ts';

type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failure' | 'error' | 'skipped'; readonly message: string; readonly text: string };

interface Case {
  readonly name: string;
  readonly suite: 'run' | 'checks' | 'delivery';
  readonly outcome: Outcome;
}

const PASSED: Outcome = { kind: 'passed' };
const TEXT_LIMIT = 4000;
const CASE_LIMIT = 1000;

/** Well-formed XML 1.0 whatever the scenario is called. */
export function junitXml(result: Result): string {
  const details = [...abortCase(result), ...checkCases(result).slice(0, CASE_LIMIT), ...deliveryCases(result)];
  const cases = [runCase(result, details), ...details];
  const name = clip(oneLine(result.scenario.name), 200);
  const count = (kind: Outcome['kind']): number => cases.filter(({ outcome }) => outcome.kind === kind).length;
  const seconds = (result.durationMs / 1000).toFixed(3);
  const totals = markup`tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds}"`;
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="letitcrash" ${totals}>
  <testsuite name="${name}" timestamp="${clip(oneLine(result.startedAt), 60)}" ${totals}>
    <properties>
      <property name="verdict" value="${result.verdict}"/>
      <property name="seed" value="${result.seed}"/>
      <property name="target" value="${clip(oneLine(`${result.target.name} ${result.target.version}`), 200)}"/>
      <property name="reproduce" value="${clip(oneLine(result.reproduce), TEXT_LIMIT)}"/>
    </properties>
${cases.map((one) => testCase(name, one))}  </testsuite>
</testsuites>
`.text;
}

function testCase(scenario: string, { name, suite, outcome }: Case): Markup {
  const head = markup`    <testcase classname="${scenario}.${suite}" name="${clip(oneLine(name), 300)}"`;
  if (outcome.kind === 'passed') return markup`${head}/>\n`;
  const message = clip(oneLine(outcome.message), 500);
  const text = clip(printable(outcome.text), TEXT_LIMIT);
  const element = new Map<Outcome['kind'], Markup>([
    ['failure', markup`<failure message="${message}">${text}</failure>`],
    ['error', markup`<error message="${message}">${text}</error>`],
    ['skipped', markup`<skipped message="${message}"/>`],
  ]).get(outcome.kind);
  return markup`${head}>${element ?? null}</testcase>\n`;
}

/** An invalid or unknown run is an error, not a failure: nothing was learnt about the server. */
function runCase(result: Result, details: readonly Case[]): Case {
  const name = 'the measurement can be trusted';
  const text = result.reasons.join('\n');
  if (result.verdict === 'pass') return { name, suite: 'run', outcome: PASSED };
  if (result.verdict === 'fail') {
    // A failed run never looks green, even if what failed is none of the cases shown.
    const explained = details.some(({ outcome }) => outcome.kind === 'failure');
    return { name, suite: 'run', outcome: explained ? PASSED : { kind: 'failure', message: verdictSentence(result), text } };
  }
  return { name, suite: 'run', outcome: { kind: 'error', message: `${result.verdict}: ${verdictSentence(result)}`, text } };
}

/** Only a run that was aborted has one: the others do not say which conditions they had. */
function abortCase(result: Result): Case[] {
  if (result.aborted === null) return [];
  const { condition, actual, unit } = result.aborted;
  const name = `not aborted: ${condition}`;
  const message = `aborted: ${condition}, measured ${formatInUnit(actual, unit)}`;
  const kind = result.verdict === 'fail' ? 'failure' : 'skipped';
  return [{ name, suite: 'checks', outcome: { kind, message, text: abortedText(result) ?? '' } }];
}

function checkCases(result: Result): Case[] {
  return result.checks.map(({ name, pass, actual, limit, unit }) => {
    const measured = `measured ${formatInUnit(actual, unit)}${limit === null ? '' : `, limit ${formatInUnit(limit, unit)}`}`;
    if (pass) return { name, suite: 'checks', outcome: PASSED };
    // In a run that proved nothing, what could not be measured is open, not broken.
    const open = actual === null && result.verdict !== 'fail';
    return {
      name,
      suite: 'checks',
      outcome: { kind: open ? 'skipped' : 'failure', message: `${name}: ${measured}`, text: measured },
    };
  });
}

function deliveryCases(result: Result): Case[] {
  return deliveryProperties(result).map(({ key, name, rule, violations, state }) => {
    const evidence = result.delivery.evidence.filter(({ property }) => property === key).map(({ message }) => message);
    const broken =
      key === 'drained' ? `the drain gave up with ${plural(violations, 'message')} pending` : plural(violations, 'violation');
    const outcomes: Readonly<Record<typeof state, Outcome>> = {
      kept: PASSED,
      broken: { kind: 'failure', message: `${name}: ${broken}`, text: [rule, ...evidence].join('\n') },
      observed: { kind: 'skipped', message: `observed, not required: ${broken}`, text: '' },
      unknown: { kind: 'skipped', message: 'unknown: nothing was acknowledged', text: '' },
    };
    return { name, suite: 'delivery', outcome: outcomes[state] };
  });
}
