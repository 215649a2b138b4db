/** A policy: turns its file's data into what the gate does, or into every problem of it at once. Pure. */

import { dirname, resolve } from 'node:path';
import type { Metric } from '../../evidence/metrics/metric.ts';
import { metrics as allMetrics } from '../../evidence/metrics/metrics.ts';
import { suggestion } from '../../plan/scenario/did-you-mean.ts';
import { parseExpectations } from '../../plan/scenario/expectations.ts';
import type { Expectation } from '../../plan/scenario/plan.ts';
import { inFileOrder, type Problem, quoted } from '../../plan/scenario/problem.ts';
import type { ScenarioSource } from '../../plan/scenario/source.ts';
import { keysOf, problemsOf, valueAt } from '../../plan/scenario/zod-problems.ts';
import { type ComparedMetricPolicy, comparedBy, DEFAULT_METRICS } from '../compare/compared-metrics.ts';
import { ALPHA, ALPHA_EQUIVALENT, DEFAULT_BLOCKS } from '../compare/looks.ts';
import { policySchema } from './policy-schema.ts';

export interface MetricPolicy {
  readonly name: string;
  /** The tolerated worsening: 0.05 for 5%. */
  readonly margin: number;
  readonly role: 'blocking' | 'advisory';
}

export interface Policy {
  /** As the user named the file; null for the built-in policy. */
  readonly source: string | null;
  /** Bundled name or path; null if the policy does not say. */
  readonly scenario: string | null;
  /** Null: those that compare chooses. */
  readonly metrics: readonly MetricPolicy[] | null;
  /** Absolute limits, only for the candidate. */
  readonly slo: readonly Expectation[];
  /** Fingerprint of the machine for which the absolute limits are; null: the one that the gate runs on. */
  readonly machine: string | null;
  /** How often a change that is no worse may fail the gate. */
  readonly alpha: number;
  /** How often a change that is worse by a margin may be called equivalent, which means not worse. */
  readonly alphaEquivalent: number;
  readonly blocks: number;
  /** For the whole comparison; null for no limit. */
  readonly budgetMs: number | null;
  /** Run in a checkout after its dependencies are installed; null if nothing needs to be built. */
  readonly build: readonly string[] | null;
}

export type PolicyOutcome =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Used if there is no policy file: the metrics and the error rate that compare chooses, without absolute limits. */
export const BUILT_IN_POLICY: Policy = {
  source: null,
  scenario: null,
  metrics: null,
  slo: [],
  machine: null,
  alpha: ALPHA,
  alphaEquivalent: ALPHA_EQUIVALENT,
  blocks: DEFAULT_BLOCKS,
  budgetMs: null,
  build: null,
};

/** What a policy has compared: its own metrics, else those that compare chooses. */
export function policyMetrics({ metrics }: Pick<Policy, 'metrics'>): readonly ComparedMetricPolicy[] {
  if (metrics === null) return DEFAULT_METRICS;
  return metrics.map(({ name, margin, role }) => comparedBy(name, margin, role));
}

/** A metric that is a number and has a worse direction can become worse by some amount. */
export function comparable({ unit }: Pick<Metric, 'unit'>): boolean {
  return unit !== 'truth' && unit !== 'count';
}

/** Checks everything; problems are in the order of the file. */
export function parsePolicy(source: ScenarioSource): PolicyOutcome {
  const parsed = policySchema.safeParse(source.data);
  const problems: Problem[] = parsed.success ? [] : problemsOf(parsed.error, source, [], (path) => keysOf(policySchema, path));
  // Names are checked in the text as written, so that an invalid margin does not hide an invalid name.
  problems.push(...metricNames(source));
  const slo = parseSlo(source);
  problems.push(...slo.problems);
  if (!parsed.success || problems.length > 0) return { ok: false, problems: inFileOrder(problems) };
  const { scenario, metrics, machine, alpha, alphaEquivalent, blocks, budget, build } = parsed.data;
  return {
    ok: true,
    policy: {
      source: source.given,
      scenario: scenario === undefined ? null : beside(source.given, scenario),
      metrics: metrics === undefined ? null : Object.entries(metrics).map(([name, given]) => metricPolicy(name, given)),
      slo: slo.expectations,
      machine: machine ?? null,
      alpha,
      alphaEquivalent,
      blocks,
      budgetMs: budget ?? null,
      build: build ?? null,
    },
  };
}

/** A path is relative to the policy's folder; a bare name is a bundled scenario. */
function beside(policy: string, scenario: string): string {
  return /^[A-Za-z0-9_-]+$/.test(scenario) ? scenario : resolve(dirname(policy), scenario);
}

function metricPolicy(name: string, given: number | Omit<MetricPolicy, 'name'>): MetricPolicy {
  return typeof given === 'number' ? { name, margin: given, role: 'blocking' } : { name, ...given };
}

function metricNames(source: ScenarioSource): Problem[] {
  const { value } = valueAt(source.data, ['metrics']);
  if (!isRecord(value)) return [];
  const names = [...allMetrics.values()].filter(comparable).map(({ name }) => name);
  const written = Object.keys(value);
  const problems = written.flatMap((name): Problem[] => {
    const metric = allMetrics.get(name);
    const place = source.locate(['metrics', name], true);
    if (metric === undefined) {
      const remedy = suggestion(name, names, 'metrics to compare');
      return [{ code: 'unknown-metric', place, value: name, message: 'there is no metric of this name', remedy }];
    }
    if (comparable(metric)) return [];
    const message = `${quoted(name)} cannot be compared as a ratio`;
    return [{ code: 'invalid', place, value: name, message, remedy: `set a limit for it: slo: { ${name}: ... }` }];
  });
  const place = source.locate(['metrics']);
  if (written.length === 0)
    problems.push({
      code: 'invalid',
      place,
      value,
      message: 'names no metric',
      remedy: 'name one like response.p99: 10%, or leave metrics out',
    });
  return problems;
}

function parseSlo(source: ScenarioSource): {
  readonly expectations: readonly Expectation[];
  readonly problems: readonly Problem[];
} {
  const { value } = valueAt(source.data, ['slo']);
  // The schema complains about anything but a map of conditions.
  const written = isRecord(value) ? Object.entries(value).filter(([, limit]) => isLimit(limit)) : [];
  const parsed = parseExpectations(Object.fromEntries(written) as Record<string, string | number | boolean>, {
    hasFaults: true,
    hasRepeats: true,
  });
  const problems = parsed.problems.map(({ code, metric, message, remedy }): Problem => {
    const limit = valueAt(source.data, ['slo', metric]).value;
    const unknown = code === 'unknown-metric';
    const place = source.locate(['slo', metric], unknown);
    return { code, place, value: unknown ? metric : limit, message: unknown ? message : `${quoted(limit)} ${message}`, remedy };
  });
  if (parsed.deliveryMustBeIntact) return { expectations: parsed.expectations, problems };
  const place = source.locate(['slo', 'delivery']);
  const message = '"observed" is only for scenarios: a policy cannot excuse lost messages';
  const refused: Problem = { code: 'invalid', place, value: 'observed', message, remedy: 'leave it out' };
  return {
    expectations: parsed.expectations,
    problems: problems.some(({ place: at }) => at.path === place.path) ? problems : [...problems, refused],
  };
}

function isLimit(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
