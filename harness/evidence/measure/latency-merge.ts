/** Interval histograms of several workers, and of several intervals, as one: counts are added, percentiles never averaged. */
import * as hdr from 'hdr-histogram-js';
import { emptyHistogram } from './latency-recorder.ts';

/** The sum of encoded histograms (compressed V2, base64); nulls are empty ones. */
export function mergeHistograms(encoded: Iterable<string | null>): hdr.Histogram {
  const sum = emptyHistogram();
  for (const one of encoded) if (one !== null) sum.add(decodeHistogram(one));
  return sum;
}

/** Throws for anything but compressed V2 in base64. */
export function decodeHistogram(encoded: string): hdr.Histogram {
  return hdr.decodeFromCompressedBase64(encoded, 32, false);
}
