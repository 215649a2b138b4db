/** Expectations: read from a scenario's `expect` section before the run, judged against its Result afterwards. Pure. */

import type { Metric } from '../../evidence/metrics/metric.ts';
import type { MetricUnit } from '../../evidence/metrics/metric-unit.ts';
import { metrics } from '../../evidence/metrics/metrics.ts';
import type { Result } from '../../evidence/result/result.ts';
import { meets, parseLimit, SIGNS } from './condition.ts';
import { suggestion } from './did-you-mean.ts';
import type { Comparator, Expectation, Plan } from './plan.ts';
import { CONDITION } from './schema.ts';

export type Check = Result['checks'][number];

interface ExpectationProblem {
  readonly code: 'unknown-metric' | 'invalid' | 'unit';
  readonly metric: string;
  readonly message: string;
  readonly remedy: string;
}

export interface ParsedExpectations {
  readonly deliveryMustBeIntact: boolean;
  readonly expectations: readonly Expectation[];
  readonly problems: readonly ExpectationProblem[];
}

const CONDITION_PATTERN = new RegExp(`^(${SIGNS})\\s*(\\S.*)$`);

const UNIT_EXAMPLE: Readonly<Record<MetricUnit, string>> = {
  us: '"< 50ms"',
  ms: '"< 2s"',
  bytes: '"< 20KB"',
  '/s': '"> 1900/s"',
  share: '"< 1%"',
  count: '"= 0"',
  truth: 'true',
};

/** Parses every entry; a scenario without `delivery` demands intact delivery. */
export function parseExpectations(
  section: Readonly<Record<string, string | number | boolean>>,
  schedule: {
    readonly hasFaults: boolean;
    readonly hasRepeats: boolean;
    /** What the load consists of; if absent, anything. */
    readonly has?: 'messages' | 'requests' | 'both' | 'k6';
  },
): ParsedExpectations {
  const expectations: Expectation[] = [];
  const problems: ExpectationProblem[] = [];
  let deliveryMustBeIntact = true;
  for (const [name, written] of Object.entries(section)) {
    if (name === 'delivery' && schedule.has === 'requests') {
      const message = 'is about messages, but this scenario has none to account for';
      problems.push({
        code: 'invalid',
        metric: name,
        message,
        remedy: 'leave it out; http.errors is the share of requests that failed',
      });
      continue;
    }
    if (name === 'delivery' && schedule.has === 'k6' && written !== 'observed') {
      const message = 'cannot be judged with k6, which keeps no ledger';
      problems.push({ code: 'invalid', metric: name, message, remedy: 'observed, as in --set expect.delivery=observed' });
      continue;
    }
    if (name === 'delivery') {
      if (written !== 'intact' && written !== 'observed') {
        problems.push({
          code: 'invalid',
          metric: name,
          message: 'is neither intact nor observed',
          remedy: 'intact (the default) or observed',
        });
      }
      deliveryMustBeIntact = written !== 'observed';
      continue;
    }
    const metric = metrics.get(name);
    if (metric === undefined) {
      const remedy = suggestion(name, ['delivery', ...metrics.keys()], 'metrics');
      problems.push({ code: 'unknown-metric', metric: name, message: 'there is no metric of this name', remedy });
      continue;
    }
    if (metric.needs === 'repeats' && schedule.hasFaults && !schedule.hasRepeats) {
      const message = 'is about the repeats of a fault, but this scenario repeats none';
      problems.push({
        code: 'invalid',
        metric: name,
        message,
        remedy: 'give a fault repeat: 20 and every: 2s, or leave out the last part of the name',
      });
      continue;
    }
    if (schedule.has === 'requests' && !metric.loads.includes('requests')) {
      const message = 'is about messages, but this scenario has none';
      problems.push({ code: 'invalid', metric: name, message, remedy: 'http.p99, http.rate, http.errors or service.p99' });
      continue;
    }
    if (schedule.has === 'k6' && !metric.loads.includes('k6')) {
      const message = 'is not measured by k6';
      problems.push({
        code: 'invalid',
        metric: name,
        message,
        remedy: 'response.p99, service.p99, lag.p99, delivery.p99 or errors; or leave it out',
      });
      continue;
    }
    if (metric.needs === 'http') {
      if (schedule.has === 'messages') {
        const message = 'needs an HTTP load, but this scenario has none';
        problems.push({
          code: 'invalid',
          metric: name,
          message,
          remedy: 'add http: { requests: [...] }, or leave this expectation out',
        });
        continue;
      }
    } else if (metric.needs !== 'nothing' && !schedule.hasFaults) {
      const message = 'needs a fault to recover from, but this scenario has none';
      problems.push({ code: 'invalid', metric: name, message, remedy: 'add a fault, or leave this expectation out' });
      continue;
    }
    const parsed = parseCondition(metric, written);
    if ('comparator' in parsed) expectations.push(parsed);
    else problems.push({ ...parsed, metric: name });
  }
  return { deliveryMustBeIntact, expectations, problems };
}

function parseCondition(metric: Metric, written: string | number | boolean): Expectation | Omit<ExpectationProblem, 'metric'> {
  const example = UNIT_EXAMPLE[metric.unit];
  const source = String(written);
  const base = { metric: metric.name, unit: metric.unit, source };
  if (metric.unit === 'truth') {
    if (typeof written !== 'boolean') return { code: 'invalid', message: 'must be true or false', remedy: 'true or false' };
    return { ...base, comparator: '=', limit: written ? 1 : 0 };
  }
  const match = CONDITION_PATTERN.exec(source.trim());
  if (match?.[1] === undefined || match[2] === undefined) {
    return { code: 'invalid', message: 'is not a condition', remedy: `${CONDITION}; for ${metric.name} write ${example}` };
  }
  const limit = parseLimit(metric.unit, match[2]);
  if (!limit.ok) return { code: 'unit', message: `has an invalid limit: ${limit.message}`, remedy: `for example ${example}` };
  return { ...base, comparator: match[1] as Comparator, limit: limit.value };
}

/**
 * One check for each expectation, in the order of the scenario; `result.checks` is not read. Delivery is not a number to compare: the
 * verdict judges it by its properties.
 */
export function evaluateExpectations(plan: Pick<Plan, 'expectations'>, result: Result): Check[] {
  return plan.expectations.map(({ metric, comparator, limit, unit, source }) => {
    const known = metrics.get(metric);
    // A figure that is not resolved meets a limit if its whole interval lies below it, and is otherwise unknown.
    const atMost = known?.atMost?.(result) ?? null;
    const isBounded = atMost !== null && (comparator === '<' || comparator === '<=') && meets(atMost, comparator, limit);
    const actual = isBounded ? atMost : (known?.read(result) ?? null);
    const isNever = actual === null && known?.isNever?.(result) === true;
    const check = { name: `${metric} ${source.trim()}`, pass: meets(actual, comparator, limit), actual, limit, unit };
    return isNever ? { ...check, never: true } : check;
  });
}
