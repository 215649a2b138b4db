import { describe, expect, it } from 'vitest';
import { deliveryProperties, judgeRun } from '../../../harness/run/verdict.ts';

const intact = {
  attempted: 10,
  acked: 10,
  failed: 0,
  indeterminate: 0,
  recovered: 0,
  delivered: 10,
  expected: 10,
  lost: 0,
  duplicatesWire: 0,
  duplicatesVisible: 0,
  reordered: 0,
  phantom: 0,
  misdelivered: 0,
  corrupted: 0,
  receiptsEarly: 0,
  pending: 0,
  drained: true,
  evidence: [],
};
const clean = { delivery: intact, checks: [], invalidity: [], aborted: null, deliveryMustBeIntact: true };
const missed = { name: 'response.p99', pass: false, actual: 60_000, limit: 50_000, unit: 'us' };

describe('the verdict', () => {
  it('is a pass when everything is delivered and every check is met', () => {
    expect(judgeRun({ ...clean, checks: [{ ...missed, pass: true }] })).toEqual({ verdict: 'pass', reasons: [] });
  });

  it.each(deliveryProperties.map(([property]) => property))('fails on one offence against %s, and names it', (property) => {
    const { verdict, reasons } = judgeRun({ ...clean, delivery: { ...intact, [property]: 1 } });
    expect(verdict).toBe('fail');
    expect(reasons.join()).toContain(property);
  });

  it('fails when messages are still pending after the drain', () => {
    expect(judgeRun({ ...clean, delivery: { ...intact, drained: false, pending: 3 } })).toMatchObject({ verdict: 'fail' });
  });

  it('keeps a lost message a failure even when the generator lagged', () => {
    expect(judgeRun({ ...clean, delivery: { ...intact, lost: 1 }, invalidity: ['generator lag'] })).toMatchObject({
      verdict: 'fail',
    });
  });

  it('never lets a limit decide over a measurement that was spoilt', () => {
    expect(judgeRun({ ...clean, checks: [missed], invalidity: ['generator lag'] })).toEqual({
      verdict: 'invalid',
      reasons: ['generator lag'],
    });
  });

  it('is unknown, never a pass, when nothing was acknowledged', () => {
    expect(judgeRun({ ...clean, delivery: { ...intact, acked: 0 } })).toMatchObject({ verdict: 'unknown' });
  });

  it('fails when the run had to be ended before its time, even if nothing was acknowledged, and says so first', () => {
    const aborted = 'aborted at 12.3 s: error.rate > 50% for 5s; it was 83%';
    const { verdict, reasons } = judgeRun({ ...clean, aborted, checks: [missed], delivery: { ...intact, acked: 0 } });
    expect(verdict).toBe('fail');
    expect(reasons[0]).toBe(aborted);
    expect(reasons).toHaveLength(2);
  });

  it('does not blame the server for an end that a late generator brought about', () => {
    expect(judgeRun({ ...clean, aborted: 'aborted at 3 s', invalidity: ['generator lag'] })).toEqual({
      verdict: 'invalid',
      reasons: ['aborted at 3 s', 'generator lag'],
    });
  });

  it('fails on a missed limit and prints measurement and limit', () => {
    const { verdict, reasons } = judgeRun({ ...clean, checks: [missed] });
    expect(verdict).toBe('fail');
    expect(reasons[0]).toContain('60000 us; the limit is 50000 us');
  });

  it('lets delivery be observed only, when the scenario says so', () => {
    expect(judgeRun({ ...clean, delivery: { ...intact, lost: 1 }, deliveryMustBeIntact: false })).toMatchObject({
      verdict: 'pass',
    });
  });
});
