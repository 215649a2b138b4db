/** The harness measures latency as arithmetic says it must: a known delay, a known distribution of service times, a known freeze. */
import { describe, expect, it } from 'vitest';
import type { LatencySummary, Result } from '../../harness/evidence/result/result.ts';
import { quantileOfSorted } from '../../harness/evidence/stats/quantile.ts';
import { exponentialTimes } from '../../targets/calibrated/service-time.ts';
import { calibrate } from './calibrate.ts';
import { quietest } from './quietest.ts';

const KINDS = ['service', 'response', 'delivery'] as const;
type Kind = (typeof KINDS)[number];

const ONE_PERCENT = 0.01;
/** A histogram keeps three digits, and microseconds. */
const bucketUs = (us: number): number => 2 + us / 1000;

function measured(result: Result, kind: Kind): LatencySummary {
  const summary = result.latency[kind];
  if (summary === null) throw new Error(`no ${kind} time was measured: ${result.reasons.join('; ')}`);
  // Of what letitcrash measured nothing is missing.
  return summary as LatencySummary;
}

/** By what share the furthest off is above the exact one. */
function excess(us: readonly number[], exactUs: readonly number[]): number {
  return Math.max(...us.map((each, index) => each / (exactUs[index] as number) - 1));
}

/** What every message waits for its turn on this machine, now: medians of an honest server. */
async function restUs(kinds: readonly Kind[]): Promise<readonly number[]> {
  const result = await calibrate({ server: {}, load: { rate: '100/s' } });
  return kinds.map((kind) => measured(result, kind).p50Us);
}

describe('the harness', () => {
  it('measures a delay of 250 ms within 1%: the medians of service, response and delivery time', async () => {
    const delayMs = 250;
    const exactUs = KINDS.map(() => delayMs * 1000);
    const medians = (result: Result): number[] => KINDS.map((kind) => measured(result, kind).p50Us);
    const result = await quietest(
      () => calibrate({ server: { delayMs }, load: { rate: '100/s' } }),
      (attempt) => excess(medians(attempt), exactUs),
      ONE_PERCENT,
    );
    for (const kind of KINDS) {
      expect(measured(result, kind).count, kind).toBe(300);
      expect(measured(result, kind).minUs, kind).toBeGreaterThanOrEqual(delayMs * 1000 - bucketUs(delayMs * 1000));
    }
    let us: readonly number[] = medians(result);
    // On a machine so busy that the wait for a turn is no longer small, that is subtracted.
    if (excess(us, exactUs) > ONE_PERCENT) {
      const rest = await restUs(KINDS);
      us = us.map((each, index) => each - (rest[index] as number));
    }
    expect(excess(us, exactUs)).toBeLessThan(ONE_PERCENT);
  });

  it('measures service times of a known distribution: median and 90th percentile within 1% of the drawn ones', async () => {
    const meanMs = 400;
    const seed = 5;
    const count = 400;
    const draw = exponentialTimes(meanMs, seed);
    const drawnUs = Float64Array.from({ length: count }, () => draw() * 1000).sort();
    const exact = (p: number): number => quantileOfSorted(drawnUs, p);
    // What was drawn is of that distribution: percentile p is -mean ln(1 - p), with a standard error of mean sqrt(p / (1 - p) / n).
    for (const p of [0.5, 0.9]) {
      const standardErrorUs = meanMs * 1000 * Math.sqrt(p / (1 - p) / count);
      expect(Math.abs(exact(p) - -meanMs * 1000 * Math.log(1 - p))).toBeLessThan(3 * standardErrorUs);
    }
    const [p50Us, p90Us] = [exact(0.5), exact(0.9)];
    const service = await quietest(
      async () => {
        const server = { serviceTimeMs: meanMs, seed };
        return measured(await calibrate({ server, load: { rate: '100/s', duration: '4s' } }), 'service');
      },
      (summary) => excess([summary.p50Us, summary.p90Us], [p50Us, p90Us]),
      ONE_PERCENT,
    );
    expect(service.count).toBe(count);
    // No message takes less than was drawn for it, so no percentile does: the whole curve lies above what was drawn, but for a bucket.
    for (const [percentile, us] of service.curve) {
      const drawn = exact(percentile / 100);
      expect(us, `percentile ${percentile}`).toBeGreaterThanOrEqual(drawn - bucketUs(drawn));
    }
    const quantiles = [service.p50Us, service.p90Us];
    const rest = excess(quantiles, [p50Us, p90Us]) <= ONE_PERCENT ? 0 : ((await restUs(['service']))[0] as number);
    expect(
      excess(
        quantiles.map((us) => us - rest),
        [p50Us, p90Us],
      ),
    ).toBeLessThan(ONE_PERCENT);
  });

  it('shows a freeze of two seconds in the response times exactly as arithmetic predicts', async () => {
    const durationS = 5;
    const freezeS = 2;
    // Sends are uniform over the run. One that was meant for x seconds into the freeze waits freezeS - x: the share of all messages
    // that wait longer than L is (freezeS - L) / durationS, so percentile p is freezeS - (1 - p) * durationS.
    const predictedUs = (p: number): number => (freezeS - (1 - p) * durationS) * 1e6;
    // Beyond one bucket of the histogram, 50 ms for catching up, and what the generator was late by itself.
    const beyondUs = (result: Result): number => {
      const { p90Us, p99Us, p999Us } = measured(result, 'response');
      const errors = (
        [
          [0.9, p90Us],
          [0.99, p99Us],
          [0.999, p999Us],
        ] as const
      ).map(([p, us]) => Math.abs(us - predictedUs(p)) - bucketUs(predictedUs(p)));
      return Math.max(...errors) - 50_000 - (result.load.lagUs?.p99 ?? 0);
    };
    const result = await quietest(
      () => calibrate({ server: { freezeAtMs: 1_500, freezeForMs: freezeS * 1000 }, load: { duration: `${durationS}s` } }),
      beyondUs,
      0,
    );
    expect(beyondUs(result)).toBeLessThanOrEqual(0);
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
    expect(Math.abs(slow - 900)).toBeLessThanOrEqual(200 + (result.load.lagUs?.p99 ?? 0) / 1000);
  });
});
