/**
 * What a fault kind is: data in, a verified injury out, and its undoing.
 *
 * A kind chooses its victims from the seed, injects, is verified by a probe that does not trust the injection, and is undone. The catalogue
 * (catalogue.ts) lists the kinds; the interpreter (interpreter.ts) plays a schedule of them.
 */
import type { z } from 'zod';
import type { Capability, DeployedNode, Deployment, ProcessChaos } from '../../../targets/target.ts';
import type { Recorder } from '../arena/journal.ts';
import type { UserControl } from '../load/worker-pool.ts';
import type { Ground, GroundNeeds } from './machine/ground.ts';
import type { Network, PathKind } from './network/network.ts';
import type { Requirement } from './requirements.ts';

/** What a fault may use. */
export interface FaultContext {
  readonly deployment: Deployment;
  /** Number of users of the run, numbered from 0. */
  readonly users: number;
  userName(user: number): string;
  /** Uniform in [0, 1), from the run's seed and the fault's id. */
  random(): number;
  /** Microseconds on the run's clock. */
  nowUs(): number;
  readonly signal: AbortSignal;
  /** Where users sign in; null if nobody does. */
  readonly entryNodes: EntryNodes | null;
  /** Records an act that would outlast a killed harness, before it is done. */
  readonly journal: Recorder;
  /** The proxies that this run's faults need; null if they need none. */
  readonly network: Network | null;
  /** What was put under the deployment for this run's faults to act on. */
  readonly ground: Ground;
  /** What can be done to users from the users' side; null if nobody drives any. */
  readonly userControl: UserControl | null;
  /** The protocol that users speak: a bundled driver's name, or a file. */
  readonly driver: string;
}

/** The nodes to which users connect; existing connections are not touched. */
export interface EntryNodes {
  /** Users connect there too from now on. */
  add(node: DeployedNode): Promise<void>;
  /** Users no longer try there, unless it is the last one. */
  remove(node: DeployedNode): Promise<void>;
}

/** What faults the target's processes support. @throws if it has no such capability, which planning refuses earlier. */
export function chaosOf({ deployment }: FaultContext): ProcessChaos {
  if (deployment.chaos === null) throw new Error(`target ${deployment.target.name} cannot do that to its processes`);
  return deployment.chaos;
}

/** @throws when the run has no proxies, which a kind that names its `paths` is never played without. */
export function networkOf({ network }: FaultContext): Network {
  if (network === null) throw new Error('the run was started without the proxies that this fault acts on');
  return network;
}

/** What the probe saw: the requested dose beside the delivered one, in words for the report. */
export interface Verification {
  readonly verified: boolean;
  readonly evidence: readonly string[];
}

/** An injected fault: what was hit, when, and what the kind needs to verify and undo it. */
export interface Injection<Handle> {
  /** In words: `node n1`, `50 users' processes`. */
  readonly target: string;
  readonly injectedAtUs: number;
  /** The users who feel it: their numbers, or everybody. */
  readonly affected: readonly number[] | 'everybody';
  readonly handle: Handle;
}

