import type { AnyBehaviour } from '../behaviour.ts';
import { RuntimeError } from '../exit-reason.ts';

/** When a child that ended is started again: always; when its end was not orderly; never. */
export type Restart = 'permanent' | 'transient' | 'temporary';

/** How a child is stopped: asked with `shutdown` and killed after a number of milliseconds; asked and waited for; killed at once. */
export type Shutdown = number | 'infinity' | 'brutal_kill';

export interface ChildSpec {
  /** Unique among the children of one supervisor. */
  readonly id: string;
  readonly start: AnyBehaviour;
  /** Given to `init`, at every start. For dynamic children each start_child brings its own. */
  readonly args?: unknown;
  /** Registered name. */
  readonly name?: string;
  /** Default: permanent. */
  readonly restart?: Restart;
  /** Default: 5000 for a worker, infinity for a supervisor. */
  readonly shutdown?: Shutdown;
  /** Default: worker. */
  readonly type?: 'worker' | 'supervisor';
  /** Its orderly end may end the supervisor, as `autoShutdown` says. Default: false. */
  readonly significant?: boolean;
}

interface SupervisorFlags {
  /** So many restarts within `periodMs` are borne; one more, and the supervisor gives up. Default: 1. */
  readonly intensity?: number;
  /** Milliseconds. Default: 5000. */
  readonly periodMs?: number;
}

export interface StaticSupervisorSpec extends SupervisorFlags {
  readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one';
  /** Whether the supervisor ends with `shutdown` when a significant child ended by itself: never, any, the last. Default: never. */
  readonly autoShutdown?: 'never' | 'any_significant' | 'all_significant';
  /** Started in this order, stopped in reverse. */
  readonly children: readonly ChildSpec[];
}

export interface DynamicSupervisorSpec extends SupervisorFlags {
  readonly strategy: 'simple_one_for_one';
  /** What every child is. */
  readonly child: ChildSpec;
}

export type SupervisorSpec = StaticSupervisorSpec | DynamicSupervisorSpec;

/** A spec with its defaults filled in. */
export type FullChildSpec = Required<Omit<ChildSpec, 'name' | 'args'>> & Pick<ChildSpec, 'name' | 'args'>;

export function withDefaults(spec: ChildSpec): FullChildSpec {
  const type = spec.type ?? 'worker';
  const shutdown = spec.shutdown ?? (type === 'worker' ? 5000 : 'infinity');
  return { ...spec, type, shutdown, restart: spec.restart ?? 'permanent', significant: spec.significant ?? false };
}

/** One message a fault of a child's spec; the rules of supervisor:check_childspecs/2. */
export function childSpecFaults(spec: ChildSpec, autoShutdown: 'never' | 'any_significant' | 'all_significant'): string[] {
  const faults: string[] = [];
  const { id, restart, shutdown, significant } = withDefaults(spec);
  if (typeof shutdown === 'number' && !(shutdown >= 0))
    faults.push(`child ${id}: shutdown ${shutdown}; milliseconds, 0 or more, are right`);
  if (significant && restart === 'permanent')
    faults.push(`child ${id}: permanent and significant; only transient and temporary children may be significant`);
  if (significant && autoShutdown === 'never')
    faults.push(`child ${id}: significant under autoShutdown never; use any_significant or all_significant`);
  return faults;
}

/** Throws `badarg` with all faults of a supervisor's spec. */
export function checkSupervisorSpec(spec: SupervisorSpec): void {
  const faults: string[] = [];
  if (!(Number.isInteger(spec.intensity ?? 1) && (spec.intensity ?? 1) >= 0))
    faults.push(`intensity ${spec.intensity}: 0 or more is right`);
  if (!((spec.periodMs ?? 5000) > 0)) faults.push(`periodMs ${spec.periodMs}: more than 0 is right`);
  if (spec.strategy === 'simple_one_for_one') {
    faults.push(...childSpecFaults(spec.child, 'never'));
  } else {
    const ids = new Set<string>();
    for (const child of spec.children) {
      faults.push(...childSpecFaults(child, spec.autoShutdown ?? 'never'));
      if (ids.has(child.id)) faults.push(`child ${child.id}: two children with this id`);
      ids.add(child.id);
    }
  }
  if (faults.length > 0) throw new RuntimeError('badarg', `supervisor spec: ${faults.join('; ')}`);
}
