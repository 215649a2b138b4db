/** The bundled targets. A new target needs one more line here. */
import { calibrated } from './calibrated/target.ts';
import { reference } from './reference/target.ts';
import type { Target } from './target.ts';

export const targets: readonly Target[] = [reference, calibrated];

/** The target of this name, or undefined. */
export function findTarget(name: string): Target | undefined {
  return targets.find((target) => target.name === name);
}
