/**
 * latency.hlog: the interval histograms of a run in HdrHistogram's log format, readable by its tools. It has one line for each interval and
 * kind, tagged `response`, `service` and `lag`; values are in microseconds, the maximum column in milliseconds.
 */
import * as hdr from 'hdr-histogram-js';
import { mergeHistograms } from './latency-merge.ts';

/** One worker's interval, as it reported it. */
export interface IntervalHistograms {
  readonly fromUs: number;
  readonly toUs: number;
  readonly response: string | null;
  readonly service: string | null;
  readonly lag: string | null;
}

const KINDS = ['response', 'service', 'lag'] as const;
const US_PER_MS = 1000;
const US_PER_S = 1e6;

/** The log as text; `startedAtMs` is the wall-clock time of the run's zero. */
export function latencyLog(intervals: readonly IntervalHistograms[], startedAtMs: number): string {
  const lines: string[] = [];
  const writer = new hdr.HistogramLogWriter((text: string) => lines.push(text));
  writer.outputLogFormatVersion();
  writer.outputComment(
    '[letitcrash; values in microseconds; answered messages only, of those whose sender waited for the answer]',
  );
  writer.outputComment(
    `[StartTime: ${(startedAtMs / 1000).toFixed(3)} (seconds since epoch), ${new Date(startedAtMs).toISOString()}]`,
  );
  writer.outputLegend();
  for (const members of bySecond(intervals)) {
    for (const kind of KINDS) {
      const histogram = mergeHistograms(members.map((member) => member[kind]));
      if (histogram.totalCount === 0) continue;
      histogram.tag = kind;
      const from = Math.min(...members.map(({ fromUs }) => fromUs)) / US_PER_S;
      const to = Math.max(...members.map(({ toUs }) => toUs)) / US_PER_S;
      writer.outputIntervalHistogram(histogram, from, to, US_PER_MS);
    }
  }
  return lines.join('');
}

/** Intervals of different workers that begin in the same second of the run, in order. */
function bySecond(intervals: readonly IntervalHistograms[]): (readonly IntervalHistograms[])[] {
  const seconds = new Map<number, IntervalHistograms[]>();
  for (const interval of intervals) {
    const second = Math.round(interval.fromUs / US_PER_S);
    const members = seconds.get(second);
    if (members === undefined) seconds.set(second, [interval]);
    else members.push(interval);
  }
  return [...seconds].sort(([a], [b]) => a - b).map(([, members]) => members);
}
