import { describe, expect, test } from 'vitest';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import '../../../../harness/front/library/vitest.ts';
import { whyNoRetries } from '../../../../harness/front/library/testing/retries.ts';
import { equivalentComparison, exampleComparison } from '../../../reports/example-comparison.ts';
import { brokenResult, exampleResult } from '../../../reports/example-result.ts';

const whole = { result: exampleResult(), reportPath: 'runs/whole/report.html' };
const broken = { result: brokenResult(), reportPath: 'runs/broken/report.html' };

function changed(change: (result: ReturnType<typeof exampleResult>) => Partial<Result>): { readonly result: Result } {
  const result = exampleResult();
  return { result: { ...result, ...change(result) } };
}

/** What the matcher says when it fails. */
function complaint(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

describe('toLoseNoMessages', () => {
  test('holds if everything acknowledged arrived, for an outcome and for its result alike', () => {
    expect(whole).toLoseNoMessages();
    expect(whole.result).toLoseNoMessages();
    expect(broken).not.toLoseNoMessages();
  });

  test('says how many were lost, which ones, and where the report and the seed are', () => {
    const words = complaint(() => expect(broken).toLoseNoMessages());
    expect(words).toMatch(
      /^expected to lose no acknowledged message\n {2}[\d,]+ acknowledged, 48 of them lost, 0 still in flight/,
    );
    expect(words).toContain('u17 to u244, id 31: acknowledged at 14.213 s, never delivered');
    expect(words).not.toContain('id 12 arrived before');
    expect(words).toContain('the report: runs/broken/report.html');
    expect(words).toContain(`seed ${broken.result.seed}`);
  });

  test('does not pass with messages still under way, and decides nothing if nothing was acknowledged', () => {
    const pending = changed(({ delivery }) => ({ delivery: { ...delivery, pending: 2 } }));
    expect(complaint(() => expect(pending).toLoseNoMessages())).toContain('2 still in flight');
    const nothing = changed(({ delivery }) => ({ delivery: { ...delivery, acked: 0 } }));
    expect(complaint(() => expect(nothing).toLoseNoMessages())).toContain('it is not known what was lost');
    expect(complaint(() => expect(nothing).not.toLoseNoMessages())).toContain('it is not known what was lost');
  });

  test('refuses anything that is not an outcome, such as a promise that nobody awaited', () => {
    expect(complaint(() => expect(Promise.resolve(whole)).toLoseNoMessages())).toContain('is an await missing?');
  });
});

describe('toMeet', () => {
  test('judges conditions as a scenario does', () => {
    expect(whole).toMeet({ 'response.p50': '< 50ms', 'recovery.slo': '<5s', 'delivery.lost': '= 0', 'load.valid': true });
    expect(whole).not.toMeet({ 'response.p50': '< 1us' });
  });

  test('names each condition with the measured value', () => {
    const words = complaint(() => expect(broken).toMeet({ 'response.p99': '< 50ms', 'delivery.reordered': '= 3' }));
    expect(words).toMatch(/NOT MET {2}response\.p99 < 50ms: it was [\d.]+ m?s/);
    expect(words).toContain('met  delivery.reordered = 3: it was 3');
  });

  test('counts a recovery that never came as a miss', () => {
    expect(complaint(() => expect(broken).toMeet({ 'recovery.slo': '< 1h' }))).toContain(
      'NOT MET  recovery.slo < 1h: it was never',
    );
  });

  test('counts a percentile of which nobody was ever answered as a miss', () => {
    const hanging = changed(({ latency }) => ({
      latency: { ...latency, response: latency.response && { ...latency.response, p99Us: null, unanswered: 900 } },
    }));
    expect(complaint(() => expect(hanging).toMeet({ 'response.p99': '< 1h' }))).toContain(
      'NOT MET  response.p99 < 1h: it was never',
    );
  });

  test('refuses a mistake, and a figure that the generator spoilt', () => {
    expect(complaint(() => expect(whole).toMeet({ 'response.p98': '< 50ms' }))).toContain('response.p98: there is no metric');
    expect(complaint(() => expect(whole).toMeet({ 'response.p99': '< 50' }))).toContain('has no unit');
    const late = changed(({ load, latency }) => ({
      load: { ...load, valid: false },
      latency: { ...latency, response: null, service: null },
    }));
    const words = complaint(() => expect(late).not.toMeet({ 'response.p99': '< 50ms' }));
    expect(words).toMatch(/response\.p99 < 50ms: not measured\n {2}the generator could not keep up/);
  });
});

describe('toRecoverWithin', () => {
  test('holds if everybody had recovered in time after each fault', () => {
    expect(whole).toRecoverWithin('2s');
    expect(whole).not.toRecoverWithin('1s');
  });

  test('prints every clock of every fault', () => {
    const words = complaint(() => expect(broken).toRecoverWithin('2s'));
    expect(words).toContain(
      'fault-1: everybody recovered after 200 ms (99% reconnected 118 ms, service level 200 ms, backlog drained 131 ms)',
    );
    expect(words).toMatch(/fault-2: not everybody recovered within the 11\.0 s of observation .*service level never/);
  });

  test('does not accept an unproven fault, or no fault at all, as a test of recovery', () => {
    const unproven = changed(({ faults }) => ({
      faults: faults.map((fault) => ({ ...fault, verified: false, evidence: ['STILL EXISTS'] })),
    }));
    expect(complaint(() => expect(unproven).toRecoverWithin('1h'))).toContain('could not be verified: STILL EXISTS');
    const notPlayed = (evidence: string) =>
      changed(({ faults }) => ({
        faults: faults.map((fault) => ({ ...fault, verified: false, struck: false, injectedAtMs: null, evidence: [evidence] })),
      }));
    const unreached = notPlayed('not injected: the run was ended early');
    expect(complaint(() => expect(unreached).toRecoverWithin('1h'))).toContain('the run ended before fault-1');
    const idle = notPlayed('no-op: n1 is dead');
    expect(complaint(() => expect(idle).toRecoverWithin('1h'))).toContain('fault-1 found nothing to strike: no-op: n1 is dead');
    expect(complaint(() => expect(changed(() => ({ faults: [], recovery: [] }))).toRecoverWithin('1h'))).toContain(
      'there was no fault',
    );
    expect(complaint(() => expect(whole).toRecoverWithin('2 weeks'))).toContain('has the unit "weeks"');
  });
});

test('toUseAtMostPerConnection prints the slope with its interval, and refuses a run that had too few users for one', () => {
  expect(whole).toUseAtMostPerConnection('12KB');
  const words = complaint(() => expect(whole).toUseAtMostPerConnection('4KB'));
  expect(words).toMatch(
    /use at most 4,000 B of memory for a connection\n {2}8,214 B a connection \([\d,]+ B to [\d,]+ B\), over plateaus of 0, /,
  );
  const few = changed(({ memory }) => ({ memory: { ...memory, perConnection: null } }));
  expect(complaint(() => expect(few).not.toUseAtMostPerConnection('4KB'))).toContain('at least 100 users');
});

describe('toBeNoSlower', () => {
  test('holds if equivalence was proven, also by the short name of a metric', () => {
    expect(equivalentComparison()).toBeNoSlower('p99');
    expect({ comparison: equivalentComparison() }).toBeNoSlower('response.p99');
    expect(exampleComparison()).not.toBeNoSlower('p99');
  });

  test('prints the ratio with its interval and the reasons', () => {
    const words = complaint(() => expect(exampleComparison()).toBeNoSlower('p99'));
    expect(words).toMatch(/be no worse in response\.p99 by more than \d+%/);
    expect(words).toMatch(/over \d+ valid blocks; B \/ A is \d\.\d{3}/);
    expect(words).toContain(exampleComparison().reasons[0]);
  });

  test('judges a different margin by the interval', () => {
    const metric = equivalentComparison().metrics.find(({ name }) => name === 'response.p99');
    const high = (metric?.high ?? 1) - 1;
    expect(equivalentComparison()).toBeNoSlower('p99', { margin: `${(high + 0.01) * 100}%` });
    expect(equivalentComparison()).not.toBeNoSlower('p99', { margin: `${Math.max(0, high - 0.001) * 100}%` });
  });

  test('refuses a metric that was not compared', () => {
    expect(complaint(() => expect(equivalentComparison()).toBeNoSlower('p42'))).toMatch(
      /p42 was not compared\n {2}what was: .*response\.p99/,
    );
  });
});

test('a retry is refused with the setting that would switch it off, however it was configured', () => {
  expect(whyNoRetries(0, 'x')).toBeNull();
  expect(whyNoRetries(undefined, 'x')).toBeNull();
  expect(whyNoRetries(2, 'keeps messages')).toMatch(
    /"keeps messages" has retry: 2.*\n.*three such tests of four.*\n {2}set retry: 0/,
  );
  expect(whyNoRetries({ count: 1 }, 'x')).toContain('retry: 1');
});
