/** Which fault kinds an exploration may draw: those with a recipe that this target, at this size, supports. Pure. */
import type { Capability } from '../../../targets/target.ts';
import { type FaultRecipe, faultRecipes } from './fault-arbitraries.ts';

export interface Subject {
  readonly capabilities: ReadonlySet<Capability>;
  readonly nodes: number;
}

/** What a kind of the catalogue needs. */
export type KindNeeds = ReadonlyMap<string, { readonly needs: readonly Capability[] }>;

/** The recipes that apply; only those in `wanted`, unless that is null. */
export function drawableKinds(
  { capabilities, nodes }: Subject,
  kinds: KindNeeds,
  wanted: readonly string[] | null,
): FaultRecipe[] {
  return faultRecipes.filter(({ kind, minNodes }) => {
    const needs = kinds.get(kind)?.needs;
    const able = needs?.every((need) => capabilities.has(need)) ?? false;
    return able && nodes >= minNodes && (wanted === null || wanted.includes(kind));
  });
}
