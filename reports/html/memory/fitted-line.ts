/** A slope of the Result drawn over its points: the line, and a ribbon for its interval. */
import type { Slope } from '../../../harness/evidence/result/slopes.ts';
import type { Series } from '../../charts/series.ts';

/** Corners of the ribbon: enough that an edge which leaves the chart does so where it should. */
const RIBBON_POINTS = 24;

/** Through the medians of the points, as Theil and Sen's line is; the ribbon turns about the same place. `points` ascend in x. */
export function fittedLine(name: string, points: readonly (readonly [x: number, y: number])[], slope: Slope): Series {
  const middleX = median(points.map(([x]) => x));
  const middleY = median(points.map(([, y]) => y));
  const at = (bytes: number, x: number): number => middleY + bytes * (x - middleX);
  const [from, to] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  const { low, high } = slope;
  const samples = Array.from({ length: RIBBON_POINTS + 1 }, (_, index) => from + ((to - from) * index) / RIBBON_POINTS);
  const ribbon =
    low === null || high === null
      ? []
      : samples.map((x) => [x, Math.min(at(low, x), at(high, x)), Math.max(at(low, x), at(high, x))] as const);
  return {
    name,
    tone: 'second',
    points: [from, to].map((x) => [x, at(slope.bytes, x)] as const),
    shape: 'line',
    ribbon,
    marks: [],
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
