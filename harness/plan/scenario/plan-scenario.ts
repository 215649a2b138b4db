/**
 * Turns a scenario's data into a Plan, or into every problem of it at once. Pure: the catalogue of targets and fault kinds, the overrides
 * and the seed are passed in.
 *
 * Sections are checked one by one and valid parts are kept, so that the checks across sections see as much as possible.
 */
import type { z } from 'zod';
import type { Capability } from '../../../targets/target.ts';
import { planAbort } from './abort-conditions.ts';
import { arrivalModel } from './arrival-model.ts';
import { type Catalogue, knownTargets, targetFacts } from './catalogue.ts';
import { suggestion } from './did-you-mean.ts';
import { parseExpectations } from './expectations.ts';
import { planFaults } from './fault-plan.ts';
import { planHttpBeside, planHttpLoad } from './http-plan.ts';
import { refuseOfK6 } from './k6-plan.ts';
import { planLoad } from './load-plan.ts';
import { planMemory } from './memory-plan.ts';
import { applyOverrides } from './overrides.ts';
import { K6_DRIVER, type Plan } from './plan.ts';
import { inFileOrder, type Problem, quoted } from './problem.ts';
import { parseLevel } from './recovery-level.ts';
import type { PlannedTarget, Reporter } from './reporter.ts';
import {
  abortSchema,
  expectSchema,
  faultsSchema,
  httpLoadSchema,
  httpSchema,
  type LoadSection,
  limitsSchema,
  loadSchema,
  memorySchema,
  recoverySchema,
  scenarioSchema,
  seedSchema,
  targetSchema,
  usersSchema,
} from './schema.ts';
import type { ScenarioSource } from './source.ts';
import { keysOf, problemsOf, unknownKey, valueAt } from './zod-problems.ts';

export interface PlanOptions {
  readonly catalogue: Catalogue;
  readonly overrides: readonly string[];
  /** From the command line: overrides the scenario's own. */
  readonly seed: number | null;
  /** Used if neither gives one. */
  readonly drawnSeed?: number;
}

export type PlanOutcome =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks everything and decides everything; `problems` are in the order of the file if they have lines. */
export function planScenario(given: ScenarioSource, options: PlanOptions): PlanOutcome {
  const { source, problems: overrideProblems } = applyOverrides(given, options.overrides);
  const problems: Problem[] = [...overrideProblems];
  const reporter: Reporter = {
    report(code, path, message, remedy) {
      const { value } = valueAt(source.data, path);
      problems.push({
        code,
        place: source.locate(path),
        value,
        message: value === undefined ? message : `${quoted(value)} ${message}`,
        remedy,
      });
    },
    add: (more) => problems.push(...more),
  };
  if (!isRecord(source.data)) {
    const nothing = source.data === null || source.data === undefined;
    reporter.add([
      {
        code: 'invalid',
        place: source.locate([]),
        value: source.data,
        message: nothing ? 'it is empty' : `${quoted(source.data)} is not a scenario`,
        remedy: 'a scenario is a map with name, target, users, load, faults and expect; letitcrash init writes one',
      },
    ]);
    return { ok: false, problems };
  }
  const plan = planSections(source, source.data, options, reporter);
  if (plan === null || problems.length > 0) return { ok: false, problems: inFileOrder(problems) };
  return { ok: true, plan };
}

