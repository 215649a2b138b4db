import { describe, expect, test } from 'vitest';
import { Outcome } from '../../../../harness/evidence/ledger/observations.ts';
import { metrics } from '../../../../harness/evidence/metrics/metrics.ts';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { Random } from '../../../../harness/evidence/stats/random.ts';
import { steadyPart } from '../../../../harness/studies/compare/steady-part.ts';
import { exampleResult } from '../../../reports/example-result.ts';

const STEP_MS = 100;
const LOAD_MS = 4000;
const EVERY_US = 1000;

/** A message each millisecond; response time by when it was meant to be sent. */
function run(responseUs: (intendedUs: number) => number, outcome: (row: number) => number = () => Outcome.acked) {
  const rows = (LOAD_MS * 1000) / EVERY_US;
  const column = (make: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => make(row));
  const intendedUs = column((row) => row * EVERY_US);
  const settledUs = column((row) => row * EVERY_US + responseUs(row * EVERY_US));
  const slots = LOAD_MS / STEP_MS;
  const none = new Uint32Array(rows);
  const base = exampleResult();
  const result: Result = {
    ...base,
    load: { ...base.load, valid: true, ratePerSecond: 1000, ackedPerSecond: 999 },
    cpu: { ...base.cpu, serverUsPerMessage: 999 },
    timeline: {
      ...base.timeline,
      stepMs: STEP_MS,
      p50Us: Array.from({ length: slots + 5 }, (_, slot) => (slot < slots ? responseUs(slot * STEP_MS * 1000 + 50_000) : null)),
    },
  };
  return {
    result,
    record: {
      loadMs: LOAD_MS,
      cpu: {
        nodes: [0.1],
        workers: 0,
        fromUs: 0,
        toUs: LOAD_MS * 1000,
        nodesUs: 500_000,
        readings: [0, 500, 1000, 1500, 2000].map((atMs) => ({ atUs: atMs * 1000, nodesUs: Math.min(300_000, atMs * 300) })),
      },
      observations: {
        attempts: {
          count: rows,
          sender: none,
          id: intendedUs,
          recipient: none,
          session: none,
          intendedUs,
          handledUs: intendedUs,
          sentUs: column((row) => row * EVERY_US + 100),
          settledUs,
          releasedUs: column(() => Number.NaN),
          outcome: Uint8Array.from({ length: rows }, (_, row) => outcome(row)),
          writes: new Uint8Array(rows),
        },
      },
    },
  };
}

const rateOf = (result: Result) => metrics.get('rate')?.read(result);
const random = new Random(3, 'noise', 0);
const noisy = (us: number): number => us * (1 + 0.05 * (random.unit() - 0.5));

describe('the steady part of a run', () => {
  test('begins where the run stopped getting faster, and alone gives the latencies, the rate and the processor time', () => {
    const { result, record } = run((us) => noisy(us < 1_000_000 ? 5000 : 1000));
    const { warmUpMs, result: steady, responseUs } = steadyPart(result, record);
    expect(warmUpMs).toBeGreaterThanOrEqual(1000);
    expect(warmUpMs).toBeLessThanOrEqual(1400);
    expect(steady.latency.response?.maxUs).toBeLessThan(1100);
    expect(steady.latency.response?.count).toBe(LOAD_MS - warmUpMs);
    expect(steady.latency.service?.p50Us).toBeCloseTo((steady.latency.response?.p50Us ?? 0) - 100, -1);
    expect(responseUs).toHaveLength(LOAD_MS - warmUpMs);
    // What was acknowledged from then on and while the load lasted, a millisecond apart.
    const { settledUs } = record.observations.attempts;
    const ackedFrom = (us: number): number => settledUs.filter((at) => at >= us && at < LOAD_MS * 1000).length;
    expect(rateOf(steady)).toBeCloseTo((ackedFrom(warmUpMs * 1000) * 1000) / (LOAD_MS - warmUpMs), 6);
    expect(rateOf(steady)).toBeCloseTo(1000, -1);
    // From the first reading after the cut on: 200 ms of processor time for what was sent from then.
    const from = record.cpu.readings.find(({ atUs }) => atUs >= warmUpMs * 1000);
    expect(steady.cpu.serverUsPerMessage).toBeCloseTo((500_000 - (from?.nodesUs ?? 0)) / ackedFrom(from?.atUs ?? 0), 6);
  });

  test('is never less than half: a change that comes late is not a warm-up', () => {
    const { result, record } = run((us) => noisy(us < 3_000_000 ? 5000 : 1000));
    expect(steadyPart(result, record).warmUpMs).toBeLessThanOrEqual(LOAD_MS / 2);
  });

  test('counts only acknowledged messages, and gives nothing if the generator was late', () => {
    const half = run(
      () => 1000,
      (row) => (row % 2 === 0 ? Outcome.acked : Outcome.failed),
    );
    const { result, responseUs } = steadyPart(half.result, half.record);
    expect(responseUs.length).toBeLessThanOrEqual(LOAD_MS / 2);
    expect(rateOf(result)).toBeCloseTo(500, 0);
    const late: Result = {
      ...half.result,
      load: { ...half.result.load, valid: false },
      latency: { ...half.result.latency, response: null, service: null },
    };
    expect(steadyPart(late, half.record).result.latency.response).toBe(null);
  });

  test('has a rate of zero if nothing was acknowledged, however much was sent', () => {
    const { result, record } = run(
      () => 1000,
      () => Outcome.failed,
    );
    expect(rateOf(steadyPart(result, record).result)).toBe(0);
  });
});
