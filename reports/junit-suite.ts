/** A test suite as JUnit's XML, the format CI systems read: well-formed XML 1.0 whatever the texts in it, and of bounded size. */
import { clip } from './format.ts';
import { type Markup, markup, oneLine, printable } from './markup.ts';

export type TestOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failure' | 'error' | 'skipped'; readonly message: string; readonly text: string };

export interface TestCase {
  readonly name: string;
  /** The group within the suite: `checks`. */
  readonly suite: string;
  readonly outcome: TestOutcome;
}

export interface TestSuite {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Null where it is not known. */
  readonly durationMs: number | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly TestCase[];
}

export const PASSED: TestOutcome = { kind: 'passed' };
const MESSAGE_LIMIT = 4_000;
const TEXT_LIMIT = 16_000;

export function suiteXml({ name: given, startedAt, durationMs, properties, cases }: TestSuite): string {
  const name = clip(oneLine(given), 200);
  const count = (kind: TestOutcome['kind']): number => cases.filter(({ outcome }) => outcome.kind === kind).length;
  const time = durationMs === null ? null : markup` time="${(durationMs / 1000).toFixed(3)}"`;
  const totals = markup`tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"${time}`;
  const property = ([key, value]: readonly [string, string]): Markup =>
    markup`      <property name="${key}" value="${clip(oneLine(value), MESSAGE_LIMIT)}"/>\n`;
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="letitcrash" ${totals}>
  <testsuite name="${name}" timestamp="${clip(oneLine(startedAt), 60)}" ${totals}>
    <properties>
${Object.entries(properties).map(property)}    </properties>
${cases.map((one) => testCase(name, one))}  </testsuite>
</testsuites>
`.text;
}

function testCase(scenario: string, { name, suite, outcome }: TestCase): Markup {
  const head = markup`    <testcase classname="${scenario}.${suite}" name="${clip(oneLine(name), 300)}"`;
  if (outcome.kind === 'passed') return markup`${head}/>\n`;
  const message = clip(oneLine(outcome.message), MESSAGE_LIMIT);
  const text = clip(printable(outcome.text), TEXT_LIMIT);
  const element = new Map<TestOutcome['kind'], Markup>([
    ['failure', markup`<failure message="${message}">${text}</failure>`],
    ['error', markup`<error message="${message}">${text}</error>`],
    ['skipped', markup`<skipped message="${message}"/>`],
  ]).get(outcome.kind);
  return markup`${head}>${element ?? null}</testcase>\n`;
}
