/**
 * junit.xml of a comparison: one test case for the comparison itself, one a metric, one an absolute limit, one a delivery property that
 * was broken.
 */
import type { ComparedMetric, Comparison } from '../harness/evidence/result/comparison.ts';
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import { blocksText, brokenText, metricSentence } from './comparison-words.ts';
import { formatInUnit } from './format.ts';
import { PASSED, suiteXml, type TestCase, type TestOutcome } from './junit-suite.ts';
import { actualText } from './latency-words.ts';
import { propertyName } from './properties.ts';

const CASE_LIMIT = 1000;

/** Well-formed XML 1.0 whatever the sides are called. */
export function comparisonJunit(given: Comparison): string {
  const comparison = withOneLineTexts(given);
  const details = [...metricCases(comparison), ...checkCases(comparison), ...brokenCases(comparison)].slice(0, CASE_LIMIT);
  const { a, b } = comparison;
  return suiteXml({
    name: b.scenario.name,
    startedAt: comparison.startedAt,
    durationMs: comparison.durationMs,
    properties: {
      verdict: comparison.verdict,
      seed: String(comparison.seed),
      a: `${a.label}: ${a.target.name} ${a.target.version}`,
      b: `${b.label}: ${b.target.name} ${b.target.version}`,
      machine: comparison.environment.fingerprint,
      reproduce: comparison.reproduce,
    },
    cases: [wholeCase(comparison, details), ...details],
  });
}

/** Too little evidence is an error, not a failure: nothing was learnt about the servers. */
function wholeCase(comparison: Comparison, details: readonly TestCase[]): TestCase {
  const base = { name: 'the comparison can be trusted', suite: 'comparison' };
  const text = [...comparison.reasons, blocksText(comparison)].join('\n');
  const message = comparison.reasons[0] ?? comparison.verdict;
  if (!comparison.valid) return { ...base, outcome: { kind: 'error', message: `invalid: ${message}`, text } };
  // A regression never looks green, even if none of the cases shown is the one that regressed.
  const explained = details.some(({ outcome }) => outcome.kind === 'failure');
  const hidden = comparison.verdict === 'regressed' && !explained;
  return { ...base, outcome: hidden ? { kind: 'failure', message, text } : PASSED };
}

function metricCases({ metrics, valid }: Comparison): TestCase[] {
  return metrics.map((metric) => ({
    name: `${metric.name} is not worse`,
    suite: metric.role === 'blocking' ? 'metrics' : 'advisory metrics',
    outcome: valid ? metricOutcome(metric) : { kind: 'skipped', message: 'too little evidence', text: '' },
  }));
}

/** A metric that nothing was proven about is open; an advisory one never fails. */
function metricOutcome(metric: ComparedMetric): TestOutcome {
  if (metric.verdict === 'equivalent') return PASSED;
  const message = metricSentence(metric);
  const kind = metric.verdict === 'regressed' && metric.role === 'blocking' ? 'failure' : 'skipped';
  return { kind, message, text: message };
}

function checkCases({ checks, valid }: Comparison): TestCase[] {
  return checks.map((check) => {
    const { name, pass, limit, unit } = check;
    if (!valid) return { name, suite: 'limits', outcome: { kind: 'skipped', message: 'too little evidence', text: '' } };
    const measured = `measured ${actualText(check, unit)}${limit === null ? '' : `, limit ${formatInUnit(limit, unit)}`}`;
    const outcome: TestOutcome = pass ? PASSED : { kind: 'failure', message: `${name}: ${measured}`, text: measured };
    return { name, suite: 'limits', outcome };
  });
}

/** What the baseline breaks as well is shown, and is not the candidate's failure. */
function brokenCases({ broken }: Comparison): TestCase[] {
  return broken.map((one) => ({
    name: `${one.side} keeps ${propertyName(one.property)}`,
    suite: 'delivery',
    outcome: { kind: one.side === 'B' ? 'failure' : 'skipped', message: brokenText(one), text: '' },
  }));
}
