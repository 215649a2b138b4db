/** What planning needs to know about the world: which targets and which fault kinds exist. */
import type { ZodType } from 'zod';
import type { Capability, Target } from '../../../targets/target.ts';

export interface TargetFacts
  extends Pick<Target, 'name' | 'driver' | 'capabilities' | 'durabilities' | 'checkConfig' | 'limits' | 'oldestNode'> {
  /** Absolute path of the user's file from which it comes; a bundled one has none. */
  readonly file?: string;
}

export interface DriverFacts {
  readonly name: string;
  /** Whether its protocol distinguishes several devices of a user. */
  readonly devices: boolean;
  /** Whether its sessions can watch others' presence. */
  readonly presence: boolean;
  /** As for a target. */
  readonly file?: string;
}

/** A user's file that a scenario names and that cannot be used, with the reason in words. */
export interface Refused {
  readonly refused: string;
  readonly remedy: string;
}

/** What planning knows about a fault kind; the kinds of harness/run/faults all have this shape. */
export interface FaultKindFacts {
  /** Schema of everything in a step but `at`, `kind` and `for`. */
  readonly settings: ZodType<unknown>;
  readonly needs: readonly Capability[];
  /** Whether a step may say `for`, and whether it is undone without it (`open`: it is not). */
  readonly duration: 'none' | 'optional' | 'open';
  /** What is impossible about checked settings in a run of this size; `key` is a key of the step. */
  check(
    settings: unknown,
    bounds: { readonly users: number; readonly nodes: number; readonly capabilities: ReadonlySet<Capability> },
  ): readonly { readonly key: string; readonly message: string; readonly remedy: string }[];
}

export interface Catalogue {
  /** By name, or by path as the scenario writes it. */
  readonly targets: ReadonlyMap<string, TargetFacts | Refused>;
  readonly drivers: ReadonlyMap<string, DriverFacts | Refused>;
  readonly faultKinds: ReadonlyMap<string, FaultKindFacts>;
}

/** The target that a scenario calls `use`, if it exists and can be used. */
export function targetFacts({ targets }: Pick<Catalogue, 'targets'>, use: string): TargetFacts | undefined {
  const facts = targets.get(use);
  return facts === undefined || 'refused' in facts ? undefined : facts;
}

/** The targets that can be used, each once. */
export function knownTargets({ targets }: Pick<Catalogue, 'targets'>): readonly TargetFacts[] {
  return [...new Set(targets.values())].filter((facts): facts is TargetFacts => !('refused' in facts));
}
