import { describe, expect, it } from 'vitest';
import { junitXml } from '../../reports/junit.ts';
import { deliveryProperties } from '../../reports/properties.ts';
import { exampleResult } from './example-result.ts';

describe('a delivery property', () => {
  const stateOf = (key: string, result = exampleResult()) => deliveryProperties(result).find((property) => property.key === key);

  it('that the target does not promise is not called kept', () => {
    const silent = { ...exampleResult(), promised: ['resume' as const] };
    expect(stateOf('receiptsEarly', silent)).toMatchObject({ state: 'unpromised', why: 'the target does not promise receipts' });
    expect(stateOf('presenceWrong', silent)?.state).toBe('unpromised');
    expect(stateOf('lost', silent)).toMatchObject({ state: 'kept', rule: 'Every acknowledged message is delivered.' });
    expect(stateOf('lost', { ...silent, promised: [] })?.rule).toContain('does not promise to resume');
  });

  it('without a single observation is unknown, even if it is promised', () => {
    const result = exampleResult();
    expect(stateOf('receiptsEarly')?.state).toBe('kept');
    const unseen = { ...result, delivery: { ...result.delivery, receipts: 0 } };
    expect(stateOf('receiptsEarly', unseen)).toMatchObject({
      state: 'unknown',
      why: 'no receipt was seen',
      violations: null,
    });
    const unwatched = { ...result, delivery: { ...result.delivery, presenceWrong: null } };
    expect(stateOf('presenceWrong', unwatched)).toMatchObject({
      state: 'unknown',
      why: 'nobody watched who is online',
      violations: null,
    });
    expect(junitXml(unwatched)).toContain('unknown: nobody watched who is online');
  });

  it('that is broken is reported as broken, promised or not: a lie is a lie', () => {
    const result = exampleResult();
    const lying = { ...result, verdict: 'fail' as const, promised: [], delivery: { ...result.delivery, receiptsEarly: 2 } };
    expect(stateOf('receiptsEarly', lying)).toMatchObject({ state: 'broken', violations: 2 });
  });

  it('of a result from before promises were recorded is judged as it was then', () => {
    const result = exampleResult();
    const old = { ...result, promised: null, delivery: { ...result.delivery, receipts: null } };
    expect(stateOf('receiptsEarly', old)?.state).toBe('kept');
  });
});
