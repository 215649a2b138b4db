/** The seconds of HTTP generators as readings of the whole load, for decisions during the run. Pure. */

import type { LiveMetricName } from '../../../evidence/metrics/live-metrics.ts';
import type { HttpSecond } from '../../drivers/http/http-job.ts';
import type { LiveReading } from '../live-readings.ts';

const SECOND_MS = 1_000;

export class HttpReadings {
  /** For each generator, its seconds that are in no reading yet. */
  readonly #waiting: readonly HttpSecond[][];
  #seconds = 0;

  constructor(generators: number) {
    this.#waiting = Array.from({ length: generators }, () => []);
  }

  /** A reading when every generator has reported its next second; null until then. */
  add(second: HttpSecond, generator: number): Pick<LiveReading, 'atMs' | 'overMs' | 'values'> | null {
    this.#waiting[generator]?.push(second);
    if (this.#waiting.some(({ length }) => length === 0)) return null;
    const told = this.#waiting.map((seconds) => seconds.shift() as HttpSecond);
    const sum = (of: (each: HttpSecond) => number): number => told.reduce((total, each) => total + of(each), 0);
    const [ok, bad] = [sum((each) => each.ok), sum((each) => each.other + each.failed)];
    this.#seconds += 1;
    return {
      atMs: this.#seconds * SECOND_MS,
      overMs: SECOND_MS,
      values: { ...NOT_MEASURED, 'error.rate': ok + bad === 0 ? null : bad / (ok + bad), 'ack.rate': ok },
    };
  }
}

const NOT_MEASURED: Readonly<Record<LiveMetricName, null>> = {
  'error.rate': null,
  connected: null,
  'ack.rate': null,
  'response.p50': null,
  'response.p99': null,
  'response.max': null,
  outstanding: null,
};
