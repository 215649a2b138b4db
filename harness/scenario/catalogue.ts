/** What planning needs to know about the world: which targets and which fault kinds there are. */
import type { ZodType } from 'zod';
import type { Capability, Target } from '../../targets/target.ts';

export type TargetFacts = Pick<Target, 'name' | 'driver' | 'capabilities' | 'durabilities' | 'checkConfig'>;

/** What planning knows of a fault kind; the kinds of harness/faults are all of this shape. */
export interface FaultKindFacts {
  /** Schema of everything in a step but `at`, `kind` and `for`. */
  readonly settings: ZodType<unknown>;
  readonly needs: readonly Capability[];
  /** Whether a step may say `for`, and whether it is undone without (`open`: it is not). */
  readonly duration: 'none' | 'optional' | 'open';
  /** What is impossible about checked settings in a run of this size; `key` is inside the step. */
  check(
    settings: unknown,
    bounds: { readonly users: number; readonly nodes: number; readonly capabilities: ReadonlySet<Capability> },
  ): readonly { readonly key: string; readonly message: string; readonly remedy: string }[];
}

export interface Catalogue {
  readonly targets: ReadonlyMap<string, TargetFacts>;
  readonly faultKinds: ReadonlyMap<string, FaultKindFacts>;
}
