import { describe, expect, it } from 'vitest';
import { drainedState, drainFindings } from '../../../../../harness/evidence/result/drained.ts';
import type { Result } from '../../../../../harness/evidence/result/result.ts';
import { deliveryProperties, judgeRequests, judgeRun } from '../../../../../harness/run/conductor/result/verdict.ts';
import { intactDelivery } from '../../../evidence/result/intact-delivery.ts';

const intact = intactDelivery(10);
const clean = { delivery: intact, checks: [], invalidity: [], aborted: null, deliveryMustBeIntact: true };
const missed = { name: 'response.p99', pass: false, actual: 60_000, limit: 50_000, unit: 'us' };

describe('the verdict', () => {
  it('is invalid if the driver broke its rules, whatever the ledger counted, and does not mention those counts', () => {
    const delivery = { ...intact, lost: 35, hidden: 4, corrupted: 1_075, drained: false, pending: 3 };
    const driverFaults = ['the driver mine broke a rule'];
    expect(judgeRun({ ...clean, delivery, checks: [missed], invalidity: ['late'], driverFaults })).toEqual({
      verdict: 'invalid',
      reasons: ['the driver mine broke a rule', 'late'],
    });
  });

  it('is a pass if everything is delivered and every check is met', () => {
    expect(judgeRun({ ...clean, checks: [{ ...missed, pass: true }] })).toEqual({ verdict: 'pass', reasons: [] });
  });

  it('is never a pass for an interrupted run, and a fail only for what it broke for good', () => {
    const interrupted = 'interrupted by SIGINT after 3 s';
    expect(judgeRun({ ...clean, interrupted })).toEqual({ verdict: 'unknown', reasons: [interrupted] });
    expect(judgeRun({ ...clean, interrupted, checks: [missed], invalidity: ['late'] })).toEqual({
      verdict: 'unknown',
      reasons: [interrupted, 'late'],
    });
    // What was under way when nobody waited any longer is not the server's debt.
    expect(judgeRun({ ...clean, interrupted, delivery: { ...intact, drained: false, pending: 3 } }).verdict).toBe('unknown');
    const broken = judgeRun({ ...clean, interrupted, delivery: { ...intact, duplicatesVisible: 1 } });
    expect(broken).toMatchObject({ verdict: 'fail', reasons: [interrupted, expect.stringContaining('duplicatesVisible')] });
    expect(judgeRequests({ ok: 10, checks: [], invalidity: [], aborted: null, interrupted }).verdict).toBe('unknown');
  });

  it('does not blame the server for a missed figure while another run was active, but does for a lost message', () => {
    const beside = 'another run of letitcrash was active';
    expect(judgeRun({ ...clean, beside, checks: [missed] })).toEqual({
      verdict: 'invalid',
      reasons: [beside, expect.stringContaining('response.p99')],
    });
    expect(judgeRun({ ...clean, beside, aborted: 'aborted at 3 s' }).verdict).toBe('invalid');
    // What held although another load was there, held.
    expect(judgeRun({ ...clean, beside, checks: [{ ...missed, pass: true }] })).toEqual({ verdict: 'pass', reasons: [] });
    expect(judgeRun({ ...clean, beside, checks: [missed], delivery: { ...intact, lost: 1 } }).verdict).toBe('fail');
    const requests = { ok: 10, invalidity: [], aborted: null, beside };
    expect(judgeRequests({ ...requests, checks: [missed] }).verdict).toBe('invalid');
    expect(judgeRequests({ ...requests, checks: [] }).verdict).toBe('pass');
  });

  it.each(deliveryProperties.map(([property]) => property))('fails on one violation of %s, and names it', (property) => {
    const { verdict, reasons } = judgeRun({ ...clean, delivery: { ...intact, [property]: 1 } });
    expect(verdict).toBe('fail');
    expect(reasons.join()).toContain(property);
  });

  it('fails when messages are still pending after the drain', () => {
    expect(judgeRun({ ...clean, delivery: { ...intact, drained: false, pending: 3 } })).toMatchObject({ verdict: 'fail' });
  });

  it('treats a lost message as a failure even if the generator lagged', () => {
    expect(judgeRun({ ...clean, delivery: { ...intact, lost: 1 }, invalidity: ['generator lag'] })).toMatchObject({
      verdict: 'fail',
    });
  });

  it('never lets a limit decide over a spoilt measurement', () => {
    expect(judgeRun({ ...clean, checks: [missed], invalidity: ['generator lag'] })).toEqual({
      verdict: 'invalid',
      reasons: ['generator lag'],
    });
  });

  it('is unknown, never a pass, if nothing was acknowledged', () => {
    expect(judgeRun({ ...clean, delivery: { ...intact, acked: 0 } })).toMatchObject({ verdict: 'unknown' });
  });

  it('fails if the run had to be ended early, even if nothing was acknowledged, and says that first', () => {
    const aborted = 'aborted at 12.3 s: error.rate > 50% for 5s; it was 83%';
    const { verdict, reasons } = judgeRun({ ...clean, aborted, checks: [missed], delivery: { ...intact, acked: 0 } });
    expect(verdict).toBe('fail');
    expect(reasons[0]).toBe(aborted);
    expect(reasons).toHaveLength(2);
  });

  it('does not blame the server for an end that a late generator caused', () => {
    expect(judgeRun({ ...clean, aborted: 'aborted at 3 s', invalidity: ['generator lag'] })).toEqual({
      verdict: 'invalid',
      reasons: ['aborted at 3 s', 'generator lag'],
    });
  });

  it('fails on a missed limit and prints measurement and limit', () => {
    const { verdict, reasons } = judgeRun({ ...clean, checks: [missed] });
    expect(verdict).toBe('fail');
    expect(reasons[0]).toContain('was 60.0 ms; the limit is 50.0 ms');
  });

  it('allows a scenario to observe delivery only', () => {
    expect(judgeRun({ ...clean, delivery: { ...intact, lost: 1 }, deliveryMustBeIntact: false })).toMatchObject({
      verdict: 'pass',
    });
  });
});

