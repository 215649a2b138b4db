/**
 * How numbers look in every report: three significant digits and a unit that fits, or the exact count.
 *
 * In: numbers as the Result carries them (its units are in its names). Out: text. Nothing is computed here but rounding.
 */

/** Shown where the Result says null. */
export const NOT_MEASURED = 'not measured';

/** Numbers from here on are written with an exponent. */
const EXACT_LIMIT = 1e15;

/** Three significant digits without an exponent: 1.02, 12.4, 850; grouped above 1,000. */
function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size >= EXACT_LIMIT) return rounded.toExponential(2);
  if (size >= 100 || rounded === 0) return group(Math.round(rounded));
  if (size < 0.01) return String(rounded);
  return rounded.toFixed(size >= 10 ? 1 : 2);
}

function group(value: number): string {
  return Math.abs(value) >= EXACT_LIMIT ? value.toExponential(2) : value.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

/** The largest unit in which the value is at least 1 after rounding. `units` go up, each with its size in the base unit. */
function scaled(value: number, units: readonly (readonly [size: number, name: string])[]): string {
  let [size, name] = units[0] as readonly [number, string];
  for (const [unitSize, unitName] of units) {
    if (Math.abs(Number((value / unitSize).toPrecision(3))) >= 1) [size, name] = [unitSize, unitName];
  }
  return `${significant(value / size)} ${name}`;
}

/** Microseconds as µs, ms or s. */
export function formatUs(us: number | null): string {
  return us === null
    ? NOT_MEASURED
    : scaled(us, [
        [1, 'µs'],
        [1e3, 'ms'],
        [1e6, 's'],
      ]);
}

/** Milliseconds as ms or s. */
export function formatMs(ms: number | null): string {
  return ms === null
    ? NOT_MEASURED
    : scaled(ms, [
        [1, 'ms'],
        [1e3, 's'],
      ]);
}

/** Bytes, exact up to 99,999, then in decimal kB, MB, GB. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return NOT_MEASURED;
  if (Math.abs(bytes) < 99_999.5) return `${group(Math.round(bytes))} B`;
  return scaled(bytes, [
    [1e3, 'kB'],
    [1e6, 'MB'],
    [1e9, 'GB'],
    [1e12, 'TB'],
  ]);
}

/** A whole number, exact and grouped: 48,012. */
export function formatCount(value: number | null): string {
  return value === null ? NOT_MEASURED : group(value);
}

/** Events a second. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return NOT_MEASURED;
  return `${Math.abs(perSecond) >= 1000 ? group(Math.round(perSecond)) : significant(perSecond)}/s`;
}

/** A share of one as per cent. */
export function formatShare(share: number | null): string {
  return share === null ? NOT_MEASURED : `${significant(share * 100)}%`;
}

/** A ratio as the change that it is: 1.072 is +7.2%, 0.5 is −50%; a decimal, since more would be noise. */
export function formatChange(ratio: number | null): string {
  if (ratio === null) return NOT_MEASURED;
  if (ratio >= 3) return `×${significant(ratio)}`;
  const percent = (ratio - 1) * 100;
  const size = Math.abs(percent).toFixed(1);
  return size === '0.0' ? '±0.0%' : `${percent < 0 ? '−' : '+'}${size}%`;
}

/** CPU seconds a wall second, as per cent of one core. */
export function formatCores(cores: number | null): string {
  return cores === null ? NOT_MEASURED : `${significant(cores * 100)}% of a core`;
}

/** A plain number with three significant digits. */
export function formatNumber(value: number | null): string {
  return value === null ? NOT_MEASURED : significant(value);
}

/** A percentile the way people say it: p50, p99.9. */
export function formatPercentile(percentile: number): string {
  return `p${Number(percentile.toFixed(4))}`;
}

const UNIT_FORMATS: ReadonlyMap<string, (value: number | null) => string> = new Map(
  Object.entries({
    us: formatUs,
    ms: formatMs,
    bytes: formatBytes,
    '/s': formatRate,
    share: formatShare,
    truth: (value) => (value === null ? NOT_MEASURED : value === 0 ? 'no' : 'yes'),
    count: formatCount,
  }),
);

/** A check's value in its unit, as the Result names units; an unknown unit is printed after the number. */
export function formatInUnit(value: number | null, unit: string): string {
  if (value === null) return NOT_MEASURED;
  const format = UNIT_FORMATS.get(unit);
  return format === undefined ? `${significant(value)}${unit === '' ? '' : ` ${unit}`}` : format(value);
}

/** At most `limit` characters of a text, never half a surrogate pair. */
export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

/** `1 fault`, `2 faults`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