function planSections(
  source: ScenarioSource,
  data: Record<string, unknown>,
  options: PlanOptions,
  reporter: Reporter,
): Plan | null {
  const known = Object.keys(scenarioSchema.shape);
  for (const key of Object.keys(data)) if (!known.includes(key)) reporter.add([unknownKey(source, [], key, known)]);
  const section = <S extends z.ZodType>(key: string, schema: S, fallback?: unknown): z.output<S> | null => {
    const parsed = schema.safeParse(data[key] === undefined || data[key] === null ? fallback : data[key]);
    if (parsed.success) return parsed.data;
    reporter.add(problemsOf(parsed.error, source, [key], (path) => keysOf(schema, path.slice(1))));
    return null;
  };
  const name = section('name', scenarioSchema.shape.name);
  const summary = section('summary', scenarioSchema.shape.summary);
  const target = planTarget(source, section('target', targetSchema, {}), options.catalogue, reporter);
  const seed = section('seed', seedSchema);
  // There are requests but no messages, so everything about messages is refused.
  const byK6 = isRecord(data.load) && data.load.driver === K6_DRIVER;
  const httpAlone = isRecord(data.load) && (data.load.driver === 'http' || (byK6 && data.load.requests !== undefined));
  const httpLoad = httpAlone ? section('load', httpLoadSchema) : null;
  const users = section('users', usersSchema);
  const loadSection = httpAlone ? null : section('load', loadSchema);
  const durationMs = (httpLoad ?? loadSection)?.duration ?? null;
  const faultSteps = section('faults', faultsSchema, []);
  const abort = planAbort(
    section('abort', abortSchema, []) ?? [],
    { durationMs, of: httpAlone ? 'requests' : 'messages' },
    reporter,
  );
  const expect = section('expect', expectSchema, {});
  const limits = section('limits', limitsSchema, {});
  const recoveryLevel = planLevel(section('recovery', recoverySchema, {})?.level, reporter);
  const memorySection = section('memory', memorySchema, {});
  const memory = memorySection === null ? null : planMemory(memorySection, reporter);

  const model = loadSection === null ? null : arrivalModel(loadSection);
  if (model !== null && !model.ok)
    for (const p of model.problems) reporter.report(p.code, ['load', ...p.path], p.message, p.remedy);
  const planned = loadSection !== null && model?.ok ? planLoad(loadSection, model.model, users, reporter) : null;
  if (planned !== null && target !== null)
    refuseTooLarge(source, planned.payloadBytes, { target, catalogue: options.catalogue }, reporter);
  const driver = byK6
    ? K6_DRIVER
    : httpAlone
      ? null
      : planDriver(loadSection?.driver ?? null, target, options.catalogue, reporter);
  const beside = data.http === undefined || data.http === null ? null : section('http', httpSchema);
  const around = { catalogue: options.catalogue, target };
  const alone = httpLoad === null ? null : planHttpLoad(httpLoad, around, reporter);
  const besides = beside === null || loadSection === null ? null : planHttpBeside(beside, loadSection.duration, around, reporter);
  if (loadSection !== null && !byK6) refuseOfTheProtocol(loadSection, driver, around, reporter);
  if (httpAlone) refuseWithoutMessages(data, reporter);
  if (byK6) refuseOfK6(data, { target, catalogue: options.catalogue, load: httpLoad ?? loadSection }, reporter);
  const faults = planFaults(
    { source, steps: faultSteps ?? [], catalogue: options.catalogue, users, target, durationMs },
    reporter,
  );
  const expectations = parseExpectations(expect ?? {}, {
    hasFaults: (faultSteps ?? []).length > 0,
    hasRepeats: (faultSteps ?? []).some((step) => isRecord(step) && step.repeat !== undefined),
    has: httpAlone ? 'requests' : byK6 ? 'k6' : data.http === undefined || data.http === null ? 'messages' : 'both',
  });
  for (const p of expectations.problems) {
    const path = ['expect', p.metric];
    if (p.code !== 'unknown-metric') reporter.report(p.code, path, p.message, p.remedy);
    else
      reporter.add([{ code: p.code, place: source.locate(path, true), value: p.metric, message: p.message, remedy: p.remedy }]);
  }

  if (name === null || target === null || users === null || limits === null || memory === null) return null;
  const messages = planned === null ? null : { ...planned, driver };
  const load = alone?.load ?? messages;
  if (load === null) return null;
  const needs = new Set<Capability>(faults.flatMap(({ kind }) => options.catalogue.faultKinds.get(kind)?.needs ?? []));
  if (target.nodes > 1) needs.add('multi-node');
  return {
    scenario: {
      name,
      sha256: source.sha256,
      summary: summaryOf(summary ?? source.summary, options.overrides),
      source: source.given,
      overrides: options.overrides,
    },
    seed: options.seed ?? seed ?? options.drawnSeed ?? 0,
    target: { ...target, needs: [...needs] },
    users,
    load,
    http: alone?.http ?? besides,
    memory,
    faults,
    abort,
    recoveryLevel,
    deliveryMustBeIntact: !httpAlone && !byK6 && expectations.deliveryMustBeIntact,
    expectations: expectations.expectations,
    limits: { lagP99Ms: limits.lag, drainMs: limits.drain, connectMs: limits.connect, presenceMs: limits.presence },
  };
}