const somebody = { users: 2, names: ['u3', 'u4'] };
const gaveUp = { ...intact, acked: 8, delivered: 8, expected: 8, drained: false };

/** The table of harness/evidence/ledger/README.md, row by row. */
const TABLE = [
  ['nothing acknowledged, drained', { ...intact, acked: 0 }, 'unknown', 'unknown'],
  ['nothing acknowledged, sends unanswered', { ...gaveUp, acked: 0, unacknowledged: 9 }, 'unknown', 'unknown'],
  ['nothing acknowledged, users away', { ...gaveUp, acked: 0, away: somebody }, 'unknown', 'unknown'],
  ['nothing acknowledged, and something broken', { ...gaveUp, acked: 0, phantom: 1 }, 'unknown', 'fail'],
  ['drained', intact, 'kept', 'pass'],
  ['drained, but somebody could not read', { ...intact, deaf: { ...somebody, owed: 0 } }, 'unknown', 'unknown'],
  ['drained, but somebody owed messages heard nothing', { ...intact, lost: 3, unheard: somebody }, 'unknown', 'fail'],
  ['acknowledged messages undelivered', { ...gaveUp, pending: 3 }, 'broken', 'fail'],
  ['acknowledged messages undelivered, users away', { ...gaveUp, pending: 3, away: somebody }, 'broken', 'fail'],
  ['users away, nothing undelivered', { ...gaveUp, away: somebody }, 'broken', 'fail'],
  [
    'undelivered, all of it to those who could not read',
    { ...gaveUp, pending: 3, deaf: { ...somebody, owed: 3 } },
    'unknown',
    'unknown',
  ],
  [
    'undelivered, some of it to those who could not read',
    { ...gaveUp, pending: 3, deaf: { ...somebody, owed: 2 } },
    'broken',
    'fail',
  ],
  ['sends unanswered, nothing undelivered', { ...gaveUp, unacknowledged: 4 }, 'unknown', 'unknown'],
  ['messages still arriving, nothing undelivered', { ...gaveUp, restless: true }, 'unknown', 'unknown'],
  ['its time was over', gaveUp, 'unknown', 'unknown'],
  [
    'a result from before it was counted, with messages undelivered',
    { ...gaveUp, pending: 1, away: null, deaf: null },
    'broken',
    'fail',
  ],
] as const satisfies readonly (readonly [string, Result['delivery'], string, string])[];

