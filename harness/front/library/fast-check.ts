/** `letitcrash/fast-check`: arbitraries of schedules and scenarios, as plain data, for your own properties. */
import fc from 'fast-check';
import type { Capability, Target } from '../../../targets/target.ts';
import { faultStep } from '../../plan/scenario/scenario-of-plan.ts';
import type { ScenarioInput } from '../../plan/scenario/schema.ts';
import { faultKinds } from '../../run/faults/catalogue.ts';
import { drawableKinds } from '../../studies/explore/drawable-kinds.ts';
import { scheduleArbitrary } from '../../studies/explore/schedule-arbitrary.ts';

export interface ScheduleBounds {
  /** What faults the target supports: a Target, or its capabilities. */
  readonly target: Pick<Target, 'capabilities'> | Iterable<Capability>;
  readonly users: number;
  /** 1 by default. */
  readonly nodes?: number;
  /** Length of the load, milliseconds: every fault begins, and by its `for` ends, within it. */
  readonly durationMs: number;
  /** 5 by default: short schedules find most bugs. */
  readonly maxFaults?: number;
  /** Fault kinds to draw from; by default all that apply. */
  readonly kinds?: readonly string[];
}

/** A step of a scenario's `faults`. */
export type FaultStep = NonNullable<ScenarioInput['faults']>[number];

/**
 * Schedules in the form of a scenario's `faults`, in order of time; they shrink to fewer and simpler faults. Sublists are schedules too.
 * @throws RangeError if no kind applies.
 */
export function schedules(bounds: ScheduleBounds): fc.Arbitrary<FaultStep[]> {
  const { target, users, nodes = 1, durationMs, maxFaults = 5, kinds = null } = bounds;
  const capabilities = new Set('capabilities' in target ? target.capabilities : target);
  const recipes = drawableKinds({ capabilities, nodes }, faultKinds, kinds);
  return scheduleArbitrary(recipes, { users, nodes, capabilities, durationMs, maxFaults }).map(({ faults }) =>
    faults.map((fault) => faultStep(fault) as FaultStep),
  );
}

export interface ScenarioBounds {
  /** Section `target` of each scenario. */
  readonly target: NonNullable<ScenarioInput['target']>;
  /** What faults that target supports; without faults, new Set(). */
  readonly suffers: ScheduleBounds['target'];
  /** The largest number of steps, at least 2; 60 by default. */
  readonly maxUsers?: number;
  /** Maximum messages a second; 300 by default. */
  readonly maxRate?: number;
  /** Length of each load; 2,000 by default. */
  readonly durationMs?: number;
  readonly maxFaults?: number;
  readonly kinds?: readonly string[];
}

/**
 * Small scenarios that are valid plans: users, rate, payload, churn, receipts, faults and seed are drawn, and delivery must be intact.
 * @throws RangeError if faults are asked for but no kind applies.
 */
export function scenarios(bounds: ScenarioBounds): fc.Arbitrary<ScenarioInput> {
  const { target, suffers, maxUsers = 60, maxRate = 300, durationMs = 2_000, maxFaults = 5, kinds } = bounds;
  const share = (max: number): fc.Arbitrary<string> => fc.integer({ min: 0, max }).map((percent) => `${percent}%`);
  return fc.integer({ min: 2, max: maxUsers }).chain((users) =>
    fc
      .record({
        seed: fc.noBias(fc.integer({ min: 0, max: 2 ** 32 - 1 })),
        rate: fc.integer({ min: 1, max: maxRate }),
        payload: fc.integer({ min: 32, max: 1_000 }),
        churn: fc.integer({ min: 0, max: 40 }),
        receipts: share(100),
        faults:
          maxFaults === 0
            ? fc.constant<FaultStep[]>([])
            : schedules({
                target: suffers,
                users,
                nodes: target.nodes ?? 1,
                durationMs,
                maxFaults,
                ...(kinds === undefined ? {} : { kinds }),
              }),
      })
      .map(
        ({ seed, rate, payload, churn, receipts, faults }): ScenarioInput => ({
          name: 'drawn',
          target,
          seed,
          users,
          load: {
            rate: `${rate}/s`,
            duration: `${durationMs}ms`,
            payload: `${payload}B`,
            contacts: Math.min(5, users - 1),
            churn: `${churn}%/s`,
            away: '500ms',
            receipts,
          },
          faults,
        }),
      ),
  );
}