/** Null if there is none, or if it cannot be read, which is reported. */
function planLevel(written: string | undefined, reporter: Reporter): Plan['recoveryLevel'] {
  if (written === undefined) return null;
  const parsed = parseLevel(written);
  if (parsed.ok) return parsed.level;
  reporter.report('invalid', ['recovery', 'level'], 'is not a level of service', parsed.message);
  return null;
}

/** Refuses a payload above what the target accepts: every message would be refused, and nothing measured. */
function refuseTooLarge(
  source: ScenarioSource,
  payloadBytes: number,
  { target, catalogue }: { readonly target: PlannedTarget; readonly catalogue: Catalogue },
  reporter: Reporter,
): void {
  const { use, nodes, durability, config } = target;
  const facts = targetFacts(catalogue, use) ?? knownTargets(catalogue).find(({ file }) => file === use);
  // Invalid settings have already been reported, and have no limits.
  if (facts === undefined || facts.checkConfig(config, { nodes, durability }).length > 0) return;
  const limits = facts.limits?.(config) ?? null;
  if (limits === null || payloadBytes <= limits.payloadBytes) return;
  const path = ['load', 'payload'];
  const said = valueAt(source.data, path).present ? '' : `${payloadBytes}B `;
  const remedy = `at most ${limits.payloadBytes}B${limits.payloadRemedy === null ? '' : `; or ${limits.payloadRemedy}`}`;
  reporter.report('impossible-load', path, `${said}is a larger payload than the target ${facts.name} accepts`, remedy);
}

/** Refuses sections about messages in a scenario that has none. */
function refuseWithoutMessages(data: Readonly<Record<string, unknown>>, reporter: Reporter): void {
  for (const key of ['faults', 'http', 'memory', 'recovery']) {
    const written = data[key];
    if (written === undefined || written === null || (Array.isArray(written) && written.length === 0)) continue;
    const message = 'does not apply to a load of HTTP requests alone, which has no messages to watch';
    reporter.report(
      'invalid',
      [key],
      message,
      'leave it out; or load messages, and write the requests beside them: http: { requests: [...] }',
    );
  }
}

function planTarget(
  source: ScenarioSource,
  section: z.output<typeof targetSchema> | null,
  catalogue: Catalogue,
  reporter: Reporter,
): PlannedTarget | null {
  if (section === null) return null;
  const { use, nodes, durability, owned, runtime, nodeFlags, ...config } = section;
  const facts = catalogue.targets.get(use);
  if (facts === undefined) {
    const names = knownTargets(catalogue).map(({ name }) => name);
    reporter.report('unknown-target', ['target', 'use'], 'is not a target', suggestion(use, names, 'targets'));
    return null;
  }
  if ('refused' in facts) {
    reporter.report('own-file', ['target', 'use'], facts.refused, facts.remedy);
    return null;
  }
  const ours = keysOf(targetSchema, []);
  for (const message of facts.checkConfig(config, { nodes, durability })) {
    const key =
      Object.keys(section).find((name) => message.startsWith(`${name}:`)) ??
      Object.keys(config).find((name) => message.includes(name));
    // A mistyped key of letitcrash looks to the target like an unknown setting.
    const mistyped = key === undefined || !Object.hasOwn(config, key) ? null : unknownKey(source, ['target'], key, ours);
    if (key !== undefined && mistyped?.remedy.startsWith('did you mean'))
      reporter.add([{ ...mistyped, remedy: `${mistyped.remedy}; ${message}` }]);
    else
      reporter.report(
        'target-config',
        key === undefined ? ['target'] : ['target', key],
        `is refused by the target ${use}`,
        message,
      );
  }
  if (!facts.durabilities.includes(durability)) {
    const path = ['target', 'durability'];
    const message = `${valueAt(source.data, path).present ? '' : `${durability} `}is not a durability of the target ${use}`;
    reporter.report('unsupported', path, message, `one of ${facts.durabilities.join(', ')}`);
  }
  if (nodes > 1 && !facts.capabilities.has('multi-node')) {
    reporter.report('unsupported', ['target', 'nodes'], `nodes are more than the target ${use} can run`, 'nodes: 1');
  }
  const oldest = facts.oldestNode ?? 0;
  if (runtime !== undefined && Number(/\d+/.exec(runtime)?.[0]) < oldest)
    reporter.report(
      'unsupported',
      ['target', 'runtime'],
      `is older than the target ${use} can run on`,
      `node@${oldest} or newer`,
    );
  for (const [key, asked] of [
    ['runtime', runtime !== undefined],
    ['nodeFlags', nodeFlags.length > 0],
  ] as const) {
    if (!asked || facts.capabilities.has('node-runtime')) continue;
    reporter.report(
      'unsupported',
      ['target', key],
      `does not apply to the target ${use}, which does not run on Node`,
      'leave it out',
    );
  }
  return { use: facts.file ?? use, nodes, durability, owned, runtime: runtime ?? null, nodeFlags, config };
}

