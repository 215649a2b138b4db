/** The harness measures how long a server was away as arithmetic says it must, and does not pretend that one came back which did not. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { calibrate } from './calibrate.ts';
import { quietest } from './quietest.ts';

const ALLOWED_MS = 100;

/** A kill one second into the load, of a server that listens again exactly so long after it. */
function down(downtimeMs: number): Promise<Result> {
  return calibrate({
    server: { downtimeMs },
    // So many users try again at random moments that one of them finds the server within a few milliseconds.
    users: 80,
    load: { duration: '5s' },
    faults: [{ at: '1s', kind: 'kill-node', for: '500ms' }],
    // What was in the memory of the killed process is gone: that is not what is measured here.
    expect: { delivery: 'observed' },
  });
}

interface Outage {
  /** From the kill until the server was proved to listen, until the first message got through, and the longest silence between. */
  readonly healedMs: number;
  readonly firstSuccessMs: number;
  readonly longestGapMs: number;
}

/** Throws where the harness saw no end of the outage. */
function outageOf({ faults, recovery, reasons }: Result): Outage {
  const { injectedAtMs, healedAtMs, verified } = faults[0] ?? {};
  const { firstSuccessMs, longestGapMs } = recovery[0] ?? {};
  if (injectedAtMs == null || healedAtMs == null || firstSuccessMs == null || longestGapMs == null || verified !== true) {
    throw new Error(`the outage was not measured: ${reasons.join('; ')}`);
  }
  return { healedMs: healedAtMs - injectedAtMs, firstSuccessMs, longestGapMs };
}

describe('the harness', () => {
  it.each([1_500, 2_500])('measures a downtime of %d ms within 100', async (downtimeMs) => {
    /** How late the latest of the three is. */
    const lateMs = (result: Result): number => {
      const { healedMs, firstSuccessMs, longestGapMs } = outageOf(result);
      return Math.max(healedMs, firstSuccessMs, longestGapMs) - downtimeMs;
    };
    const result = await quietest(() => down(downtimeMs), lateMs, ALLOWED_MS);
    const { healedMs, firstSuccessMs, longestGapMs } = outageOf(result);
    // Nobody can have been served before, not even on a machine that is slow.
    expect(Math.min(healedMs, firstSuccessMs)).toBeGreaterThanOrEqual(downtimeMs - 1);
    // The silence begins with the last acknowledgement, which may still have been on its way at the kill.
    expect(longestGapMs).toBeGreaterThan(downtimeMs - ALLOWED_MS - (result.load.lagUs?.max ?? 0) / 1000);
    // Where the machine was busy three times, what the generator knows that it was made late by is subtracted.
    const machineMs = lateMs(result) < ALLOWED_MS ? 0 : (result.load.lagUs?.max ?? 0) / 1000;
    expect(lateMs(result) - machineMs).toBeLessThan(ALLOWED_MS);
  });

  it('calls a fault that is never recovered from censored, not short, and says how long it was watched', async () => {
    const result = await calibrate({
      server: { neverRecovers: true },
      load: { duration: '3s' },
      faults: [{ at: '1s', kind: 'kill-node', for: '200ms' }],
      expect: { delivery: 'observed' },
      drain: '2s',
    });
    const [fault] = result.faults;
    const [recovery] = result.recovery;
    expect(fault?.verified).toBe(true);
    expect(recovery).toMatchObject({ firstSuccessMs: null, sloMs: null, censored: true });
    expect(recovery?.fromHeal).toMatchObject({ firstSuccessMs: null, sloMs: null });
    // Everybody was back: a server that signs users in and does nothing else has not recovered.
    expect(recovery?.reconnected99Ms).not.toBeNull();
    // From the kill to the end of the load nothing came, and that is the longest silence.
    const watchedMs = 3_000 - (fault?.injectedAtMs as number);
    expect(Math.abs((recovery?.watchedMs as number) - watchedMs)).toBeLessThan(1);
    expect(recovery?.longestGapMs).toBeGreaterThan(watchedMs - ALLOWED_MS - (result.load.lagUs?.max ?? 0) / 1000);
    expect(result.delivery?.drained).toBe(false);
  });
});