export interface FaultKind<Settings, Handle> {
  readonly kind: string;
  readonly summary: string;
  /** What the target must be able to do; nothing by default. */
  readonly needs?: readonly Capability[];
  /** What the machine must offer; nothing by default. */
  readonly requires?: readonly Requirement[];
  /** The network paths that must lead through proxies for the fault to act on them; without the function there are none. */
  readonly paths?: (settings: Settings) => readonly PathKind[];
  /** What must lie under the deployment before it starts for the kind to act on; without the function, the bare machine. */
  readonly ground?: (settings: Settings) => GroundNeeds;
  /** How many nodes it may add to those of the start; none by default. */
  readonly addsNodes?: number;
  /**
   * What can be said of its users' presence while it acts. `logged`: the load's own log has what became of whom. `certain`: who is down is
   * down, so that only the moments of striking and healing are uncertain. `silent`: a connection may be dead for a while without its user
   * knowing; a kind that names its paths is silent without saying so. Without it presence is uncertain until the fault is healed.
   */
  readonly presence?: 'logged' | 'certain' | 'silent';
  /**
   * What becomes of data that a struck node has written and not flushed, if the kind ends its process from outside: SIGKILL leaves it in the
   * kernel's cache (`kept`), a loss of power takes it away (`lost`). Reports say of `kept` what it cannot show.
   */
  readonly unflushed?: 'kept' | 'lost';
  /** How it heals, in words: `by itself`, `the node is started again after for`. */
  readonly heals: string;
  /**
   * The meaning of `for`, the time before the fault is undone. `none`: it has none, and a step must not say it. `optional`: without it the
   * fault is undone at once. `open`: without it the fault is never undone.
   */
  readonly duration: 'none' | 'optional' | 'open';
  readonly settings: z.ZodType<Settings>;
  /** Impossible settings, reported before anything starts: one problem on each line. Without the function, there are none. */
  readonly check?: (settings: Settings, bounds: FaultBounds) => readonly SettingProblem[];
  inject(settings: Settings, context: FaultContext): Promise<Injection<Handle>>;
  /** An independent probe, right after the injection. */
  verify(injection: Injection<Handle>, context: FaultContext): Promise<Verification>;
  /** Undoes it, and proves that it is gone; absent if a kind heals by itself. */
  readonly undo?: (injection: Injection<Handle>, context: FaultContext) => Promise<Verification>;
}

/** What a schedule can ask for at most. */
export interface FaultBounds {
  readonly users: number;
  readonly nodes: number;
  /** What the target can do. */
  readonly capabilities: ReadonlySet<Capability>;
}

export interface SettingProblem {
  /** Key within the fault: `count`, `target`. */
  readonly key: string;
  readonly message: string;
  readonly remedy: string;
}

/**
 * A kind whose settings and handle types are sealed in, so that kinds of different shapes fit one catalogue: settings are
 * parsed again at each call, and a handle only travels from a kind's own inject to its own verify and undo.
 */
export interface SealedFaultKind
  extends Pick<
    Required<FaultKind<unknown, unknown>>,
    'kind' | 'summary' | 'needs' | 'requires' | 'heals' | 'duration' | 'settings'
  > {
  paths(settings: unknown): readonly PathKind[];
  ground(settings: unknown): GroundNeeds;
  readonly addsNodes: number;
  readonly presence: FaultKind<unknown, unknown>['presence'] | null;
  readonly unflushed: FaultKind<unknown, unknown>['unflushed'] | null;
  check(settings: unknown, bounds: FaultBounds): readonly SettingProblem[];
  inject(settings: unknown, context: FaultContext): Promise<SealedInjection>;
}

export interface SealedInjection extends Omit<Injection<never>, 'handle'> {
  verify(): Promise<Verification>;
  /** Null if the kind heals by itself. */
  readonly undo: (() => Promise<Verification>) | null;
}

/** A step that cannot apply in the current state: the interpreter records a no-op, not a failure. */
export class ImpossibleFault extends Error {
  override readonly name = 'ImpossibleFault';
}

/** Seals a kind for the catalogue. */
export function seal<Settings, Handle>(kind: FaultKind<Settings, Handle>): SealedFaultKind {
  return {
    kind: kind.kind,
    summary: kind.summary,
    needs: kind.needs ?? [],
    requires: kind.requires ?? [],
    heals: kind.heals,
    duration: kind.duration,
    settings: kind.settings,
    paths: (settings) => kind.paths?.(kind.settings.parse(settings)) ?? [],
    ground: (settings) => kind.ground?.(kind.settings.parse(settings)) ?? {},
    addsNodes: kind.addsNodes ?? 0,
    presence: kind.presence ?? null,
    unflushed: kind.unflushed ?? null,
    check: (settings, bounds) => kind.check?.(kind.settings.parse(settings), bounds) ?? [],
    async inject(settings, context) {
      const injection = await kind.inject(kind.settings.parse(settings), context);
      const { undo } = kind;
      return {
        target: injection.target,
        injectedAtUs: injection.injectedAtUs,
        affected: injection.affected,
        verify: () => kind.verify(injection, context),
        undo: undo === undefined ? null : () => undo(injection, context),
      };
    },
  };
}
