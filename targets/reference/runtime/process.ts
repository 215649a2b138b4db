import type { AnyBehaviour } from './behaviour.ts';
import type { CompactSet } from './compact-set.ts';
import type { ExitReason } from './exit-reason.ts';
import type { MessageQueue } from './message-queue.ts';
import type { Monitor } from './monitor.ts';
import { type NodeIdentity, Pid } from './pid.ts';
import type { Receive } from './receive.ts';
import type { Request } from './request.ts';
import type { SpawnSpec } from './spawn.ts';

/** Waiting for a message, waiting for its turn, having its turn, not to have one for now, about to be buried, buried. */
export const WAITING = 0;
export const RUNNABLE = 1;
export const RUNNING = 2;
export const SUSPENDED = 3;
export const EXITING = 4;
export const DEAD = 5;

export interface PendingExit {
  readonly reason: ExitReason;
  /** By its own doing (it threw, or called stop or exit), so that `terminate` is called; false for an exit signal. */
  readonly own: boolean;
}

/**
 * A process: its pid object and all it owns. Everything that most processes never have is null until first used, and all
 * fields are set here, in one order, so that the engine sees one shape.
 */
export class Process extends Pid {
  status = WAITING;
  /** False until `init` has returned; until then `state` holds the arguments for it. */
  initialised = false;
  trapExit = false;
  behaviour: AnyBehaviour;
  state: unknown;
  messageQueue: MessageQueue | null = null;
  /** The selective receive it waits in; null: it takes the oldest message. */
  receive: Receive | null = null;
  /** Processes of this node, and pids of others. */
  links: CompactSet<Pid> = null;
  /** Monitors it holds on others. */
  monitors: CompactSet<Monitor> = null;
  /** Monitors others hold on it. */
  watchers: CompactSet<Monitor> = null;
  name: string | null = null;
  /** Who spawned it; null for the outer world. */
  parent: Pid | null;
  /** Who waits for its start to be acknowledged (proc_lib:start_link); null once it was, and for plain spawns. */
  start: Request | null = null;
  /** Set when it must end in the middle of its own turn: it ends when the handler returns. */
  pendingExit: PendingExit | null = null;
  /** Messages handled so far. */
  reductions = 0;

  /** `behaviour` is the version of the specified one that is current. */
  constructor(home: NodeIdentity, serial: number, behaviour: AnyBehaviour, spec: Pick<SpawnSpec, 'args' | 'parent'>) {
    super(home, serial);
    this.behaviour = behaviour;
    this.state = spec.args;
    this.parent = spec.parent;
  }

  get alive(): boolean {
    return this.status < EXITING;
  }
}
