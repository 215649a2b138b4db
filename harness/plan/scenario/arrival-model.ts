/** The arrival model of a `load` section: which keys each model takes, its highest rate and its total. Pure. */
import type { ArrivalModel } from './plan.ts';
import type { LoadSection, ModelKind } from './schema.ts';

type ModelKey = 'rate' | 'from' | 'to' | 'steps' | 'base' | 'peak' | 'at' | 'for';

const KEYS: Readonly<Record<ModelKind, readonly ModelKey[]>> = {
  constant: ['rate'],
  poisson: ['rate'],
  ramp: ['from', 'to'],
  step: ['steps'],
  spike: ['base', 'peak', 'at', 'for'],
};
const ALL_KEYS: readonly ModelKey[] = ['rate', 'from', 'to', 'steps', 'base', 'peak', 'at', 'for'];

const EXAMPLES: Readonly<Record<ModelKind, string>> = {
  constant: '{ model: constant, rate: 2000/s }',
  poisson: '{ model: poisson, rate: 2000/s }',
  ramp: '{ model: ramp, from: 100/s, to: 5000/s }',
  step: '{ model: step, steps: [{ at: 0s, rate: 1000/s }, { at: 10s, rate: 2000/s }] }',
  spike: '{ model: spike, base: 500/s, peak: 5000/s, at: 10s, for: 2s }',
};

interface ModelProblem {
  readonly code: 'missing' | 'invalid' | 'impossible-load';
  /** A path inside `load`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}

export type ModelOutcome =
  | { readonly ok: true; readonly model: ArrivalModel }
  | { readonly ok: false; readonly problems: readonly ModelProblem[] };

/** Builds the model, or says which of its keys are missing, superfluous or impossible. */
export function arrivalModel(load: LoadSection): ModelOutcome {
  const problems: ModelProblem[] = [];
  const kind = load.model;
  const remedy = `${kind} takes ${KEYS[kind].join(', ')}: load: ${EXAMPLES[kind]}`;
  for (const key of ALL_KEYS) {
    const belongs = KEYS[kind].includes(key);
    if (belongs && load[key] === undefined) {
      problems.push({ code: 'missing', path: [key], message: `is missing, and the arrival model ${kind} needs it`, remedy });
    } else if (!belongs && load[key] !== undefined) {
      problems.push({ code: 'invalid', path: [key], message: `does not belong to the arrival model ${kind}`, remedy });
    }
  }
  if (problems.length === 0) problems.push(...shapeProblems(load));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, model: build(load) };
}

function shapeProblems(load: LoadSection): ModelProblem[] {
  const impossible = (path: readonly (string | number)[], message: string, remedy: string): ModelProblem => ({
    code: 'impossible-load',
    path,
    message,
    remedy,
  });
  const problems: ModelProblem[] = [];
  if (load.model === 'ramp' && load.from === 0 && load.to === 0) {
    problems.push(impossible(['to'], 'a ramp from 0/s to 0/s sends nothing', 'give from or to a rate above 0'));
  }
  if (load.model === 'step') {
    const steps = load.steps ?? [];
    if (steps[0]?.at !== 0) problems.push(impossible(['steps', 0, 'at'], 'the first step does not begin the load', 'at: 0s'));
    for (const [i, step] of steps.entries()) {
      const before = steps[i - 1];
      const path = ['steps', i, 'at'];
      if (before !== undefined && step.at <= before.at)
        problems.push(impossible(path, 'is not after the previous step', 'put the steps in order'));
      if (step.at >= load.duration)
        problems.push(impossible(path, 'begins after the load has ended', `a time below ${load.duration}ms`));
    }
    if (steps.every((step) => step.rate === 0))
      problems.push(impossible(['steps'], 'no step sends anything', 'give at least one rate above 0'));
  }
  if (load.model === 'spike') {
    const { at = 0, for: lasts = 0, base = 0, peak = 0 } = load;
    if (peak <= base) problems.push(impossible(['peak'], 'is not above the base', `a rate above ${base}/s`));
    if (at + lasts > load.duration) {
      problems.push(impossible(['for'], 'ends after the load has ended', `at + for within ${load.duration}ms`));
    }
  }
  return problems;
}

function build(load: LoadSection): ArrivalModel {
  switch (load.model) {
    case 'constant':
    case 'poisson':
      return { kind: load.model, ratePerSecond: load.rate ?? 0 };
    case 'ramp':
      return { kind: 'ramp', fromPerSecond: load.from ?? 0, toPerSecond: load.to ?? 0 };
    case 'step':
      return { kind: 'step', steps: (load.steps ?? []).map((step) => ({ atMs: step.at, ratePerSecond: step.rate })) };
    case 'spike':
      return {
        kind: 'spike',
        basePerSecond: load.base ?? 0,
        peakPerSecond: load.peak ?? 0,
        atMs: load.at ?? 0,
        forMs: load.for ?? 0,
      };
  }
}

/** Highest rate the model asks for, per second. */
export function peakRate(model: ArrivalModel): number {
  switch (model.kind) {
    case 'constant':
    case 'poisson':
      return model.ratePerSecond;
    case 'ramp':
      return Math.max(model.fromPerSecond, model.toPerSecond);
    case 'step':
      return Math.max(...model.steps.map((step) => step.ratePerSecond));
    case 'spike':
      return Math.max(model.basePerSecond, model.peakPerSecond);
  }
}

/** How many messages the model means to send in `durationMs`: the mean, for Poisson arrivals. */
export function expectedMessages(model: ArrivalModel, durationMs: number): number {
  const seconds = durationMs / 1000;
  switch (model.kind) {
    case 'constant':
    case 'poisson':
      return model.ratePerSecond * seconds;
    case 'ramp':
      return ((model.fromPerSecond + model.toPerSecond) / 2) * seconds;
    case 'step':
      return model.steps.reduce((sum, step, i) => {
        const endMs = model.steps[i + 1]?.atMs ?? durationMs;
        return sum + (step.ratePerSecond * Math.max(0, Math.min(endMs, durationMs) - step.atMs)) / 1000;
      }, 0);
    case 'spike':
      return model.basePerSecond * seconds + ((model.peakPerSecond - model.basePerSecond) * model.forMs) / 1000;
  }
}
