/** Which schedules are simpler than a given one: one of its faults is shorter, or has a simpler setting. Pure. */

import type { FaultPlan } from '../../plan/scenario/plan.ts';
import type { FaultBounds } from '../../run/faults/fault.ts';
import type { Choice, FaultRecipe } from './fault-arbitraries.ts';
import type { Schedule } from './schedule.ts';

/** Simplifies within what the kinds' recipes allow; a fault without a recipe is not changed. The largest simplifications come first. */
export function simplerSchedules(
  { seed, faults }: Schedule,
  recipes: readonly FaultRecipe[],
  bounds: FaultBounds,
): readonly Schedule[] {
  return faults.flatMap((fault, index) => {
    const recipe = recipes.find((candidate) => isOf(fault, candidate, bounds));
    const simpler = recipe === undefined ? [] : simplerFaults(fault, recipe, bounds);
    return simpler.map((instead) => ({ seed, faults: faults.with(index, instead) }));
  });
}

/** A kind may have several recipes; the recipe of a fault is the one with the same settings. */
function isOf({ kind, settings }: FaultPlan, recipe: FaultRecipe, bounds: FaultBounds): boolean {
  const keys = Object.keys(recipe.settings(bounds));
  return (
    recipe.kind === kind && keys.length === Object.keys(settings).length && keys.every((key) => Object.hasOwn(settings, key))
  );
}

function simplerFaults(fault: FaultPlan, { forMs, settings }: FaultRecipe, bounds: FaultBounds): readonly FaultPlan[] {
  const shorter = forMs === null || fault.forMs === null ? [] : lower(fault.forMs, forMs[0]);
  const simpler = Object.entries(settings(bounds)).flatMap(([key, choice]) =>
    simplerValues(choice, fault.settings[key]).map((value) => ({ ...fault, settings: { ...fault.settings, [key]: value } })),
  );
  return [...simpler, ...shorter.map((lastsMs) => ({ ...fault, forMs: lastsMs }))];
}

function simplerValues(choice: Choice, value: unknown): readonly unknown[] {
  if ('oneOf' in choice) {
    const at = choice.oneOf.indexOf(value);
    return at > 0 ? choice.oneOf.slice(0, 1) : [];
  }
  return typeof value === 'number' ? lower(value, choice.from) : [];
}

/** The lowest, and half way to it. */
function lower(value: number, lowest: number): readonly number[] {
  const half = Math.floor((value + lowest) / 2);
  return [lowest, half].filter((simpler, index, all) => simpler < value && all.indexOf(simpler) === index);
}
