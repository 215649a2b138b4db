/** A fault that begins to hurt late: the level of service is regained when that is over, and not in the good second before it began. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { calibrate } from './calibrate.ts';
import { DRAWN, drawn } from './drawn.ts';
import { quietest } from './quietest.ts';

const ALLOWED_MS = 150;
const INJECTED_MS = 1_000;
const USERS = 40;

/** What is injected is over at once; the harm is done by the server itself, so long after its first message. */
const startsAfterMs = drawn('start', 1_300, 1_700);
const lastsMs = drawn('length', 700, 1_200);

function play(): Promise<Result> {
  return calibrate({
    server: { freezeAtMs: INJECTED_MS + startsAfterMs, freezeForMs: lastsMs },
    users: USERS,
    load: { duration: '6s' },
    faults: [{ at: `${INJECTED_MS}ms`, kind: 'reset-connections', count: USERS }],
    expect: { delivery: 'observed' },
  });
}

/** How much later than it was over the level was regained; infinite if that was not measured. */
function lateMs({ recovery: [clocks], faults: [fault] }: Result): number {
  const sloMs = clocks?.sloMs ?? null;
  if (sloMs === null || fault?.injectedAtMs == null) return Number.POSITIVE_INFINITY;
  return sloMs + fault.injectedAtMs - (INJECTED_MS + startsAfterMs + lastsMs);
}

describe('an effect that starts late', () => {
  it('is over when it is over', async () => {
    const result = await quietest(play, (played) => Math.abs(lateMs(played)), ALLOWED_MS);
    expect(result.recovery[0], DRAWN).toMatchObject({ noticed: true, censored: false });
    const machineMs = (result.load.lagUs?.max ?? 0) / 1000;
    expect(lateMs(result), DRAWN).toBeGreaterThan(-ALLOWED_MS);
    expect(lateMs(result), DRAWN).toBeLessThan(ALLOWED_MS + machineMs);
  });
});
