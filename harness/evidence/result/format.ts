/**
 * The format of numbers wherever a person reads them (reports, the terminal, progress, the sentences of a Result): three significant digits
 * and a suitable unit, separated by a space, or the exact count.
 *
 * In: numbers as the Result carries them (its units are in its names). Out: text. Nothing is computed here except rounding.
 */

/** Shown if the Result says null. */
export const NOT_MEASURED = 'not measured';

/** Numbers from here on are written with an exponent. */
const EXACT_LIMIT = 1e15;

/** Significant digits without an exponent, three of them unless told: 1.02, 12.4, 850; grouped above 1,000. */
function significant(value: number, digits = 3): string {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size >= EXACT_LIMIT) return rounded.toExponential(digits - 1);
  const decimals = size === 0 ? 0 : digits - 1 - Math.max(0, Math.floor(Math.log10(size)));
  if (decimals <= 0) return group(Math.round(rounded));
  return size < 0.01 ? String(rounded) : rounded.toFixed(decimals);
}

/** Where three more digits follow, up to the end. */
const THOUSANDS = /\B(?=(?:\d{3})+$)/gu;

function group(value: number): string {
  if (Math.abs(value) >= EXACT_LIMIT) return value.toExponential(2);
  // Most numbers are whole, and the rules of a locale take fifty times as long.
  if (Number.isInteger(value) && !Object.is(value, -0)) return String(value).replace(THOUSANDS, ',');
  return value.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

type Units = readonly (readonly [size: number, name: string])[];

const US_UNITS: Units = [
  [1, 'µs'],
  [1e3, 'ms'],
  [1e6, 's'],
];
const MS_UNITS: Units = [
  [1, 'ms'],
  [1e3, 's'],
];
const BYTE_UNITS: Units = [
  [1e3, 'kB'],
  [1e6, 'MB'],
  [1e9, 'GB'],
  [1e12, 'TB'],
];

/** The largest unit in which the value is at least 1 after rounding. `units` go up, each with its size in the base unit. */
function scaled(value: number, units: Units, digits = 3): string {
  let [size, name] = units[0] as readonly [number, string];
  for (const [unitSize, unitName] of units) {
    if (Math.abs(Number((value / unitSize).toPrecision(digits))) >= 1) [size, name] = [unitSize, unitName];
  }
  return `${significant(value / size, digits)} ${name}`;
}

/** Microseconds as µs, ms or s. */
export function formatUs(us: number | null): string {
  return us === null ? NOT_MEASURED : scaled(us, US_UNITS);
}

/** Milliseconds as ms or s. */
export function formatMs(ms: number | null): string {
  return ms === null ? NOT_MEASURED : scaled(ms, MS_UNITS);
}

/** A waiting time that a clock shows, in whole seconds: 42 s, 3 min 07 s, 2 h 05 min. */
export function formatClock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${two(seconds % 60)} s` : `${group(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}

/** Bytes, exact up to 99,999, then in decimal kB, MB, GB. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return NOT_MEASURED;
  if (Math.abs(bytes) < 99_999.5) return `${group(Math.round(bytes))} B`;
  return scaled(bytes, BYTE_UNITS);
}

/** The memory of a machine, as it is sold: 24 GiB. What a kernel keeps for itself is ignored. */
export function formatMachineMemory(bytes: number | null): string {
  return bytes === null ? NOT_MEASURED : `${Math.round(bytes / 1024 ** 3)} GiB`;
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

/** A ratio as a change: 1.072 is +7.2%, 0.5 is −50%; with one decimal, because more would be noise. */
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

/** A plain number: a whole one unchanged, since it may be a count; any other with three significant digits. */
export function formatNumber(value: number | null): string {
  if (value === null) return NOT_MEASURED;
  return Number.isInteger(value) ? group(value) : significant(value);
}

/** A percentile as people say it: p50, p99.9. */
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
  return format === undefined ? `${formatNumber(value)}${unit === '' ? '' : ` ${unit}`}` : format(value);
}

/** A tick of an axis with as many significant digits as it needs to differ from its neighbours: 1 ms, not 1.00 ms; 63.52 MB beside 63.54 MB. */
export function formatTick(value: number, unit: string, digits: number): string {
  if (digits <= 3) return roundTick(formatInUnit(value, unit));
  switch (unit) {
    case 'us':
      return roundTick(scaled(value, US_UNITS, digits));
    case 'ms':
      return roundTick(scaled(value, MS_UNITS, digits));
    case 'bytes':
      return Math.abs(value) < 99_999.5 ? formatBytes(value) : roundTick(scaled(value, BYTE_UNITS, digits));
    case '/s':
      return roundTick(`${significant(value, digits)}/s`);
    case 'share':
      return roundTick(`${significant(value * 100, digits)}%`);
    default:
      return roundTick(significant(value, digits));
  }
}

/** 1 ms, not 1.00 ms; 2.5%, not 2.50%. */
export function roundTick(text: string): string {
  return text.replace(/(\.\d*?)0+(?=\D|$)/u, (_, digits: string) => (digits === '.' ? '' : digits));
}

/** `1 fault`, `2 faults`; if the number is unknown, `number of faults unknown`. */
export function plural(count: number | null, one: string, many: string = `${one}s`): string {
  if (count === null) return `number of ${many} unknown`;
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** With a capital first letter, as at the beginning of a sentence. */
export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
