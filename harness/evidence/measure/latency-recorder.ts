/**
 * Latency histograms of one interval (HDR, microseconds, 3 significant digits), in plain JavaScript: histograms made with
 * WebAssembly cannot be mixed with these.
 */
import * as hdr from 'hdr-histogram-js';

/** Longest latency that is distinguished, in microseconds (35 minutes); longer ones count as this. */
export const LONGEST_US = 2 ** 31 - 1;

/** An empty histogram. */
export function emptyHistogram(): hdr.Histogram {
  return hdr.build({
    bitBucketSize: 32,
    useWebAssembly: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: 3,
  });
}

export class LatencyRecorder {
  readonly #histogram = emptyHistogram();

  /** Records one latency in microseconds; negative ones count as 0. */
  record(us: number): void {
    this.#histogram.recordValue(us <= 0 ? 0 : us >= LONGEST_US ? LONGEST_US : Math.round(us));
  }

  /** The interval's histogram (compressed V2, base64), or null when nothing was recorded; the next interval begins. */
  take(): string | null {
    if (this.#histogram.totalCount === 0) return null;
    const encoded = hdr.encodeIntoCompressedBase64(this.#histogram);
    this.#histogram.reset();
    return encoded;
  }
}
