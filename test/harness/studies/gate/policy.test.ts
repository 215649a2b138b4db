import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeProblem } from '../../../../harness/plan/scenario/problem.ts';
import { parseScenarioText } from '../../../../harness/plan/scenario/source.ts';
import { loadPolicy } from '../../../../harness/studies/gate/load-policy.ts';
import { parsePolicy } from '../../../../harness/studies/gate/policy.ts';

function policyOf(text: string) {
  const read = parseScenarioText({ given: 'policy.yaml', file: 'policy.yaml', sha256: '', text });
  return read.ok ? parsePolicy(read.source) : read;
}

function problemsOf(text: string): string[] {
  const outcome = policyOf(text);
  return outcome.ok ? [] : outcome.problems.map(describeProblem);
}

describe('a policy', () => {
  test('says what is compared with which margin, which absolute limits apply, and how long it may take', () => {
    const outcome = policyOf(`
scenario: ./load.yaml
metrics:
  response.p50: 5%
  response.p99: { margin: 0.1, role: advisory }
slo: { response.p99: < 50ms, rate: "> 900/s", memory.returnedToBaseline: true }
machine: Linux 6.18 x64; 2 x Some CPU; 24 GiB
alpha: 0.5%
alphaEquivalent: 2%
blocks: 12
budget: 25m
build: [npm, run, build]
`);
    expect(outcome).toMatchObject({
      ok: true,
      policy: {
        source: 'policy.yaml',
        scenario: resolve('load.yaml'),
        metrics: [
          { name: 'response.p50', margin: 0.05, role: 'blocking' },
          { name: 'response.p99', margin: 0.1, role: 'advisory' },
        ],
        slo: [
          { metric: 'response.p99', comparator: '<', limit: 50_000 },
          { metric: 'rate', comparator: '>', limit: 900 },
          { metric: 'memory.returnedToBaseline', limit: 1 },
        ],
        machine: 'Linux 6.18 x64; 2 x Some CPU; 24 GiB',
        alpha: 0.005,
        alphaEquivalent: 0.02,
        blocks: 12,
        budgetMs: 1_500_000,
        build: ['npm', 'run', 'build'],
      },
    });
  });

  test('that says little takes the defaults', () => {
    expect(policyOf('{}')).toMatchObject({
      ok: true,
      policy: {
        metrics: null,
        slo: [],
        machine: null,
        alpha: 0.01,
        alphaEquivalent: 0.05,
        blocks: 24,
        budgetMs: null,
        build: null,
      },
    });
  });

  test('with several mistakes reports them all, each with place, value and remedy, in the order of the file', () => {
    const problems = problemsOf(`
metrics:
  response.p95: 5%
  response.p50: 5ms
  delivery.lost: 1%
  response.p99: { margin: 10%, rule: advisory }
slo:
  response.p99: < 50
  respons.p50: < 5ms
  delivery: observed
blocks: 2
alpa: 1%
build: npm run build
`);
    expect(problems.map((text) => text.split(' ', 1)[0])).toEqual([
      'policy.yaml:3:3:',
      'policy.yaml:4:17:',
      'policy.yaml:5:3:',
      'policy.yaml:6:32:',
      'policy.yaml:8:17:',
      'policy.yaml:9:3:',
      'policy.yaml:10:13:',
      'policy.yaml:11:9:',
      'policy.yaml:12:1:',
      'policy.yaml:13:8:',
    ]);
    const text = problems.join('\n');
    for (const part of [
      'did you mean "response.p9',
      '"5ms" is not valid\n  write a margin like 5% (from 0.1% to 1000%)',
      '"delivery.lost" cannot be compared as a ratio\n  set a limit for it: slo',
      'there is no key "rule"\n  did you mean "role"?',
      '"< 50" has an invalid limit: has no unit',
      'did you mean "response.p50"?',
      'a policy cannot excuse lost messages',
      '2 is out of range\n  write a whole number from 3 to 50',
      'did you mean "alpha"?',
      'the words of a command, like [npm, run, build]',
    ])
      expect(text).toContain(part);
  });

  test.each([
    ['metrics: {}', 'names no metric'],
    ['metrics: [response.p99]', 'metrics: { response.p50: 5%'],
    ['- a list', 'a policy: metrics, slo'],
    ['slo: { response.p99: 50ms }', 'is not a condition'],
    ['slo: { response.p99: [1] }', 'a condition like'],
    ['slo: { delivery: perfect }', 'is neither intact nor observed'],
    ['metrics: { response.p99: -5% }', 'from 0.1% to 1000%'],
    ['metrics: { response.p99: 0% }', 'from 0.1% to 1000%'],
    ['metrics: { response.p99: { margin: 2000% } }', '0.1% to 1000%'],
    ['budget: 25', 'has no unit'],
    ['alpha: 50%', '0.01% to 20%'],
  ])('%s is refused', (text, part) => {
    expect(problemsOf(text).join('\n')).toContain(part);
  });

  test('that does not exist, or is a folder, is reported as a problem and not thrown', async () => {
    expect(await loadPolicy('./no-such-policy.yaml')).toMatchObject({ ok: false, problems: [{ code: 'file-missing' }] });
    expect(await loadPolicy('.')).toMatchObject({ ok: false, problems: [{ code: 'file-unreadable' }] });
  });
});
