/** Response times of a run so far, in the buckets of the table: HDR histograms of the workers go in, counts come out. */
import type * as hdr from 'hdr-histogram-js';
import { decodeHistogram } from '../../../evidence/measure/latency-merge.ts';
import { RESPONSE_TIME_EDGES_SECONDS } from './metric-table.ts';

/** A histogram's data: values up to and including each edge and above the one before, and above the last. */
export interface BucketCounts {
  readonly edges: readonly number[];
  /** One more than edges. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export class ResponseBuckets {
  readonly #counts = new Array<number>(RESPONSE_TIME_EDGES_SECONDS.length + 1).fill(0);
  #count = 0;
  #sumSeconds = 0;

  /** Encoded histograms of microseconds (HDR compressed V2, base64). Exact to their three digits. */
  add(encoded: readonly string[]): void {
    for (const one of encoded) {
      const histogram = decodeHistogram(one) as hdr.JsHistogram;
      let [index, bucket, left] = [0, 0, histogram.totalCount];
      for (; left > 0 && index < histogram.countsArrayLength; index++) {
        const count = histogram.getCountAtIndex(index);
        if (count === 0) continue;
        const seconds = histogram.valueFromIndex(index) / 1e6;
        while (seconds > (RESPONSE_TIME_EDGES_SECONDS[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
        this.#counts[bucket] = (this.#counts[bucket] as number) + count;
        this.#count += count;
        this.#sumSeconds += count * seconds;
        left -= count;
      }
    }
  }

  read(): BucketCounts {
    return { edges: RESPONSE_TIME_EDGES_SECONDS, counts: [...this.#counts], count: this.#count, sum: this.#sumSeconds };
  }
}
