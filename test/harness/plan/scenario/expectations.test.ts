import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metrics } from '../../../../harness/evidence/metrics/metrics.ts';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { meets } from '../../../../harness/plan/scenario/condition.ts';
import { evaluateExpectations, parseExpectations } from '../../../../harness/plan/scenario/expectations.ts';
import { arbitraryResult, RUNS } from '../../../reports/arbitrary-result.ts';
import { exampleResult, repeatedResult } from '../../../reports/example-result.ts';

const parse = (section: Record<string, string | number | boolean>) =>
  parseExpectations(section, { hasFaults: true, hasRepeats: true });
const check = (section: Record<string, string | number | boolean>, result: Result) =>
  evaluateExpectations(parse(section), result)[0];

describe('an expectation', () => {
  test.each([
    ['response.p99', '< 50ms', '<', 50_000, 'us'],
    ['service.max', '<= 1.5s', '<=', 1_500_000, 'us'],
    ['recovery.slo', '< 2s', '<', 2000, 'ms'],
    ['memory.perConnection', '< 20KB', '<', 20_000, 'bytes'],
    ['rate', '> 1900/s', '>', 1900, '/s'],
    ['errors', '<= 0.1%', '<=', 0.001, 'share'],
    ['delivery.duplicatesWire', '= 0', '=', 0, 'count'],
    ['load.valid', true, '=', 1, 'truth'],
    ['memory.returnedToBaseline', false, '=', 0, 'truth'],
  ])('on %s reads %s in its own unit', (metric, written, comparator, limit, unit) => {
    expect(parse({ [metric]: written }).expectations).toEqual([{ metric, comparator, limit, unit, source: String(written) }]);
  });

  test.each([
    ['response.p99', 50],
    ['response.p99', '50ms'],
    ['response.p99', '< 50'],
    ['response.p99', '< 50KB'],
    ['response.p99', '~ 50ms'],
    ['errors', '< 3/s'],
    ['delivery.lost', '< many'],
    ['load.valid', '= 1'],
    ['response.p99', true],
  ])('on %s refuses %j with an example', (metric, written) => {
    const { problems, expectations } = parse({ [metric]: written });
    expect(expectations).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.remedy).toMatch(/"[<>=]|true/);
  });

  test('is met or missed by what was measured, and missed if nothing was measured', () => {
    const result = exampleResult();
    const p99 = result.latency.response?.p99Us as number;
    expect(check({ 'response.p99': '< 1h' }, result)).toEqual({
      name: 'response.p99 < 1h',
      pass: true,
      actual: p99,
      limit: 3_600_000_000,
      unit: 'us',
    });
    expect(check({ 'response.p99': '< 1us' }, result)?.pass).toBe(false);
    const unmeasured = { ...result, latency: { ...result.latency, response: null } };
    expect(check({ 'response.p99': '< 1h' }, unmeasured)).toMatchObject({ pass: false, actual: null });
    expect(check({ 'response.p99': '> 0' }, unmeasured)).toMatchObject({ pass: false, actual: null });
  });

  test('on recovery takes the worst fault, and a fault never recovered from is worse than any number', () => {
    const result = exampleResult();
    const clocks = { ...(result.recovery[0] as Result['recovery'][number]), sloMs: 700 };
    const two = { ...result, recovery: [clocks, { ...clocks, sloMs: 1900 }] };
    expect(check({ 'recovery.slo': '< 2s' }, two)).toMatchObject({ pass: true, actual: 1900 });
    const censored = { ...result, recovery: [clocks, { ...clocks, sloMs: null, censored: true }] };
    expect(check({ 'recovery.slo': '< 1h' }, censored)).toMatchObject({ pass: false, actual: null });
    expect(check({ 'recovery.slo': '< 1h' }, { ...result, recovery: [] })).toMatchObject({ pass: false, actual: null });
  });

  test('on the repeats of a fault takes the worst step, and needs a fault that is repeated', () => {
    const result = repeatedResult();
    const [step] = result.recoveryDistribution as [Result['recoveryDistribution'][number]];
    const slower = { ...step, clocks: { ...step.clocks, sloMs: { ...step.clocks.sloMs, p95: 999 } } };
    const two = { ...result, recoveryDistribution: [step, slower] };
    expect(check({ 'recovery.slo.p95': '< 1s' }, two)).toMatchObject({ pass: true, actual: 999 });
    const never = { ...slower, clocks: { ...step.clocks, sloMs: { ...step.clocks.sloMs, p95: null } } };
    expect(check({ 'recovery.slo.p95': '< 1h' }, { ...result, recoveryDistribution: [step, never] })).toMatchObject({
      pass: false,
      actual: null,
    });
    const { problems } = parseExpectations({ 'recovery.slo.p95': '< 1s' }, { hasFaults: true, hasRepeats: false });
    expect(problems[0]).toMatchObject({ code: 'invalid', remedy: expect.stringContaining('repeat: 20') });
    expect(parseExpectations({ 'recovery.slo': '< 1s' }, { hasFaults: true, hasRepeats: false }).problems).toEqual([]);
  });

  test('from the heal leaves out the faults that were never undone', () => {
    const result = exampleResult();
    expect(result.recovery.map(({ fromHeal }) => fromHeal === null)).toContain(true);
    expect(check({ 'recovery.fromHeal.slo': '< 1s' }, result)).toMatchObject({ pass: true, actual: 400 });
  });

  test('compares as its sign says', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (actual, limit) => {
        expect(meets(actual, '<', limit)).toBe(!meets(actual, '>=', limit));
        expect(meets(actual, '>', limit)).toBe(!meets(actual, '<=', limit));
        expect(meets(actual, '=', limit)).toBe(meets(actual, '<=', limit) && meets(actual, '>=', limit));
      }),
    );
    for (const comparator of ['<', '<=', '>', '>=', '='] as const) {
      expect(meets(null, comparator, 0)).toBe(false);
      expect(meets(Number.NaN, comparator, 0)).toBe(false);
    }
  });

  test('about delivery is that it is intact, unless the scenario only wants to observe', () => {
    expect(parse({}).deliveryMustBeIntact).toBe(true);
    expect(parse({ delivery: 'intact' }).deliveryMustBeIntact).toBe(true);
    expect(parse({ delivery: 'observed' })).toMatchObject({ deliveryMustBeIntact: false, expectations: [], problems: [] });
  });
});

describe('every metric', () => {
  test('reads a number or nothing from any result', () => {
    fc.assert(
      fc.property(arbitraryResult, (result) => {
        for (const metric of metrics.values()) {
          const value = metric.read(result);
          expect(value === null || typeof value === 'number').toBe(true);
        }
      }),
      RUNS,
    );
  });

  test('says what it means, and only those of recovery and of HTTP have a requirement', () => {
    for (const { name, summary, needs } of metrics.values()) {
      expect(summary.length).toBeGreaterThan(3);
      expect(needs !== 'nothing').toBe(/^(?:recovery|http)\./.test(name));
      expect(needs === 'http').toBe(name.startsWith('http.'));
    }
  });
});
