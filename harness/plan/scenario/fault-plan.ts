/** The fault schedule of a Plan: checks each step against its kind, the target's capabilities and the time of the load. Pure. */
import type { z } from 'zod';
import { type Catalogue, type FaultKindFacts, knownTargets, targetFacts } from './catalogue.ts';
import { suggestion } from './did-you-mean.ts';
import type { FaultPlan } from './plan.ts';
import type { PathSegment } from './problem.ts';
import { occurrences } from './repeats.ts';
import type { PlannedTarget, Reporter } from './reporter.ts';
import { type FaultSection, faultSchema, MAX_FAULTS } from './schema.ts';
import type { ScenarioSource } from './source.ts';
import { keysOf, problemsOf, valueAt } from './zod-problems.ts';

/** A file's schedule, where it is read, and what is known of the rest of the scenario; null where that is itself wrong. */
export interface Schedule {
  readonly source: ScenarioSource;
  readonly steps: readonly unknown[];
  readonly catalogue: Catalogue;
  readonly users: number | null;
  readonly target: PlannedTarget | null;
  readonly durationMs: number | null;
}

/** One step of it, of a kind that there is. */
interface Step {
  readonly section: FaultSection;
  readonly kind: FaultKindFacts;
  readonly path: readonly PathSegment[];
}

/** The valid steps, in the order of the file, with each repeat; every other step is reported. */
export function planFaults(schedule: Schedule, reporter: Reporter): FaultPlan[] {
  const { source, steps, catalogue, durationMs } = schedule;
  const planned = steps.flatMap((step, index) => {
    const path: readonly PathSegment[] = ['faults', index];
    const parsed = faultSchema.safeParse(step);
    if (!parsed.success) {
      reporter.add(problemsOf(parsed.error, source, path, () => keysOf(faultSchema, [])));
      return [];
    }
    const kind = catalogue.faultKinds.get(parsed.data.kind);
    if (kind === undefined) {
      const remedy = suggestion(parsed.data.kind, [...catalogue.faultKinds.keys()], 'fault kinds');
      reporter.report('unknown-fault', [...path, 'kind'], 'is not a fault kind', remedy);
      return [];
    }
    const checked: Step = { section: parsed.data, kind, path };
    checkTime(checked, durationMs, reporter);
    checkCapabilities(checked, schedule, reporter);
    const settings = checkSettings(checked, schedule, reporter);
    if (settings === null) return [];
    const { at, kind: name, for: lasts, repeat, every } = parsed.data;
    const fault: FaultPlan = { id: `${name}-${index + 1}`, atMs: at, kind: name, forMs: lasts ?? null, settings };
    return repeat === undefined || every === undefined ? [fault] : occurrences(fault, repeat, every);
  });
  if (planned.length > MAX_FAULTS) {
    const message = `add up to ${planned.length} faults with their repeats`;
    reporter.report('impossible-fault', ['faults'], message, `at most ${MAX_FAULTS}, counting each repeat`);
  }
  return planned;
}

function checkTime({ section: step, kind, path }: Step, durationMs: number | null, reporter: Reporter): void {
  if (step.for !== undefined && kind.duration === 'none') {
    reporter.report('impossible-fault', [...path, 'for'], `has no meaning: ${step.kind} is over at once`, 'leave out for');
  }
  const repeats = checkRepeat(step, path, reporter);
  if (durationMs === null) return;
  if (step.at >= durationMs) {
    reporter.report(
      'impossible-fault',
      [...path, 'at'],
      'is after the end of the load',
      `a time below load.duration, ${durationMs}ms`,
    );
  } else if (step.at + (step.for ?? 0) > durationMs) {
    const remedy = `at + for within load.duration, ${durationMs}ms: a fault that outlasts the load cannot be seen to heal`;
    reporter.report('impossible-fault', [...path, 'for'], 'ends after the load', remedy);
  } else if (repeats !== null && step.at + (repeats.repeat - 1) * repeats.everyMs + (step.for ?? 0) >= durationMs) {
    const room = durationMs - step.at - (step.for ?? 0);
    const fitting = Math.ceil(room / repeats.everyMs);
    const needed = step.at + (repeats.repeat - 1) * repeats.everyMs + (step.for ?? 0);
    const remedy = `a load.duration above ${needed}ms${fitting < 2 ? '' : `, or repeat: ${fitting}`}: the last must be over before the load ends`;
    reporter.report('impossible-fault', [...path, 'repeat'], `times every ${repeats.everyMs}ms ends after the load`, remedy);
  }
}

/** The repeats that a step asks for; null if it is played once, or if it asks for the impossible. */
function checkRepeat(
  step: FaultSection,
  path: readonly PathSegment[],
  reporter: Reporter,
): { readonly repeat: number; readonly everyMs: number } | null {
  const { repeat, every, for: lasts } = step;
  if (repeat === undefined && every === undefined) return null;
  if (repeat === undefined) {
    reporter.report('impossible-fault', [...path, 'every'], 'says how often, but not how many times', 'add repeat: 20');
    return null;
  }
  if (every === undefined) {
    reporter.report('impossible-fault', [...path, 'repeat'], 'times, but not how often', 'add every: 2s');
    return null;
  }
  if (lasts !== undefined && every <= lasts) {
    const remedy = `longer than for, ${lasts}ms, and long enough to recover: each must be over before the next`;
    reporter.report('impossible-fault', [...path, 'every'], 'starts the next one before this one is undone', remedy);
    return null;
  }
  return { repeat, everyMs: every };
}

function checkCapabilities({ section, kind, path }: Step, { catalogue, target }: Schedule, reporter: Reporter): void {
  const facts = target === null ? undefined : targetFacts(catalogue, target.use);
  if (facts === undefined) return;
  const absent = kind.needs.filter((need) => !facts.capabilities.has(need));
  if (absent.length === 0) return;
  const able = knownTargets(catalogue).filter((other) => kind.needs.every((need) => other.capabilities.has(need)));
  const remedy =
    able.length === 0 ? 'no target can' : `targets that can ${section.kind}: ${able.map((other) => other.name).join(', ')}`;
  reporter.report(
    'unsupported',
    [...path, 'kind'],
    `is not supported by the target ${facts.name}, which lacks ${absent.join(', ')}`,
    remedy,
  );
}

function checkSettings(
  { section, kind, path }: Step,
  { source, catalogue, users, target }: Schedule,
  reporter: Reporter,
): Readonly<Record<string, unknown>> | null {
  const { at: _at, kind: _kind, for: _for, repeat: _repeat, every: _every, ...written } = section;
  const settings = kind.settings.safeParse(written);
  if (!settings.success) {
    const known = [...keysOf(faultSchema, []), ...keysOf(kind.settings as z.ZodType, [])];
    reporter.add(problemsOf(settings.error, source, path, () => known));
    return null;
  }
  // As written, because the kind reads the settings again and refuses 2000 where it reads `2s`; what was not written has its default.
  const asWritten = { ...(settings.data as Readonly<Record<string, unknown>>), ...written };
  if (users !== null && target !== null) {
    const capabilities = targetFacts(catalogue, target.use)?.capabilities ?? new Set();
    const bounds = { users, nodes: target.nodes, capabilities };
    for (const problem of kind.check(asWritten, bounds)) {
      const at = [...path, problem.key];
      const { value } = valueAt(source.data, at);
      const place = source.locate(at);
      reporter.add([{ code: 'impossible-fault', place, value, message: problem.message, remedy: problem.remedy }]);
    }
  }
  return asWritten;
}
