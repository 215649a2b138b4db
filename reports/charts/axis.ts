/** Axes: where a value lies between 0 and 1 along an edge, and which values get a tick. Ticks are nice numbers with a unit. */

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Axis {
  /** 0 at the axis' start, 1 at its end; values outside the domain are held at its ends. */
  readonly position: (value: number) => number;
  readonly ticks: readonly Tick[];
}

const MAX_DECADES = 12;
/** Beyond these a logarithm's powers of ten are no longer exact enough to count on. */
const LOG_LIMITS = { low: 1e-6, high: 1e18 } as const;

function held(position: number): number {
  return Number.isNaN(position) ? 0 : Math.min(1, Math.max(0, position));
}

/** 1, 2 or 5 times a power of ten, so that about `count` steps cover `span`. */
export function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

/** From zero to a nice number at or above `max`. */
export function linearAxis(max: number, count: number, format: (value: number) => string): Axis {
  const top = max > 1e-9 ? max : 1;
  const step = niceStep(top, count);
  const steps = Math.min(40, Math.max(1, Math.ceil(top / step - 1e-9)));
  const end = steps * step;
  const ticks = Array.from({ length: steps + 1 }, (_, index) => {
    const value = Number((index * step).toPrecision(12));
    return { value, label: format(value) };
  });
  return { position: (value) => held(value / end), ticks };
}

/**
 * Between nice numbers around [low, high], for data whose distance from zero is not the point: say beside the chart that it is not shown.
 * `format` is asked for as many significant digits as tell the ticks apart.
 */
export function rangeAxis(low: number, high: number, count: number, format: (value: number, digits: number) => string): Axis {
  const span = high - low;
  if (!(span > Math.max(Math.abs(low), Math.abs(high)) * 1e-9)) return linearAxis(high, count, (value) => format(value, 3));
  const step = niceStep(span, count);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const values = Array.from({ length: Math.min(40, last - first) + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  const written = (digits: number): readonly string[] => values.map((value) => format(value, digits));
  const digits = [3, 4, 5, 6, 7, 8, 9].find((some) => new Set(written(some)).size === values.length) ?? 10;
  const labels = written(digits);
  const ticks = values.map((value, index) => ({ value, label: labels[index] as string }));
  return { position: (value) => held((value / step - first) / (last - first)), ticks };
}

const RATIO_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25] as const;
const RATIO_FACTORS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.75, 1, 1.5, 2, 5, 10, 20, 50, 100] as const;

/**
 * Ratios on a logarithm, so that twice as much and half as much are equally far from the same. 1 is always on it and has a tick; ratios
 * outside [1/100, 100] are held at the ends. `count` is about how many ticks there are room for.
 */
export function ratioAxis(ratios: readonly number[], count: number, format: (ratio: number) => string): Axis {
  const inside = ratios.filter((ratio) => Number.isFinite(ratio)).map((ratio) => Math.min(100, Math.max(0.01, ratio)));
  const low = inside.reduce((best, ratio) => Math.min(best, ratio), 0.99);
  const high = inside.reduce((best, ratio) => Math.max(best, ratio), 1.01);
  const room = (Math.log(high) - Math.log(low)) * 0.04;
  const [from, to] = [Math.log(low) - room, Math.log(high) + room];
  const step = RATIO_STEPS.find((each) => (high - low) / each <= count);
  const values =
    step === undefined
      ? RATIO_FACTORS
      : Array.from({ length: 2 * count + 1 }, (_, index) => Number((1 + (index - count) * step).toPrecision(6)));
  const ticks = values
    .filter((value) => value > 0 && Math.log(value) >= from && Math.log(value) <= to)
    .map((value) => ({ value, label: format(value) }));
  return { position: (ratio) => (ratio > 0 ? held((Math.log(ratio) - from) / (to - from)) : 0), ticks };
}

/** From zero to exactly `endMs`, ticks in seconds, minutes or hours. */
export function timeAxis(endMs: number, count: number): Axis {
  const end = Math.max(endMs, 1e-3);
  const seconds = end / 1000;
  const step = seconds < 120 ? niceStep(seconds, count) : sexagesimalStep(seconds, count);
  const steps = Math.min(50, Math.floor(seconds / step + 1e-9));
  const ticks = Array.from({ length: steps + 1 }, (_, index) => {
    const at = Number((index * step).toPrecision(12));
    return { value: at * 1000, label: seconds < 120 ? formatOffset(at * 1000, step * 1000) : formatClock(at) };
  });
  return { position: (value) => held(value / end), ticks };
}

function sexagesimalStep(seconds: number, count: number): number {
  const steps = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];
  return steps.find((step) => seconds / step <= count) ?? niceStep(seconds, count);
}

/** A time since the start of the load: `12.5 s`, `3:20 min`; `resolutionMs` decides the decimals. */
export function formatOffset(ms: number, resolutionMs: number): string {
  if (ms < 120_000 || resolutionMs < 1000) {
    const decimals = resolutionMs >= 1000 ? 0 : resolutionMs >= 100 ? 1 : 3;
    return `${(ms / 1000).toFixed(decimals)} s`;
  }
  return formatClock(Math.round(ms / 1000));
}

/** Whole seconds as `3:20 min` or `1:02:03 h`. */
function formatClock(total: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)} h` : `${minutes}:${two(total % 60)} min`;
}

/** Whole decades around [min, max] (up to twelve); with few decades also ticks at 2 and 5. Values at or below 0 lie at the start. */
export function logAxis(min: number, max: number, format: (value: number) => string): Axis {
  const top = Math.min(LOG_LIMITS.high, Math.max(LOG_LIMITS.low, max));
  const bottom = Math.min(top, Math.max(LOG_LIMITS.low, min));
  const last = niceLogEnd(top);
  const first = Math.max(niceLogStart(bottom), last / 10 ** MAX_DECADES);
  const low = Math.log10(first);
  const span = Math.max(Math.log10(last) - low, 1e-9);
  const decades = Math.log10(last) - low;
  const factors = decades <= 2.5 ? [1, 2, 5] : [1];
  const stride = decades > 8 ? 2 : 1;
  const ticks: Tick[] = [];
  for (let power = Math.floor(low - 1e-9); power <= Math.ceil(Math.log10(last) + 1e-9); power += stride) {
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(12));
      if (value >= first * (1 - 1e-9) && value <= last * (1 + 1e-9)) ticks.push({ value, label: format(value) });
    }
  }
  return { position: (value) => (value > 0 ? held((Math.log10(value) - low) / span) : 0), ticks };
}

function niceLogEnd(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = value / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

function niceLogStart(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = value / power;
  return power * (factor >= 5 ? 5 : factor >= 2 ? 2 : 1);
}

/**
 * Percentiles as HdrHistogram's plots lay them out: the axis is log10(1 / (1 - p)), so that 90, 99 and 99.9 are equally far
 * apart. Percentiles above `max` (100 lies at infinity) are held at the end.
 */
export function percentileAxis(max: number): Axis {
  const nines = Math.min(7, Math.max(1, -Math.log10(Math.max(1 - max / 100, 1e-9))));
  const ticks: Tick[] = [
    { value: 0, label: '0' },
    { value: 50, label: 'p50' },
  ];
  for (let power = 1; power <= nines + 1e-9; power += 1) {
    const value = 100 - 100 / 10 ** power;
    ticks.push({ value, label: `p${Number(value.toFixed(6))}` });
  }
  return { position: (value) => held(-Math.log10(Math.max(1 - value / 100, 1e-9)) / nines), ticks };
}
