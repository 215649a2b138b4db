/**
 * A run without its warm-up: a fresh process compiles hot code, fills its caches and grows its heap for a second or two, and that time is
 * not what is compared. Pure.
 */
import type { Attempts } from '../../evidence/ledger/observations.ts';
import { emptyHistogram } from '../../evidence/measure/latency-recorder.ts';
import { summariseWaits } from '../../evidence/measure/latency-summary.ts';
import type { CpuReading } from '../../evidence/measure/sampler.ts';
import { ackedWithin } from '../../evidence/measure/settled-within.ts';
import { type Waits, waitsOf } from '../../evidence/measure/waits.ts';
import type { Result } from '../../evidence/result/result.ts';
import { firstSteady } from '../../evidence/stats/change-point.ts';
import type { RunRecord } from '../../run/conductor/result/run-record.ts';

export interface SteadyPart {
  /** What was left out at the beginning of the load: at most half of it. */
  readonly warmUpMs: number;
  /** The run's Result with the latencies, acknowledged rate and processor time of the rest; what was sent covers the whole load. */
  readonly result: Result;
  /** Response times of the rest that was answered, in microseconds. */
  readonly responseUs: Float64Array;
}

type Observed = Pick<RunRecord, 'loadMs' | 'cpu'> & { readonly observations: { readonly attempts: Attempts } };

/** Cuts where the medians of the timeline's slots stop changing. */
export function steadyPart(result: Result, record: Observed): SteadyPart {
  const { timeline } = result;
  const slots = Math.floor(record.loadMs / timeline.stepMs);
  // A slot without a message says nothing; a load that is worth measuring has none.
  const medians = timeline.p50Us.slice(0, slots).flatMap((us, slot) => (us === null ? [] : [{ us, slot }]));
  // Logarithms, so that one stalled slot does not outweigh all others.
  const first = firstSteady(medians.map(({ us }) => Math.log(Math.max(1, us))));
  const warmUpMs = (first === 0 ? 0 : (medians[first]?.slot ?? 0)) * timeline.stepMs;
  return { warmUpMs, ...without(warmUpMs, result, record) };
}

function without(warmUpMs: number, result: Result, record: Observed): Omit<SteadyPart, 'warmUpMs'> {
  const { attempts } = record.observations;
  const acked = ackedWithin(attempts, { fromUs: warmUpMs * 1000, toUs: record.loadMs * 1000 });
  const response = waitsOf(attempts, 'intendedUs', warmUpMs * 1000);
  const service = waitsOf(attempts, 'sentUs', warmUpMs * 1000);
  const { latency, load, cpu } = result;
  const steady: Result = {
    ...result,
    // What a late generator spoilt stays withheld.
    latency: load.valid
      ? { ...latency, response: summaryOf(response, latency.response), service: summaryOf(service, latency.service) }
      : latency,
    load: { ...load, ackedPerSecond: (acked * 1000) / (record.loadMs - warmUpMs) },
    cpu: { ...cpu, serverUsPerMessage: cpuPerMessage(warmUpMs * 1000, record) ?? cpu.serverUsPerMessage },
  };
  return { result: steady, responseUs: response.answeredUs };
}

/** `whole` if nobody waited: where some did, and nobody was answered, there is no percentile. */
function summaryOf(waits: Waits, whole: Result['latency']['response']): Result['latency']['response'] {
  if (waits.answeredUs.length + waits.releasedUs.length + waits.unanswered === 0) return whole;
  const histogram = emptyHistogram();
  for (const us of waits.answeredUs) histogram.recordValue(Math.max(0, Math.round(us)));
  return summariseWaits(histogram, waits);
}

/** From the first reading of the processor time after the cut; null without one, or without a message after it. */
function cpuPerMessage(cutUs: number, { observations: { attempts }, cpu }: Observed): number | null {
  if (cutUs === 0) return null;
  const reading: CpuReading | undefined = cpu.readings.find(({ atUs }) => atUs >= cutUs);
  if (reading === undefined) return null;
  const acked = ackedWithin(attempts, { fromUs: reading.atUs, toUs: cpu.toUs });
  return acked === 0 ? null : (cpu.nodesUs - reading.nodesUs) / acked;
}
