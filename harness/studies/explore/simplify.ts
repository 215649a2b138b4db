/** Greedy simplification: repeatedly takes the first simpler value that still fails. Generic, without I/O of its own. */
import type { Fails } from './ddmin.ts';

/** More steps than any schedule has simplifications: a `simpler` that runs in circles must end too. */
const MAX_STEPS = 1_000;

/**
 * A value, reached from `value` through `simpler`, none of whose own simpler values fails. When `goOn` returns false, the simplest found so
 * far is returned at once. `simpler` lists what to try, the largest simplification first, and each must come closer to an end.
 */
export async function simplify<Value>(
  value: Value,
  simpler: (value: Value) => readonly Value[],
  fails: Fails<Value>,
  goOn: () => boolean = () => true,
): Promise<Value> {
  let simplest = value;
  for (let step = 0; step < MAX_STEPS && goOn(); step += 1) {
    const next = await firstFailing(simpler(simplest), fails, goOn);
    if (next === null) break;
    simplest = next.value;
  }
  return simplest;
}

async function firstFailing<Value>(
  candidates: readonly Value[],
  fails: Fails<Value>,
  goOn: () => boolean,
): Promise<{ readonly value: Value } | null> {
  for (const value of candidates) if (goOn() && (await fails(value))) return { value };
  return null;
}
