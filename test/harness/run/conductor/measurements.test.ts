import * as hdr from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { latencyLog } from '../../../../harness/evidence/measure/latency-log.ts';
import { mergeHistograms } from '../../../../harness/evidence/measure/latency-merge.ts';
import { LatencyRecorder } from '../../../../harness/evidence/measure/latency-recorder.ts';
import { summarise } from '../../../../harness/evidence/measure/latency-summary.ts';
import { type GeneratorInterval, generatorInvalidity } from '../../../../harness/run/conductor/messages/generator-validity.ts';
import {
  leakPerConnection,
  leakPerMessage,
  memoryPerConnection,
  returnToBaseline,
} from '../../../../harness/run/conductor/result/memory-per-connection.ts';

function encoded(...us: number[]): string | null {
  const recorder = new LatencyRecorder();
  for (const each of us) recorder.record(each);
  return recorder.take();
}

describe('memory per connection', () => {
  const plateau = (connections: number, bytesEach: number) => ({
    connections,
    pssBytes: 50e6 + connections * bytesEach,
    heapBytes: 20e6 + connections * 1000,
    kernelBytes: 5e6 + connections * 8000,
  });

  it('is the slope over the plateaus, split into heap, other memory, and one end of the kernel memory', () => {
    const cost = memoryPerConnection([0, 500, 1000, 1500, 2000].map((connections) => plateau(connections, 6000)));
    expect(cost).toMatchObject({ bytes: 6000, low: 6000, high: 6000, heapBytes: 1000, nativeBytes: 5000, kernelBytes: 4000 });
  });

  it('is unknown with two plateaus, and with plateaus that do not differ', () => {
    expect(memoryPerConnection([plateau(0, 1), plateau(10, 1)])).toBeNull();
    expect(memoryPerConnection([plateau(5, 1), plateau(5, 1), plateau(5, 1)])).toBeNull();
  });

  it('says which part was not measured', () => {
    const blind = [0, 1, 2].map((connections) => ({ ...plateau(connections, 100), heapBytes: null, kernelBytes: null }));
    expect(memoryPerConnection(blind)).toMatchObject({ bytes: 100, heapBytes: null, nativeBytes: null, kernelBytes: null });
  });
});

describe('the memory that is left when everybody has left', () => {
  const MIB = 1024 ** 2;
  const plateaus = [0, 500, 1000].map((connections) => ({
    connections,
    pssBytes: 100 * MIB + connections * 100_000,
    heapBytes: null,
    kernelBytes: null,
  }));
  const rounds = (...bytes: number[]) =>
    bytes.map((pssBytes, round) => ({ cycled: 1000 * round, messages: 0, pssBytes, heapBytes: null }));

  it('is compared with a quarter of what the connections took', () => {
    const allowanceBytes = 25_000_000;
    const back = returnToBaseline(plateaus, rounds(100 * MIB + allowanceBytes));
    expect(back).toEqual({
      baseline: { emptyBytes: 100 * MIB, afterBytes: 100 * MIB + allowanceBytes, allowanceBytes },
      returned: true,
    });
    expect(returnToBaseline(plateaus, rounds(100 * MIB + allowanceBytes + 1)).returned).toBe(false);
    expect(returnToBaseline(plateaus, []).returned).toBe(null);
    expect(returnToBaseline([], rounds(1)).returned).toBe(null);
  });

  it('is a leak if the whole interval of its slope is above the tolerance; the first round only warms up', () => {
    const leak = leakPerConnection(rounds(0, 70 * MIB, 71 * MIB, 72 * MIB, 73 * MIB, 74 * MIB));
    expect(leak).toMatchObject({ bytesPerConnection: MIB / 1000, low: MIB / 1000, high: MIB / 1000, leaking: true });
    expect(leakPerConnection(rounds(0, 0, 0.4 * MIB, 0.8 * MIB, 1.2 * MIB, 1.6 * MIB))?.leaking).toBe(false);
    // Up and down by megabytes: most of the interval is above the tolerance, not all.
    const unsure = leakPerConnection(rounds(0, 70 * MIB, 90 * MIB, 60 * MIB, 95 * MIB, 88 * MIB));
    expect(unsure?.high).toBeGreaterThan(unsure?.toleranceBytes as number);
    expect(unsure?.leaking).toBe(false);
    expect(leakPerConnection(rounds(0, 1, 2, 3))).toBe(null);
  });

  describe('of a message', () => {
    /** Six rounds without messages and six with 10,000 each, of a server that keeps so much of a connection and of a message. */
    const kept = (perConnection: number, perMessage: number, warmUp = 0) =>
      Array.from({ length: 12 }, (_, round) => {
        const messages = 10_000 * Math.max(0, round - 5);
        const bytes = 100 * MIB + 1000 * round * perConnection + messages * perMessage + (messages > 0 ? warmUp : 0);
        return { cycled: 1000 * round, messages, pssBytes: bytes, heapBytes: null };
      });

    it('is the slope over the rounds that carried messages, minus what their connections left; their first round only warms up', () => {
      const found = leakPerMessage(kept(2000, 300, 20 * MIB));
      expect(found?.bytesPerMessage).toBeCloseTo(300, 6);
      expect(found?.low).toBeCloseTo(300, 6);
      expect(found?.high).toBeCloseTo(300, 6);
      expect(found?.leaking).toBe(true);
      expect(leakPerConnection(kept(2000, 300))?.bytesPerConnection).toBeCloseTo(2000, 6);
    });

    it('is zero if only connections leak, and unknown without enough rounds of either sort', () => {
      expect(leakPerMessage(kept(2000, 0))).toMatchObject({ leaking: false });
      expect(leakPerMessage(kept(2000, 0))?.bytesPerMessage).toBeCloseTo(0, 6);
      expect(leakPerMessage(kept(0, 300).slice(0, 10))).toBe(null);
      expect(leakPerMessage(kept(0, 300).slice(2))).toBe(null);
      expect(leakPerMessage(rounds(1, 2, 3, 4, 5, 6, 7))).toBe(null);
    });

    it('has an interval that includes the uncertainty about connections', () => {
      const noisy = kept(0, 300).map((round, at) => ({ ...round, pssBytes: round.pssBytes + (at % 2) * MIB * Number(at < 6) }));
      const connection = leakPerConnection(noisy);
      const found = leakPerMessage(noisy);
      expect(found?.low).toBeCloseTo(300 - 0.1 * (connection?.high as number), 6);
      expect(found?.high).toBeCloseTo(300 - 0.1 * (connection?.low as number), 6);
    });
  });
});

