import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../../../harness/evidence/result/comparison.ts';
import { parseExpectations } from '../../../../harness/plan/scenario/expectations.ts';
import { gateOutcome } from '../../../../harness/studies/gate/gate-outcome.ts';
import { holdToPolicy, machineRefusal, madeOn } from '../../../../harness/studies/gate/hold-to-policy.ts';
import { equivalentComparison } from '../../../reports/example-comparison.ts';
import { brokenResult, exampleResult } from '../../../reports/example-result.ts';

const limits = (section: Record<string, string | boolean>) => {
  const { expectations, problems } = parseExpectations(section, { hasFaults: true, hasRepeats: true });
  expect(problems).toEqual([]);
  return expectations;
};

describe('what a gate makes of a comparison', () => {
  const fine = equivalentComparison();
  const lost = { side: 'B' as const, property: 'lost', runs: 1 };
  const missed = { name: 'response.p99 < 1ms', pass: false, actual: 2000, limit: 1000, unit: 'us' };
  test.each<[string, Partial<Comparison>, string]>([
    ['passes what is equivalent', {}, 'pass'],
    ['fails a regression', { verdict: 'regressed' }, 'fail'],
    ['leaves open what is open', { verdict: 'inconclusive' }, 'inconclusive'],
    ['fails a limit that was missed', { checks: [missed] }, 'fail'],
    ['decides nothing without evidence', { valid: false, verdict: 'inconclusive', checks: [missed] }, 'invalid'],
    ['fails a loss of the candidate even without evidence', { valid: false, broken: [lost] }, 'fail'],
    ['does not blame the candidate for a loss of the baseline', { broken: [{ ...lost, side: 'A' }] }, 'pass'],
  ])('%s', (_what, change, outcome) => {
    expect(gateOutcome({ ...fine, ...change })).toBe(outcome);
  });
});

describe('a finished run', () => {
  test('passes the limits that it keeps and fails for one that it misses, whatever its verdict was before', () => {
    const result = exampleResult();
    expect(holdToPolicy(result, { slo: limits({ 'response.p99': '< 10s' }) })).toMatchObject({ verdict: 'pass', reasons: [] });
    const missed = holdToPolicy(result, { slo: limits({ 'response.p99': '< 1ms', 'recovery.slo': '< 1h' }) });
    expect(missed.verdict).toBe('fail');
    expect(missed.checks.slice(-2).map(({ pass }) => pass)).toEqual([false, true]);
    expect(missed.checks.length).toBe(result.checks.length + 2);
    expect(missed.reasons).toEqual([expect.stringMatching(/^response\.p99 < 1ms was .*the limit is 1\.00 ms$/)]);
    expect(holdToPolicy(brokenResult(), { slo: limits({ rate: '> 1/s' }) }).verdict).toBe('fail');
    expect(holdToPolicy({ ...result, verdict: 'invalid' }, { slo: limits({ 'response.p99': '< 1ms' }) }).verdict).toBe('invalid');
  });
});

describe('absolute limits and machines', () => {
  const result = exampleResult();
  const made = madeOn(result) ?? 'unknown';
  const elsewhere = madeOn({ environment: { ...result.environment, cores: 97, memoryBytes: 2 ** 40 } }) ?? 'elsewhere';
  const absolute = { slo: limits({ 'response.p99': '< 50ms', errors: '< 1%', 'delivery.lost': '= 0' }), machine: null };

  test('are accepted if they were made on the same machine', () => {
    expect(machineRefusal(absolute, made, made)).toBeNull();
    expect(machineRefusal({ ...absolute, machine: made }, made, elsewhere)).toBeNull();
  });

  test('are refused if they were made on another, with the limits in question and what differs', () => {
    const refusal = machineRefusal(absolute, elsewhere, made);
    expect(refusal).toContain('response.p99 < 50ms');
    expect(refusal).not.toContain('errors');
    expect(refusal).toMatch(/processor: .* is this machine, 97 x .* made the figures/);
    expect(refusal).toMatch(/memory: .* is this machine, 1024 GiB made the figures/);
    expect(refusal).not.toContain('system:');
    expect(machineRefusal({ ...absolute, machine: elsewhere }, made, made)).toContain("is the policy's machine");
  });

  test.each([
    ['errors', '< 1%'],
    ['delivery.lost', '= 0'],
    ['load.reconnects', '< 5'],
  ])('apply on any machine when they are shares or counts: %s %s', (name, limit) => {
    expect(machineRefusal({ slo: limits({ [name]: limit }), machine: null }, elsewhere, made)).toBeNull();
  });

  test.each([
    ['response.p99', '< 1s'],
    ['recovery.slo', '< 2s'],
    ['memory.perConnection', '< 9KB'],
    ['rate', '> 1/s'],
  ])('depend on the machine when they are times, memory or rates: %s %s', (name, limit) => {
    expect(machineRefusal({ slo: limits({ [name]: limit }), machine: null }, elsewhere, made)).not.toBeNull();
  });
});
