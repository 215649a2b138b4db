/** Abort conditions: `error.rate > 50% for 5s`, read from a scenario before the run. Pure. */

import { type LiveMetricName, liveMetricNames, liveMetrics, requestMetricNames } from '../../evidence/metrics/live-metrics.ts';
import { parseLimit, SIGNS } from './condition.ts';
import { suggestion } from './did-you-mean.ts';
import type { AbortCondition, Comparator } from './plan.ts';
import type { PathSegment, ProblemCode } from './problem.ts';
import type { Reporter } from './reporter.ts';
import { parseDurationMs } from './units.ts';

/** Readings come once a second. */
const SHORTEST_MS = 1000;
const PATTERN = new RegExp(`^(\\S+?)\\s*(${SIGNS})\\s*(\\S+)\\s+for\\s+(\\S+)$`);
const EXAMPLE = 'a metric, a limit and for how long, like error.rate > 50% for 5s';

export interface AbortedLoad {
  /** Null if the load itself is invalid. */
  readonly durationMs: number | null;
  /** Whether there are messages, or only HTTP requests. */
  readonly of: 'messages' | 'requests';
}

/** The valid conditions, in order; every other one is reported. */
export function planAbort(written: string | readonly string[], load: AbortedLoad, reporter: Reporter): AbortCondition[] {
  const list = typeof written === 'string' ? [written] : written;
  return list.flatMap((text, index) => {
    const path: readonly PathSegment[] = typeof written === 'string' ? ['abort'] : ['abort', index];
    const parsed = parse(text.trim(), load);
    if ('metric' in parsed) return [parsed];
    reporter.report(parsed.code, path, parsed.message, parsed.remedy);
    return [];
  });
}

interface Refusal {
  readonly code: ProblemCode;
  readonly message: string;
  readonly remedy: string;
}

function parse(source: string, { durationMs, of }: AbortedLoad): AbortCondition | Refusal {
  const [, name, comparator, limitText, forText] = PATTERN.exec(source) ?? [];
  if (name === undefined || comparator === undefined || limitText === undefined || forText === undefined) {
    return { code: 'invalid', message: 'is not an abort condition', remedy: `write ${EXAMPLE}` };
  }
  if (!isLiveMetric(name)) {
    const remedy = suggestion(name, liveMetricNames, 'metrics of a running run');
    return { code: 'unknown-metric', message: `names ${name}, which is not measured during a run`, remedy };
  }
  if (of === 'requests' && !requestMetricNames.includes(name)) {
    const message = `names ${name}, which a load of HTTP requests alone does not measure`;
    return { code: 'unknown-metric', message, remedy: `one of ${requestMetricNames.join(', ')}` };
  }
  const { unit } = liveMetrics[name];
  const limit = parseLimit(unit, limitText);
  if (!limit.ok) return { code: 'unit', message: `has an invalid limit: ${limit.message}`, remedy: `write ${EXAMPLE}` };
  const lasting = parseDurationMs(forText);
  if (!lasting.ok) return { code: 'unit', message: `has an invalid duration: ${lasting.message}`, remedy: `write ${EXAMPLE}` };
  const longest = durationMs ?? Number.POSITIVE_INFINITY;
  if (lasting.value < SHORTEST_MS || lasting.value > longest) {
    const remedy = `at least 1s, since the condition is checked once a second${durationMs === null ? '' : `, and at most load.duration, ${durationMs}ms`}`;
    return { code: 'out-of-range', message: `asks for ${forText}`, remedy };
  }
  return { metric: name, comparator: comparator as Comparator, limit: limit.value, unit, forMs: lasting.value, source };
}

function isLiveMetric(name: string): name is LiveMetricName {
  return Object.hasOwn(liveMetrics, name);
}