describe('the validity of the generator', () => {
  const interval = (second: number, delayUs: number, cpu: number): GeneratorInterval => ({
    worker: 0,
    fromUs: second * 1e6,
    toUs: (second + 1) * 1e6,
    eventLoopDelayUs: { p50: delayUs, p99: delayUs, max: delayUs },
    cpu,
  });
  const limits = { lagP99Ms: 50, durationMs: 5000 };
  const calm = [0, 1, 2, 3, 4].map((second) => interval(second, 2000, 0.5));

  it('holds if lag, event loop and CPU stay below their limits', () => {
    expect(generatorInvalidity(calm, 10_000, limits)).toEqual([]);
  });

  it('is lost to lag', () => {
    expect(generatorInvalidity(calm, 50_001, limits)[0]).toContain('limits.lag');
  });

  it('is lost to a worker that needs a whole core', () => {
    expect(
      generatorInvalidity(
        calm.map((each) => ({ ...each, cpu: 0.99 })),
        0,
        limits,
      )[0],
    ).toContain('99% of a core');
  });

  it('is lost to an event loop that is late most of the time, but not to one bad second', () => {
    expect(generatorInvalidity([...calm.slice(1), interval(0, 400_000, 0.5)], 0, limits)).toEqual([]);
    expect(
      generatorInvalidity(
        calm.map((_, second) => interval(second, 60_000, 0.5)),
        0,
        limits,
      )[0],
    ).toContain('event loop');
  });
});

describe('histograms', () => {
  it('are merged by adding counts, never by averaging percentiles', () => {
    const fast = encoded(...Array.from({ length: 98 }, () => 1000));
    const slow = encoded(100_000, 100_000);
    const { count, p50Us, p99Us, maxUs } = summarise(mergeHistograms([fast, null, slow]));
    expect({ count, p50Us }).toEqual({ count: 100, p50Us: 1000 });
    expect(p99Us).toBeGreaterThan(99_000);
    expect(maxUs).toBeGreaterThanOrEqual(100_000);
  });

  it('have a curve that rises to the maximum at 100%', () => {
    const summary = summarise(mergeHistograms([encoded(...Array.from({ length: 5000 }, (_, index) => index + 1))]));
    const values = summary.curve.map(([, us]) => us);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(summary.curve.at(-1)).toEqual([100, summary.maxUs]);
    expect(summary.curve.length).toBeLessThan(200);
  });

  it('without values are summarised as zeros', () => {
    expect(summarise(mergeHistograms([null]))).toMatchObject({ count: 0, minUs: 0, p99Us: 0, maxUs: 0, curve: [] });
  });

  it('are logged so that HdrHistogram tools can read them, with the workers of one second together', () => {
    const log = latencyLog(
      [
        { fromUs: 0, toUs: 1e6, response: encoded(1000), service: encoded(900), lag: encoded(10) },
        { fromUs: 1000, toUs: 1.001e6, response: encoded(3000), service: null, lag: null },
        { fromUs: 1e6, toUs: 2e6, response: encoded(5000), service: encoded(5000), lag: encoded(1) },
      ],
      1_700_000_000_000,
    );
    const reader = new hdr.HistogramLogReader(log);
    const seen: [string, number, number][] = [];
    for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
      seen.push([next.tag, next.totalCount, next.startTimeStampMsec]);
    }
    expect(seen).toEqual([
      ['response', 2, 1_700_000_000_000],
      ['service', 1, 1_700_000_000_000],
      ['lag', 1, 1_700_000_000_000],
      ['response', 1, 1_700_000_001_000],
      ['service', 1, 1_700_000_001_000],
      ['lag', 1, 1_700_000_001_000],
    ]);
  });
});
