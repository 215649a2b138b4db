/**
 * Quantities as people write them in a scenario: durations, sizes, rates, shares. Pure.
 *
 * Each parser returns the number in its base unit (milliseconds, bytes, per second, 0 to 1), or what was wrong and what would be right. A
 * bare number has no unit and is refused, except for 0 and shares, because 30 could mean seconds or milliseconds.
 */
import { z } from 'zod';

export type Quantity = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string };

interface UnitTable {
  /** What the quantity is called, with its article. */
  readonly name: string;
  readonly units: Readonly<Record<string, number>>;
  readonly examples: string;
}

const DURATION: UnitTable = {
  name: 'a duration',
  units: { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
  examples: '500us, 250ms, 10s, 2m or 1m30s',
};
const SIZE: UnitTable = {
  name: 'a size',
  units: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  examples: '100B, 20KB or 4MiB',
};
const RATE: UnitTable = { name: 'a rate', units: { '/s': 1, '/m': 1 / 60, '/h': 1 / 3600 }, examples: '2000/s or 60/m' };
const DATA_RATE: UnitTable = {
  name: 'a data rate',
  units: { 'B/s': 1, 'KB/s': 1e3, 'MB/s': 1e6, 'kbit/s': 125, 'Mbit/s': 125_000 },
  examples: '100KB/s, 1MB/s or 10Mbit/s',
};
const SHARE: UnitTable = { name: 'a share', units: { '%': 0.01, '': 1 }, examples: '10% or 0.1' };
const SHARE_RATE: UnitTable = {
  name: 'a share per time',
  units: { '%/s': 0.01, '%/m': 0.01 / 60, '/s': 1, '/m': 1 / 60 },
  examples: '2%/s or 0.02/s',
};

const WRITTEN = /^(\d+(?:\.\d+)?)\s*(\D*)$/;
/** A duration in parts: `1m30s`, `2h 5m`. */
const PART = /(\d+(?:\.\d+)?)\s*(us|ms|s|m|h)\s*/gy;

function parse(table: UnitTable, written: unknown): Quantity {
  const refuse = (message: string): Quantity => ({
    ok: false,
    message: `${message}; write ${table.name} like ${table.examples}`,
  });
  if (written === 0) return { ok: true, value: 0 };
  if (typeof written === 'number' && !Number.isFinite(written)) return refuse('not a finite number');
  if (typeof written !== 'string' && typeof written !== 'number') return refuse(`not ${table.name}`);
  const match = WRITTEN.exec(String(written).trim());
  if (match === null) return refuse(`cannot be read as ${table.name}`);
  const unit = (match[2] ?? '').trim();
  const factor = Object.hasOwn(table.units, unit) ? table.units[unit] : undefined;
  if (factor === undefined) {
    if (unit === '') return Number(match[1]) === 0 ? { ok: true, value: 0 } : refuse('has no unit');
    return refuse(`has the unit "${unit}", which is not a unit of ${table.name}`);
  }
  const value = Number(match[1]) * factor;
  // Decimal fractions of a unit are not exact in binary: 0.1s is 100 ms, not 100.00000000000001.
  return { ok: true, value: Number(value.toPrecision(12)) };
}

/** Milliseconds. `1m30s` is the sum of its parts: whole units, the larger first, each once. */
export function parseDurationMs(written: unknown): Quantity {
  const parts = typeof written === 'string' ? partsOf(written.trim()) : null;
  if (parts === null) return parse(DURATION, written);
  const isFalling = parts.every(({ unitMs }, index) => index === 0 || unitMs < (parts[index - 1]?.unitMs ?? 0));
  if (!isFalling)
    return { ok: false, message: 'has its units in the wrong order; write a duration like 1m30s, with the larger unit first' };
  return { ok: true, value: Number(parts.reduce((sum, { count, unitMs }) => sum + count * unitMs, 0).toPrecision(12)) };
}

/** Null if it does not have several parts. */
function partsOf(text: string): readonly { readonly count: number; readonly unitMs: number }[] | null {
  const parts = [...text.matchAll(PART)];
  const isWhole = parts.reduce((length, [part]) => length + part.length, 0) === text.length;
  if (!isWhole || parts.length < 2) return null;
  return parts.map(([, count, unit = 's']) => ({ count: Number(count), unitMs: DURATION.units[unit] ?? 0 }));
}
/** Bytes: KB is 1000, KiB is 1024. */
export const parseBytes = (written: unknown): Quantity => parse(SIZE, written);
/** Per second. */
export const parseRatePerSecond = (written: unknown): Quantity => parse(RATE, written);
/** Bytes per second: KB is 1000 bytes, Mbit a million bits. */
export const parseBytesPerSecond = (written: unknown): Quantity => parse(DATA_RATE, written);
/** 0 to 1 and above: 10% is 0.1. */
export const parseShare = (written: unknown): Quantity => parse(SHARE, written);
/** Share per second: 2%/s is 0.02. */
export const parseSharePerSecond = (written: unknown): Quantity => parse(SHARE_RATE, written);

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** The bounds as a user would write them: `32B to 1MiB`. */
  readonly words?: string;
}

function quantity(parser: (written: unknown) => Quantity, table: UnitTable, bounds: Bounds) {
  const { min = 0, max = Number.POSITIVE_INFINITY, words } = bounds;
  const description = `${table.name} like ${table.examples}${words === undefined ? '' : `, ${words}`}`;
  return z
    .union([z.string(), z.number()], { error: () => description })
    .transform((written, context) => {
      const parsed = parser(written);
      if (!parsed.ok) {
        context.issues.push({ code: 'custom', input: written, message: parsed.message, params: { problem: 'unit' } });
        return z.NEVER;
      }
      if (parsed.value < min || parsed.value > max) {
        context.issues.push({ code: 'custom', input: written, message: description, params: { problem: 'out-of-range' } });
        return z.NEVER;
      }
      return parsed.value;
    })
    .meta({ description });
}

/** Schema of a duration; gives milliseconds. */
export const durationMs = (bounds: Bounds = {}) => quantity(parseDurationMs, DURATION, bounds);
/** Schema of a size; gives bytes. */
export const sizeBytes = (bounds: Bounds = {}) => quantity(parseBytes, SIZE, bounds);
/** Schema of a rate; gives events per second. */
export const ratePerSecond = (bounds: Bounds = {}) => quantity(parseRatePerSecond, RATE, bounds);
/** Schema of a data rate; gives bytes per second. */
export const bytesPerSecond = (bounds: Bounds = {}) => quantity(parseBytesPerSecond, DATA_RATE, bounds);
/** Schema of a share; gives 0 to 1. */
export const share = (bounds: Bounds = { max: 1, words: '0 to 100%' }) => quantity(parseShare, SHARE, bounds);
/** Schema of a share per time; gives a share per second. */
export const sharePerSecond = (bounds: Bounds = { max: 1, words: '0 to 100%/s' }) =>
  quantity(parseSharePerSecond, SHARE_RATE, bounds);
