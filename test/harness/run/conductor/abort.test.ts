import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyRecorder } from '../../../../harness/evidence/measure/latency-recorder.ts';
import type { AbortCondition } from '../../../../harness/plan/scenario/plan.ts';
import { type Abort, AbortWatch, abortText } from '../../../../harness/run/conductor/abort-watch.ts';
import { HttpReadings } from '../../../../harness/run/conductor/http/http-readings.ts';
import { type LiveReading, LiveReadings } from '../../../../harness/run/conductor/live-readings.ts';
import { type Counts, noCounts } from '../../../../harness/run/load/counts.ts';
import type { WorkerProgress } from '../../../../harness/run/load/worker-protocol.ts';
import { GOOD, planned } from '../../plan/scenario/planning.ts';

function encoded(...us: number[]): string | null {
  const recorder = new LatencyRecorder();
  for (const each of us) recorder.record(each);
  return recorder.take();
}

function report(
  worker: number,
  fromMs: number,
  toMs: number,
  counts: Partial<Counts>,
  response: string | null = null,
): WorkerProgress {
  return {
    worker,
    fromUs: fromMs * 1000,
    toUs: toMs * 1000,
    counts: { ...noCounts(), ...counts },
    response,
    service: null,
    lag: null,
    eventLoopDelayUs: { p50: 0, p99: 0, max: 0 },
    cpu: 0,
    residentBytes: 0,
  };
}

describe('a reading of HTTP requests', () => {
  const second = (ok: number, other = 0, failed = 0) => ({ ok, other, failed });

  it('comes when every generator has reported its next second, and covers that second of all of them', () => {
    const readings = new HttpReadings(2);
    expect(readings.add(second(10), 0)).toBeNull();
    // One that is late is waited for, and the other's seconds are kept.
    expect(readings.add(second(20, 5), 0)).toBeNull();
    expect(readings.add(second(30, 6, 4), 1)).toMatchObject({
      atMs: 1000,
      overMs: 1000,
      values: { 'error.rate': 0.2, 'ack.rate': 40, connected: null, 'response.p99': null, outstanding: null },
    });
    expect(readings.add(second(0, 0, 75), 1)).toMatchObject({ atMs: 2000, values: { 'error.rate': 0.8, 'ack.rate': 20 } });
  });

  it('has no error rate in a second without an answer or an error, but a rate of answers all the same', () => {
    expect(new HttpReadings(1).add(second(0), 0)?.values).toMatchObject({ 'error.rate': null, 'ack.rate': 0 });
  });
});

describe('a live reading', () => {
  it('comes when every worker has reported, and covers the time since the last one', () => {
    const readings = new LiveReadings(2, 100);
    expect(readings.add(report(0, -500, 0, { acked: 40, connected: 60 }))).toBeNull();
    expect(readings.add(report(1, -500, 0, { acked: 10 }))).toBeNull();
    expect(readings.add(report(0, 0, 1000, { acked: 100, failed: 20, connected: 60, outstanding: 3 }, encoded(1000)))).toBeNull();
    const second = readings.add(
      report(1, 0, 1010, { acked: 30, refused: 10, lost: 5, overflowed: 5, connected: 20 }, encoded(9000)),
    );
    expect(second).toMatchObject({ atMs: 1010, overMs: 1010 });
    // 80 acknowledged and 40 failed since zero.
    expect(second?.values['error.rate']).toBeCloseTo(40 / 120, 12);
    expect(second?.values['ack.rate']).toBeCloseTo(80 / 1.01, 9);
    expect(second?.values).toMatchObject({ connected: 0.8, outstanding: 3 });
    expect(second?.values['response.max']).toBeGreaterThanOrEqual(9000);
    expect(second?.counts).toMatchObject({ acked: 130, failed: 20 });
    expect(second?.responses).toEqual([encoded(1000), encoded(9000)]);
    expect(readings.add(report(1, 1010, 2000, { acked: 30, refused: 10, lost: 5, overflowed: 5 }))).toBeNull();
    expect(readings.add(report(0, 1000, 2000, { acked: 100, failed: 20 }))?.values).toMatchObject({
      'error.rate': null,
      'ack.rate': 0,
      'response.p99': null,
      connected: 0,
    });
  });

  it('waits for a worker that stalls, and then covers the whole stall', () => {
    const readings = new LiveReadings(2, 10);
    for (const second of [1, 2, 3])
      expect(readings.add(report(0, 1000 * (second - 1), 1000 * second, { acked: second }))).toBeNull();
    const late = readings.add(report(1, 0, 3000, {}));
    expect(late).toMatchObject({ overMs: 3000 });
    expect(late?.values['ack.rate']).toBeCloseTo(1, 9);
  });
});

const condition: AbortCondition = {
  metric: 'error.rate',
  comparator: '>',
  limit: 0.5,
  unit: 'share',
  forMs: 5000,
  source: 'error.rate > 50% for 5s',
};
const NOTHING = {
  'error.rate': null,
  connected: null,
  'ack.rate': null,
  'response.p50': null,
  'response.p99': null,
  'response.max': null,
  outstanding: null,
};
const reading = (second: number, rate: number | null): Pick<LiveReading, 'atMs' | 'overMs' | 'values'> => ({
  atMs: second * 1000,
  overMs: 1000,
  values: { ...NOTHING, 'error.rate': rate },
});

describe('an abort condition', () => {
  it('aborts once it has held for its time without interruption, and says when and what it was', () => {
    const watch = new AbortWatch({ load: { durationMs: 60_000 }, abort: [condition] });
    const rates = [0.9, 0.9, 0.9, 0.9, 0.5, 0.8, 0.8, 0.8, null, 0.6, 0.6, 0.6, 0.6, 0.831];
    const aborts = rates.map((rate, index) => {
      watch.observe(reading(index + 1, rate));
      return watch.happened;
    });
    expect(aborts.map((abort) => abort !== null)).toEqual([...Array(13).fill(false), true]);
    expect(abortText(aborts[13] as Abort)).toBe('aborted at 14.0 s: error.rate > 50% for 5s; it was 83.1%');
  });

  it('never aborts before a reading in which it holds, whatever the readings', () => {
    const rate = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(rate, { maxLength: 40 }), (rates) => {
        const watch = new AbortWatch({ load: { durationMs: 60_000 }, abort: [condition] });
        let held = false;
        rates.forEach((each, index) => {
          const lasting = rates.slice(Math.max(0, index - 4), index + 1);
          held ||= lasting.length === 5 && lasting.every((value) => value !== null && value > 0.5);
          watch.observe(reading(index + 1, each));
          expect(watch.happened !== null).toBe(held);
        });
      }),
    );
  });

  it('ends only the load of its own run, and only once', () => {
    const plan = planned(`${GOOD}abort: error.rate > 50% for 2s\n`);
    const abort = new AbortWatch(plan);
    let ends = 0;
    abort.signal.addEventListener('abort', () => {
      ends += 1;
    });
    for (const second of [1, 2, 3, 4]) abort.observe(reading(second, 1));
    expect([ends, abort.happened?.atMs, abort.happened?.actual]).toEqual([1, 2000, 1]);
    const drained = new AbortWatch(plan);
    for (const second of [11, 12, 13]) drained.observe(reading(second, 1));
    expect(drained.happened).toBeNull();
  });
});
