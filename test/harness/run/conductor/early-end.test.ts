import { describe, expect, it } from 'vitest';
import { monotonicUs } from '../../../../harness/evidence/measure/clock.ts';
import { EarlyEnd, interruptedText } from '../../../../harness/run/conductor/early-end.ts';
import { checkState } from '../../../../reports/check-state.ts';
import { htmlReport } from '../../../../reports/html/report.ts';
import { junitXml } from '../../../../reports/junit.ts';
import { markdownSummary } from '../../../../reports/markdown.ts';
import { deliveryProperties } from '../../../../reports/properties.ts';
import { terminalSummary } from '../../../../reports/terminal.ts';
import { exampleResult } from '../../../reports/example-result.ts';

function started(): { end: EarlyEnd; interrupt: AbortController; stop: AbortController; said: string[] } {
  const [interrupt, stop, said] = [new AbortController(), new AbortController(), [] as string[]];
  const end = new EarlyEnd({ signal: stop.signal, interrupt: interrupt.signal, plannedMs: 60_000 }, (message) =>
    said.push(message),
  );
  return { end, interrupt, stop, said };
}

describe('an interruption', () => {
  it('before anything was measured ends the run at once, because there is nothing to keep', () => {
    const { end, interrupt } = started();
    interrupt.abort('SIGINT');
    expect([end.now.aborted, end.early.aborted, end.happened]).toEqual([true, false, null]);
    const late = new EarlyEnd(
      { signal: new AbortController().signal, interrupt: interrupt.signal, plannedMs: 60_000 },
      () => undefined,
    );
    expect(late.now.aborted).toBe(true);
  });

  it('while users connect keeps the memory that was read, and says that no load was played', () => {
    const { end, interrupt, said } = started();
    end.enter('connect');
    expect(end.isMeasuring).toBe(false);
    interrupt.abort('SIGINT');
    expect([end.now.aborted, end.early.aborted]).toEqual([false, true]);
    const happened = { by: 'SIGINT', phase: 'load' as const, atMs: 0, plannedMs: 60_000 };
    expect(end.happened).toEqual(happened);
    expect(said).toHaveLength(1);
    expect(interruptedText(happened)).toContain('before any of the 60.0 s of load was played');
  });

  it('during the load ends it early, says so once, and tells how much was played', () => {
    const { end, interrupt, said } = started();
    end.load(monotonicUs() - 3_000_000);
    interrupt.abort('SIGTERM');
    expect([end.now.aborted, end.early.aborted]).toEqual([false, true]);
    expect(end.happened).toMatchObject({ by: 'SIGTERM', phase: 'load', plannedMs: 60_000 });
    expect(end.happened?.atMs).toBeGreaterThanOrEqual(3_000);
    expect(end.happened?.atMs).toBeLessThan(60_000);
    expect(said).toEqual([expect.stringContaining('interrupted by SIGTERM')]);
  });

  it('in the warm-up means that nothing was played, and in the drain that all of the load was', () => {
    const warm = started();
    warm.end.load(monotonicUs() + 2_000_000);
    warm.interrupt.abort('SIGINT');
    expect(warm.end.happened).toMatchObject({ atMs: 0 });
    const draining = started();
    draining.end.load(monotonicUs() - 61_000_000);
    draining.end.enter('drain');
    draining.interrupt.abort('SIGINT');
    expect(draining.end.happened).toEqual({ by: 'SIGINT', phase: 'drain', atMs: 60_000, plannedMs: 60_000 });
  });

  it('changes nothing about what is already measured, and a second one ends the run at once', () => {
    const whole = started();
    whole.end.load(monotonicUs());
    whole.end.over();
    whole.interrupt.abort('SIGINT');
    expect([whole.end.happened, whole.end.early.aborted, whole.end.now.aborted]).toEqual([null, false, false]);
    const twice = started();
    twice.end.load(monotonicUs());
    twice.interrupt.abort('SIGINT');
    twice.stop.abort('SIGINT');
    expect(twice.end.now.aborted).toBe(true);
  });
});

describe('every report of a run beside another', () => {
  it('says so, even if it passed', () => {
    const { environment, ...rest } = exampleResult();
    const otherRuns = [{ what: 'run smoke', folder: '/tmp/b', forMs: 3_210 }];
    const result = { ...rest, verdict: 'pass' as const, reasons: [], environment: { ...environment, otherRuns } };
    for (const text of [
      terminalSummary(result, { colour: false, width: 300, reportPath: null }),
      markdownSummary(result),
      junitXml(result),
      htmlReport(result).replaceAll('\u00a0', ' '),
    ]) {
      expect(text).toMatch(/another run of letitcrash was active on this machine for 3\.21 s/i);
      expect(text).toContain('run smoke');
    }
  });
});

describe('every report of an interrupted run', () => {
  const interrupted = { by: 'SIGINT', phase: 'load' as const, atMs: 3_200, plannedMs: 60_000 };
  const reasons = [interruptedText(interrupted)];
  const result = { ...exampleResult(), verdict: 'unknown' as const, interrupted, reasons };

  it('says so, and how much was played', () => {
    for (const text of [
      terminalSummary(result, { colour: false, width: 200, reportPath: null }),
      markdownSummary(result),
      junitXml(result),
    ]) {
      expect(text).toMatch(/interrupted by SIGINT after 3\.20 s of 60\.0 s of load/i);
    }
  });

  it('reports no limit as met, and no property as kept', () => {
    expect(result.checks.map((check) => checkState(check, result))).toEqual(result.checks.map(() => 'open'));
    expect(deliveryProperties(result).map(({ state }) => state)).not.toContain('kept');
    expect(junitXml(result)).toContain('<error');
  });
});
