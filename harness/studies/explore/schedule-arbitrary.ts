/** Schedules as a fast-check arbitrary, from the recipes of the kinds that may be drawn. Values are plain data. */
import fc from 'fast-check';
import type { FaultPlan } from '../../plan/scenario/plan.ts';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import type { FaultBounds } from '../../run/faults/fault.ts';
import type { Choice, FaultRecipe } from './fault-arbitraries.ts';
import { inOrder, type Schedule } from './schedule.ts';

/** Times are multiples of this: finer ones make no difference to a server, and are harder to read. */
const GRID_MS = 50;

export interface ScheduleBounds extends FaultBounds {
  /** Length of the load; every fault is injected and, by its `for`, over within it. */
  readonly durationMs: number;
  readonly maxFaults: number;
}

/** @throws RangeError when there is no recipe to draw from. */
export function scheduleArbitrary(recipes: readonly FaultRecipe[], bounds: ScheduleBounds): fc.Arbitrary<Schedule> {
  if (recipes.length === 0) throw new RangeError('there is no kind of fault to draw from');
  const fault = fc.oneof(...recipes.map((recipe) => ({ weight: recipe.weight, arbitrary: faultArbitrary(recipe, bounds) })));
  return fc
    .record({
      // Every seed is as good as any other: fast-check's preference for small ones would repeat the same few loads.
      seed: fc.noBias(fc.integer({ min: 0, max: MAX_SEED })),
      faults: fc.array(fault, { maxLength: bounds.maxFaults, size: 'max' }),
    })
    .map(({ seed, faults }) => inOrder(seed, onceOnly(faults, recipes)));
}

/** Without the later ones of the kinds that may occur only once. */
function onceOnly<Fault extends { readonly kind: string }>(faults: readonly Fault[], recipes: readonly FaultRecipe[]): Fault[] {
  const once = new Set(recipes.filter((recipe) => recipe.once).map(({ kind }) => kind));
  return faults.filter((fault, index) => !once.has(fault.kind) || faults.findIndex(({ kind }) => kind === fault.kind) === index);
}

function faultArbitrary({ kind, forMs, settings }: FaultRecipe, bounds: ScheduleBounds): fc.Arbitrary<Omit<FaultPlan, 'id'>> {
  const { durationMs } = bounds;
  const [shortest, longest] = forMs ?? [0, 0];
  const latestMs = Math.max(0, durationMs - Math.max(GRID_MS, shortest));
  return fc
    .record({
      atMs: gridded(0, latestMs),
      lastsMs: gridded(shortest, Math.min(longest, durationMs)),
      settings: fc.record(mapValues(settings(bounds), choiceArbitrary)),
    })
    .map(({ atMs, lastsMs, settings }) => ({
      kind,
      atMs,
      forMs: forMs === null ? null : Math.min(lastsMs, durationMs - atMs),
      settings,
    }));
}

function gridded(lowMs: number, highMs: number): fc.Arbitrary<number> {
  return fc.integer({ min: Math.ceil(lowMs / GRID_MS), max: Math.floor(highMs / GRID_MS) }).map((steps) => steps * GRID_MS);
}

function choiceArbitrary(choice: Choice): fc.Arbitrary<unknown> {
  return 'oneOf' in choice ? fc.constantFrom(...choice.oneOf) : fc.integer({ min: choice.from, max: choice.to });
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, change: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
