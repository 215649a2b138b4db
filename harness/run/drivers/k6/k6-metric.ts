/** A metric of k6, in whichever form of summary it came. Plain data. */
export interface K6Metric {
  readonly type: 'trend' | 'counter' | 'rate' | 'gauge' | 'other';
  readonly unit: 'ms' | 'bytes' | '';
  /** As k6 calls them: `p(95)`, `count`, `rate`; null for what it could not compute. */
  readonly values: Readonly<Record<string, number | null>>;
  readonly thresholds: readonly { readonly expression: string; readonly ok: boolean }[];
}

export interface K6Summary {
  readonly metrics: Readonly<Record<string, K6Metric>>;
  /** Null if it is not reported. */
  readonly durationMs: number | null;
  /** When k6 wrote it, ISO 8601; null if it is not reported. */
  readonly writtenAt: string | null;
  /** False if the form has no place for thresholds: it is then not known whether any failed. */
  readonly tellsThresholds: boolean;
  /** What a script that letitcrash wrote adds; null for others. */
  readonly script: {
    readonly startedAt: string;
    readonly scenario: string;
    readonly target: string;
    readonly kind: string;
  } | null;
}

/** Trends whose values are times in milliseconds, in forms that do not say so. */
const TIMES =
  /^(?:http_req_(?!failed)|iteration_duration|group_duration|ws_|grpc_|browser_(?:http_req_duration|web_vital_(?!cls))|letitcrash_)/;
const DATA = /^(?:data_(?:sent|received)|browser_data_)/;

/** For a metric whose form does not say: k6's own metrics are known by name. */
export function unitByName(name: string, type: K6Metric['type']): K6Metric['unit'] {
  if (type === 'trend' && TIMES.test(name)) return 'ms';
  return DATA.test(name) ? 'bytes' : '';
}

/**
 * An impossible value, in words: k6 adds to counters, takes shares of one, and measures times forwards. Null if all values are possible.
 */
export function impossibleValue(metrics: K6Summary['metrics']): string | null {
  for (const [name, { type, unit, values }] of Object.entries(metrics))
    for (const [stat, value] of Object.entries(values)) {
      if (value === null) continue;
      const neverNegative = type === 'counter' || type === 'rate' || (type === 'trend' && unit === 'ms') || unit === 'bytes';
      if (value < 0 && (neverNegative || stat === 'count')) return `${name}: ${stat} is ${value}, but it cannot be below 0`;
      if (type === 'rate' && stat === 'rate' && value > 1) return `${name}: ${stat} is ${value}, but it cannot be above 1`;
    }
  return null;
}

/** Whether it measured anything: k6 prints zeros for a time without a sample. */
export function hasSamples(name: string, { type, values }: K6Metric): boolean {
  const told = Object.values(values).filter((value) => value !== null);
  if (told.length === 0) return false;
  if (type === 'rate' && values.passes != null && values.fails != null) return values.passes + values.fails > 0;
  if (type !== 'trend') return true;
  if (values.count != null) return values.count > 0;
  // Nothing takes no time at all, except for what k6 did not have to do (http_req_blocked, http_req_tls_handshaking).
  return !NEVER_ZERO.test(name) || told.some((value) => value !== 0);
}

const NEVER_ZERO =
  /^(?:http_req_duration|http_req_waiting|iteration_duration|group_duration|ws_session_duration|grpc_req_duration)/;
