/** The figures of two runs beside each other: what either measured, and null for what one of them did not. Pure. */

import type { Metric } from '../../evidence/metrics/metric.ts';
import { metrics } from '../../evidence/metrics/metrics.ts';
import { accounted } from '../../evidence/result/accounted.ts';
import type { Diff, DiffFigure } from '../../evidence/result/diff.ts';
import { driverViolations } from '../../evidence/result/driver-violations.ts';
import type { Result } from '../../evidence/result/result.ts';
import { isResolved, type Slope, type SlopeName, slopeOf } from '../../evidence/result/slopes.ts';
import { withoutWithheld } from '../../evidence/result/withheld.ts';

const MAX_TOOL_FIGURES = 500;

/** Metrics for which a run has its own interval. */
const SLOPES: Readonly<Record<string, SlopeName>> = {
  'memory.perConnection': 'connection',
  'memory.heapPerConnection': 'heap',
  'memory.nativePerConnection': 'native',
  'memory.kernelPerConnection': 'kernel',
  'memory.leakPerConnection': 'leak',
  'memory.leakPerMessage': 'leakOfMessage',
};

/** What no run without a ledger measured, whatever numbers its result has. */
function isOfLedger({ name, unit }: Metric): boolean {
  return name === 'errors' || name === 'load.reconnects' || (name.startsWith('delivery.') && unit === 'count');
}

/** Metrics that say nothing about a server by themselves. */
const PASSED_OVER: ReadonlySet<string> = new Set(['load.valid']);

export function figuresOf(givenA: Result, givenB: Result): readonly DiffFigure[] {
  const [a, b] = [withoutWithheld(givenA), withoutWithheld(givenB)];
  return [...sharedFigures(a, b), ...toolFigures(a, b)];
}

function sharedFigures(a: Result, b: Result): DiffFigure[] {
  const requests = [a, b].every(({ load, http }) => load.loop !== 'open' && http !== null);
  return [...metrics.values()].flatMap((metric): DiffFigure[] => {
    const { name, unit, better } = metric;
    // For requests alone the service times are those of http, which has more percentiles.
    if (PASSED_OVER.has(name) || (requests && name.startsWith('service.'))) return [];
    const [ofA, ofB] = [readKnown(metric, a), readKnown(metric, b)];
    const never = (
      [
        ['a', a],
        ['b', b],
      ] as const
    ).flatMap(([side, result]) => (metric.isNever?.(result) === true ? [side] : []));
    if (ofA === null && ofB === null && never.length === 0) return [];
    const resolution = unit === 'us' ? Math.max(a.load.resolutionUs, b.load.resolutionUs) : null;
    const slope = SLOPES[name];
    return [
      {
        name,
        unit,
        kind: 'metric',
        better,
        a: ofA,
        b: ofB,
        ...(never.length === 0 ? {} : { never }),
        ratio: unit === 'truth' ? null : ratioOf(ofA, ofB, resolution !== null && resolution > 1 ? resolution : 0),
        resolution,
        aInterval: slope === undefined ? null : intervalOf(slopeOf(a, slope)),
        bInterval: slope === undefined ? null : intervalOf(slopeOf(b, slope)),
      },
    ];
  });
}

function readKnown(metric: Metric, result: Result): number | null {
  if (isOfLedger(metric) && (accounted(result) === null || driverViolations(result).length > 0)) return null;
  const value = metric.read(result);
  // Imported before such figures could be null.
  return result.measuredBy !== null && value === 0 && /^(?:load\.|lag\.)/.test(metric.name) ? null : value;
}

function intervalOf(slope: Slope | null): DiffFigure['aInterval'] {
  if (slope === null || slope.low === null || slope.high === null || !isResolved(slope)) return null;
  return { low: slope.low, high: slope.high };
}

/** By the names of the tool that measured both. */
function toolFigures(a: Result, b: Result): DiffFigure[] {
  if (a.measuredBy === null || b.measuredBy === null || a.measuredBy.tool !== b.measuredBy.tool) return [];
  if (a.verdict === 'invalid' || b.verdict === 'invalid') return [];
  const [ofA, ofB] = [namedFigures(a.measuredBy), namedFigures(b.measuredBy)];
  return [...new Set([...ofA.keys(), ...ofB.keys()])].slice(0, MAX_TOOL_FIGURES).map((name): DiffFigure => {
    const [one, other] = [ofA.get(name), ofB.get(name)];
    const [valueA, valueB] = [one?.value ?? null, other?.value ?? null];
    const unit = one?.unit ?? other?.unit ?? '';
    return {
      name,
      unit,
      kind: 'tool',
      better: null,
      a: valueA,
      b: valueB,
      ratio: ratioOf(valueA, valueB, 0),
      resolution: null,
      aInterval: null,
      bInterval: null,
    };
  });
}

/** `http_req_duration p(95)`. */
function namedFigures({ figures }: NonNullable<Result['measuredBy']>): Map<string, { value: number | null; unit: string }> {
  return new Map(
    figures.flatMap(({ name, unit, values }) =>
      Object.entries(values).map(([stat, value]) => [`${name} ${stat}`, { value, unit: unitOf(unit, stat) }] as const),
    ),
  );
}

/** Of one statistic of a metric: how many times were taken is no time, and a rate of bytes is one a second. */
function unitOf(unit: string, stat: string): string {
  if (unit === 'ms' && stat === 'count') return '';
  return unit === 'bytes' && stat === 'rate' ? 'bytes/s' : unit;
}

/** Also null if both are equal within the resolution of the measurement. */
function ratioOf(a: number | null, b: number | null, resolution: number): number | null {
  if (a === null || b === null || !(a > 0) || !(b > 0)) return null;
  return a !== b && Math.abs(a - b) <= resolution ? null : b / a;
}

/** The most informative percentile curve of a run: from the intended send, if there is one. */
export function curveOf(given: Result): Diff['curves']['a'] {
  const { latency, http } = withoutWithheld(given);
  const curves = [
    ['response time', latency.response],
    ['time from request to answer', http?.latency ?? null],
    ['service time', latency.service],
  ] as const;
  const [what, found] = curves.find(([, each]) => each !== null && each.curve.length > 1) ?? [null, null];
  return what === null || found === null ? null : { what, points: [...found.curve] };
}
