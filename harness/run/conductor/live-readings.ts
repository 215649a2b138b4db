/** The workers' reports as readings of the whole run, about one a second, for decisions during the run. Pure. */

import { mergeHistograms } from '../../evidence/measure/latency-merge.ts';
import type { LiveMetricName } from '../../evidence/metrics/live-metrics.ts';
import { addCounts, type Counts, noCounts } from '../load/counts.ts';
import type { WorkerProgress } from '../load/worker-protocol.ts';

export interface LiveReading {
  /** End of what was read, in milliseconds since the run's zero, and how long that was. */
  readonly atMs: number;
  readonly overMs: number;
  readonly values: Readonly<Record<LiveMetricName, number | null>>;
  /** Over all workers, since they began. */
  readonly counts: Readonly<Counts>;
  /** Histograms of intended send time to acknowledgement (HDR compressed V2, base64, microseconds), of each worker and interval read. */
  readonly responses: readonly string[];
}

interface WorkerState {
  /** At the end of the last reading. */
  base: Counts;
  fromUs: number;
  latest: WorkerProgress | null;
  responses: (string | null)[];
}

export class LiveReadings {
  readonly #workers: number;
  readonly #devices: number;
  readonly #states = new Map<number, WorkerState>();

  /** `devices`: of all users together. */
  constructor(workers: number, devices: number) {
    this.#workers = workers;
    this.#devices = devices;
  }

  /** A reading when every worker has reported since the last one; null until then, and for the time before the run's zero. */
  add(progress: WorkerProgress): LiveReading | null {
    const state = this.#states.get(progress.worker) ?? { base: noCounts(), fromUs: 0, latest: null, responses: [] };
    this.#states.set(progress.worker, state);
    if (progress.toUs <= 0) {
      state.base = progress.counts;
      return null;
    }
    state.latest = progress;
    state.responses.push(progress.response);
    const states = [...this.#states.values()];
    if (states.length < this.#workers || states.some(({ latest }) => latest === null)) return null;
    const reading = this.#read(states.map((each) => ({ ...each, latest: each.latest as WorkerProgress })));
    for (const each of states) {
      const { counts, toUs } = each.latest as WorkerProgress;
      Object.assign(each, { base: counts, fromUs: toUs, latest: null, responses: [] });
    }
    return reading;
  }

  #read(states: readonly (WorkerState & { readonly latest: WorkerProgress })[]): LiveReading {
    const now = addCounts(states.map(({ latest }) => latest.counts));
    const before = addCounts(states.map(({ base }) => base));
    const since = (...names: readonly (keyof Counts)[]): number => names.reduce((sum, name) => sum + now[name] - before[name], 0);
    const overUs = Math.max(...states.map(({ latest, fromUs }) => latest.toUs - fromUs));
    const failed = since('failed', 'overflowed', 'lost', 'refused');
    const tried = failed + since('acked');
    const responses = states.flatMap((state) => state.responses.filter((encoded) => encoded !== null));
    const merged = mergeHistograms(responses);
    const percentile = (p: number): number | null => (merged.totalCount === 0 ? null : merged.getValueAtPercentile(p));
    return {
      atMs: Math.max(...states.map(({ latest }) => latest.toUs)) / 1000,
      overMs: overUs / 1000,
      values: {
        'error.rate': tried === 0 ? null : failed / tried,
        connected: now.connected / this.#devices,
        'ack.rate': (since('acked') * 1e6) / overUs,
        'response.p50': percentile(50),
        'response.p99': percentile(99),
        'response.max': percentile(100),
        outstanding: now.outstanding,
      },
      counts: now,
      responses,
    };
  }
}
