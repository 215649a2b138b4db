/** Two runs side by side in words: what every report of them says in the same way. Plain text, not escaped. */
import type { Diff, DiffCondition, DiffFigure, DiffSide } from '../harness/evidence/result/diff.ts';
import { NEVER } from '../harness/evidence/result/never.ts';
import { clip, formatBytes, formatChange, formatCount, formatInUnit, formatNumber, formatUs, plural } from './format.ts';

export const UNKNOWN = 'unknown';

/** What was compared, for titles. */
export function diffTitle({ a, b }: Diff): string {
  const [one, other] = [nameOf(a), nameOf(b)];
  return one === other ? `${one}: two runs side by side` : `${one} and ${other} side by side`;
}

function nameOf({ scenario, target }: DiffSide): string {
  return target.name === null ? scenario.name : `${scenario.name} on ${target.name}`;
}

/** What a side was, in pieces. */
export function sideFacts({ measuredBy, verdict, startedAt, target, fingerprint }: DiffSide): readonly string[] {
  const { name, version, runtime, nodes } = target;
  return [
    `${name ?? 'an unknown server'}${version === null ? '' : ` ${version}`}${runtime === null ? '' : ` on ${runtime}`}${nodes === null ? '' : `, ${plural(nodes, 'node')}`}`,
    `measured by ${measuredBy}`,
    startedAt,
    verdict,
    fingerprint ?? 'machine unknown',
  ];
}

/** In the order of weight: what people look at first. */
const FIRST: readonly string[] = [
  'response.p50',
  'response.p90',
  'response.p99',
  'response.p99.9',
  'http.p50',
  'http.p90',
  'http.p95',
  'http.p99',
  'http.p99.9',
  'http.max',
  'http.rate',
  'http.errors',
  'delivery.p99',
  'rate',
  'errors',
  'cpu.serverPerMessage',
  'memory.perConnection',
  'memory.heapPerConnection',
  'memory.peakNodes',
  'delivery.lost',
  'delivery.duplicatesVisible',
  'recovery.slo',
  'recovery.reconnected',
  'recovery.drained',
];

/** Metrics, those first that people look at first. */
export function metricFigures({ figures }: Pick<Diff, 'figures'>): readonly DiffFigure[] {
  const weight = ({ name }: DiffFigure): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return figures.filter(({ kind }) => kind === 'metric').toSorted((one, other) => weight(one) - weight(other));
}

/** By the names of the tool that measured both. */
export function toolFigures({ figures }: Pick<Diff, 'figures'>): readonly DiffFigure[] {
  return figures.filter(({ kind }) => kind === 'tool');
}

/** A word with more characters is not a unit. */
const UNIT_CHARS = 20;

/** A side's figure with its interval within that run, where there is one; `unknown` where it was not measured, `never` where it never came. */
export function figureText(figure: DiffFigure, side: 'a' | 'b'): string {
  const { resolution, kind } = figure;
  const unit = clip(figure.unit, UNIT_CHARS);
  const value = figure[side];
  if (value === null) return figure.never?.includes(side) === true ? NEVER : UNKNOWN;
  if (kind === 'tool') return toolValue(value, unit);
  if (value === 0 && unit === 'us' && resolution !== null && resolution > 1) return `under ${formatUs(resolution)}`;
  const interval = side === 'a' ? figure.aInterval : figure.bInterval;
  const bounds = interval === null ? '' : ` (${formatInUnit(interval.low, unit)} to ${formatInUnit(interval.high, unit)})`;
  return formatInUnit(value, unit) + bounds;
}

function toolValue(value: number, unit: string): string {
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'bytes/s') return `${formatBytes(value)}/s`;
  const number = Number.isInteger(value) ? formatCount(value) : formatNumber(value);
  return unit === '' ? number : `${number} ${unit}`;
}

/** B to A. */
export function changeText(
  { a, b, never = [], ratio, resolution, unit }: DiffFigure,
  { comparable }: Pick<Diff, 'comparable'>,
): string {
  if (never.length === 2) return 'the same';
  if (never.length === 1 && (a !== null || b !== null)) return comparable === 'no' ? 'not compared' : 'no ratio';
  if (a === null || b === null) return UNKNOWN;
  if (comparable === 'no') return 'not compared';
  if (a === b) return 'the same';
  if (ratio !== null) return formatChange(ratio);
  if (unit === 'us' && resolution !== null && Math.abs(a - b) <= resolution) return `within ${formatUs(resolution)}`;
  return 'no ratio';
}

/** Of a side. */
export function conditionValue({ a, b }: DiffCondition, side: 'a' | 'b'): string {
  return (side === 'a' ? a : b) ?? UNKNOWN;
}

export const EFFECT_WORDS: Readonly<Record<DiffCondition['effect'], string>> = {
  forbids: 'prevents comparison',
  unknown: 'not known',
  subject: 'what is compared',
};

export const COMPARABLE_WORDS: Readonly<Record<Diff['comparable'], string>> = {
  no: 'Not comparable',
  unknown: 'Unknown',
  yes: 'Side by side',
};

/** What would have to be done to judge; sentences. */
export function judgingTexts({ judging: { fewestBlocks, needed }, a, b }: Diff): readonly string[] {
  const foreign = [...new Set([a, b].map(({ measuredBy }) => measuredBy).filter((tool) => tool !== 'letitcrash'))];
  return [
    `To judge, let both servers take turns on one machine: letitcrash compare, in at least ${fewestBlocks} blocks of four runs; letitcrash doctor --noise says how many this machine needs.`,
    ...needed.map(({ name, size, blocks }) => {
      const each = blocks.map(
        ({ scatter, blocks: count }) =>
          `${count === null ? 'more than allowed' : formatCount(count)} where blocks scatter by ${Number((scatter * 100).toFixed(0))}%`,
      );
      const apart = `Were ${name} really ${formatChange(1 + size).replace('+', '')} apart`;
      if (blocks.every(({ blocks: count }) => count === null))
        return `${apart}, a comparison would find it only on a very quiet machine.`;
      return `${apart}, a comparison would find it nine times in ten with this many blocks: ${each.join(', ')}.`;
    }),
    ...(foreign.length === 0
      ? []
      : [
          `With ${foreign.join(' and ')}: five runs or more of each server, in turns, imported and kept (letitcrash import, letitcrash history add); letitcrash history show distinguishes a change from chance.`,
        ]),
  ];
}