describe('what a drain proves', () => {
  it.each(TABLE)('%s', (_, delivery, state, verdict) => {
    const given: Result['delivery'] = { ...delivery };
    expect(drainedState(given)).toBe(state);
    const judged = judgeRun({ ...clean, delivery: given });
    expect(judged.verdict).toBe(verdict);
    // Whatever is not a pass says why, and never that nothing is still undelivered.
    expect(judged.reasons.length > 0).toBe(verdict !== 'pass');
    expect(judged.reasons.join()).not.toMatch(/\b0 acknowledged/);
  });

  it('gives each reason separately, with its count and the first names', () => {
    const away = { users: 5, names: ['u1', 'u2', 'u3', 'u4', 'u5'] };
    const given = {
      ...gaveUp,
      pending: 2,
      unacknowledged: 1,
      unwritten: 3,
      away,
      deaf: { ...somebody, owed: 1 },
      restless: true,
    };
    expect(drainFindings(given).map(({ text }) => text)).toEqual([
      '2 acknowledged messages were still undelivered, 1 of them owed to users who could not receive',
      '5 users were still away (u1, u2, u3 and 2 more)',
      '1 send was neither acknowledged nor refused',
      '3 messages were never written, because there was no session or no room to keep it',
      '2 users were signed in and not reading (u3, u4)',
      'messages were still arriving',
    ]);
  });

  it('says of users who could not get back why their sessions ended', () => {
    const sessionsEnded = [{ code: 4_013, reason: 'overloaded', by: 'server' as const, count: 12 }];
    const { reasons } = judgeRun({ ...clean, delivery: { ...gaveUp, away: somebody }, sessionsEnded });
    expect(reasons).toEqual([
      'drained: 2 users were still away (u3, u4) when the drain gave up; sessions had ended: 4013 overloaded, by the server (12)',
    ]);
  });

  it('decides nothing if delivery is only observed', () => {
    for (const [, delivery] of TABLE) {
      if (delivery.acked === 0) continue;
      const given: Result['delivery'] = { ...delivery };
      expect(judgeRun({ ...clean, delivery: given, deliveryMustBeIntact: false }).verdict).toBe('pass');
    }
  });

  it('never hides a missed limit behind what the drain leaves open', () => {
    const { verdict, reasons } = judgeRun({ ...clean, checks: [missed], delivery: { ...gaveUp, unacknowledged: 1 } });
    expect(verdict).toBe('fail');
    expect(reasons).toHaveLength(2);
  });
});

describe('a drill in which no fault found anything to strike', () => {
  const unstruck = 'the fault kill-node-1 found nothing to strike (no-op: n1 is dead): nothing is proven about recovery';
  const unmeasured = { ...missed, name: 'recovery.slo', actual: null };

  it('has proven nothing, and a recovery that was not needed is not one that never came', () => {
    expect(judgeRun({ ...clean, unstruck })).toEqual({ verdict: 'unknown', reasons: [unstruck] });
    expect(judgeRun({ ...clean, unstruck, checks: [unmeasured] })).toMatchObject({ verdict: 'unknown' });
    expect(judgeRun({ ...clean, checks: [unmeasured] })).toMatchObject({ verdict: 'fail' });
  });

  it('fails all the same on a limit that was measured, and on a lost message', () => {
    expect(judgeRun({ ...clean, unstruck, checks: [missed] })).toMatchObject({ verdict: 'fail' });
    const never = { ...missed, actual: null, never: true as const };
    expect(judgeRun({ ...clean, unstruck, checks: [never] })).toMatchObject({ verdict: 'fail' });
    expect(judgeRun({ ...clean, unstruck, delivery: { ...intact, lost: 1 } })).toMatchObject({ verdict: 'fail' });
  });
});