/** The driver as a plan names it, a file by its absolute path; null means the target's own, which is checked too. */
function planDriver(
  written: string | null,
  target: PlannedTarget | null,
  catalogue: Catalogue,
  reporter: Reporter,
): string | null {
  const name = written ?? (target === null ? null : (targetFacts(catalogue, target.use)?.driver ?? null));
  if (name === null) return null;
  const facts = catalogue.drivers.get(name);
  const path = written === null ? ['target', 'use'] : ['load', 'driver'];
  const of = written === null ? `names the driver ${name}, which ` : '';
  if (facts === undefined) {
    const names = [...catalogue.drivers.keys()];
    reporter.report(
      'unknown-driver',
      path,
      `${of}is not a driver`,
      `${suggestion(name, names, 'drivers')}; or a file, like ./my-driver.ts`,
    );
    return null;
  }
  if ('refused' in facts) {
    reporter.report('own-file', path, `${of}${facts.refused}`, facts.remedy);
    return null;
  }
  return written === null ? null : (facts.file ?? written);
}

/** Refuses several devices for each user, and watching, if the protocol or the target does not support them. */
function refuseOfTheProtocol(
  { devices, watch = 0 }: Pick<LoadSection, 'devices' | 'watch'>,
  driver: string | null,
  { target, catalogue }: { readonly target: PlannedTarget | null; readonly catalogue: Catalogue },
  reporter: Reporter,
): void {
  const facts = target === null ? undefined : targetFacts(catalogue, target.use);
  const name = driver ?? facts?.driver;
  const speaks = name === undefined ? undefined : catalogue.drivers.get(name);
  if (facts === undefined || speaks === undefined || 'refused' in speaks) return;
  const refuse = (key: string, capability: 'devices' | 'presence', message: (who: string) => string, without: string): void => {
    const who = speaks[capability] ? `the target ${facts.name}` : `the driver ${speaks.name}`;
    const other = speaks[capability] ? `a target with the capability ${capability}` : `a driver that says ${capability}: true`;
    if (speaks[capability] && facts.capabilities.has(capability)) return;
    reporter.report('unsupported', ['load', key], message(who), `${without}; or ${other}`);
  };
  if (devices > 1)
    refuse(
      'devices',
      'devices',
      (who) => `devices for each user are not possible, since ${who} does not distinguish the devices of a user`,
      'devices: 1',
    );
  if (watch > 0)
    refuse(
      'watch',
      'presence',
      (who) => `contacts to watch are not possible, since ${who} does not support presence`,
      'watch: 0',
    );
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

/** What a scenario says about itself describes the file: if this run differs, the sentence says so. */
function summaryOf(summary: string, overrides: readonly string[]): string {
  return summary === '' || overrides.length === 0 ? summary : `${summary} (Changed in this run: ${overrides.join(', ')})`;
}
