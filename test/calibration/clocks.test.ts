/** The harness measures time as arithmetic says it must: a known delay, a known freeze, a known downtime. */
import { describe, expect, it } from 'vitest';
import type { LatencySummary, Result } from '../../harness/result/result.ts';
import { quantileOfSorted } from '../../harness/stats/quantile.ts';
import { exponentialTimes } from '../../targets/calibrated/service-time.ts';
import { calibrate } from './calibrate.ts';

function measured(result: Result, kind: 'response' | 'service'): LatencySummary {
  const summary = result.latency[kind];
  if (summary === null) throw new Error(`no ${kind} time was measured: ${result.reasons.join('; ')}`);
  return summary;
}

/**
 * The least of up to three measurements, stopping at the first below `enough`: another program on the machine can only make a
 * wait longer, so the least is the one that tells most about the instrument.
 */
async function quietest(measure: () => Promise<number>, enough: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && least >= enough; attempt += 1) least = Math.min(least, await measure());
  return least;
}

/** Width of the histogram's bucket there: three digits. */
function bucketUs(us: number): number {
  return us / 1000;
}

function frozen(freezeS: number, durationS: number): Promise<Result> {
  return calibrate({ server: { freezeAtMs: 1_500, freezeForMs: freezeS * 1000 }, load: { duration: `${durationS}s` } });
}

describe('the harness', () => {
  it('measures a delay of half a second within 1%, at every percentile, and one of 20 ms within a millisecond', async () => {
    const percentiles = async (delayMs: number): Promise<readonly number[]> => {
      const service = measured(await calibrate({ server: { delayMs }, load: { rate: '100/s' } }), 'service');
      expect(service.count).toBe(300);
      expect(service.minUs).toBeGreaterThanOrEqual(delayMs * 1000 - 50 - bucketUs(delayMs * 1000));
      return [service.p50Us, service.p90Us];
    };
    const highest = async (): Promise<number> => Math.max(...(await percentiles(500)));
    expect(Math.abs((await quietest(highest, 505_000)) - 500_000)).toBeLessThan(5_000);
    const median = async (): Promise<number> => (await percentiles(20))[0] as number;
    expect(Math.abs((await quietest(median, 21_000)) - 20_000)).toBeLessThan(1_000);
  });

  it('measures a distribution of service times as it was drawn, within 1%', async () => {
    const [meanMs, seed, messages] = [300, 5, 400];
    const draw = exponentialTimes(meanMs, seed);
    const drawn = Float64Array.from({ length: messages }, () => draw() * 1000).sort();
    const shares = [0.5, 0.9, 0.99];
    const error = async (): Promise<number> => {
      const { p50Us, p90Us, p99Us, count } = measured(
        await calibrate({ server: { serviceTimeMs: meanMs, seed }, load: { rate: '100/s', duration: '4s' } }),
        'service',
      );
      expect(count).toBe(messages);
      // Nobody is answered before the time.
      for (const [index, us] of [p50Us, p90Us, p99Us].entries()) {
        const exact = quantileOfSorted(drawn, shares[index] as number);
        expect(us).toBeGreaterThan(exact - 50 - bucketUs(exact));
      }
      return Math.max(...[p50Us, p90Us, p99Us].map((us, index) => us / quantileOfSorted(drawn, shares[index] as number) - 1));
    };
    expect(await quietest(error, 0.01)).toBeLessThan(0.01);
  });

  it('shows a freeze of two seconds in the response times exactly as arithmetic predicts', async () => {
    const durationS = 5;
    const freezeS = 2;
    // Sends are uniform over the run. One that was meant for x seconds into the freeze waits freezeS - x: the share of all messages
    // that wait longer than L is (freezeS - L) / durationS, so percentile p is freezeS - (1 - p) * durationS.
    const predictedUs = (p: number): number => (freezeS - (1 - p) * durationS) * 1e6;
    let result = await frozen(freezeS, durationS);
    // Beyond one bucket of the histogram (three digits), 50 ms for catching up, and what the generator was late by itself.
    const beyondUs = (): number => {
      const { p90Us, p99Us, p999Us } = measured(result, 'response');
      const errors = (
        [
          [0.9, p90Us],
          [0.99, p99Us],
          [0.999, p999Us],
        ] as const
      ).map(([p, us]) => Math.abs(us - predictedUs(p)) - predictedUs(p) / 1000);
      return Math.max(...errors) - 50_000 - result.load.lagUs.p99;
    };
    for (let again = 0; again < 2 && beyondUs() > 0; again += 1) result = await frozen(freezeS, durationS);
    expect(beyondUs()).toBeLessThanOrEqual(0);
    const response = measured(result, 'response');
    // The share of messages that were slow, read from the percentile curve: 2 s of 5 s, less what waited under 200 ms.
    const slowUs = 200_000;
    const fast = response.curve.filter(([, us]) => us <= slowUs).at(-1)?.[0] as number;
    const slow = response.curve.find(([, us]) => us > slowUs)?.[0] as number;
    const predictedFast = 100 - ((freezeS - slowUs / 1e6) / durationS) * 100;
    expect(fast - 3).toBeLessThan(predictedFast);
    expect(slow + 3).toBeGreaterThan(predictedFast);
    // The freeze harmed nobody's message.
    expect(result.verdict).toBe('pass');
  });

  it('does not hide a freeze the way a closed loop would: the median of the frozen slots is the wait itself', async () => {
    const result = await calibrate({ server: { freezeAtMs: 1_000, freezeForMs: 1_000 } });
    const { stepMs, p50Us } = result.timeline;
    const slow = p50Us.filter((us) => us !== null && us > 100_000).length * stepMs;
    expect(Math.abs(slow - 900)).toBeLessThanOrEqual(200 + result.load.lagUs.p99 / 1000);
  });

  it('measures a downtime of 2.5 s within 100 ms', async () => {
    const downtimeMs = 2_500;
    const measuredMs = await quietest(async () => {
      const { faults, recovery } = await calibrate({
        server: { downtimeMs },
        load: { duration: '5s' },
        faults: [{ at: '1s', kind: 'kill-node', for: '500ms' }],
        // What was in the memory of the killed process is gone: that is not what is measured here.
        expect: { delivery: 'observed' },
      });
      expect(faults[0]?.verified).toBe(true);
      // Nobody can have been served before; forty users who try again at random moments find the server soon after.
      const { firstSuccessMs, longestGapMs } = recovery[0] as Result['recovery'][number];
      expect(firstSuccessMs).toBeGreaterThanOrEqual(downtimeMs - 1);
      expect(firstSuccessMs).toBeLessThan(downtimeMs + 1_500);
      expect(Math.abs((longestGapMs as number) - (firstSuccessMs as number))).toBeLessThan(200);
      return (faults[0]?.healedAtMs as number) - (faults[0]?.injectedAtMs as number);
    }, downtimeMs + 100);
    expect(Math.abs(measuredMs - downtimeMs)).toBeLessThan(100);
  });

  it('calls a fault that is never recovered from censored, not short', async () => {
    const result = await calibrate({
      server: { neverRecovers: true },
      load: { duration: '3s' },
      faults: [{ at: '1s', kind: 'kill-node', for: '200ms' }],
      expect: { delivery: 'observed' },
      drain: '2s',
    });
    expect(result.faults[0]?.verified).toBe(true);
    expect(result.recovery[0]).toMatchObject({ firstSuccessMs: null, sloMs: null, censored: true });
    expect(result.delivery.drained).toBe(false);
  });
});
