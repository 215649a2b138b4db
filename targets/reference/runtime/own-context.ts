import type { Turns } from '../platform/platform.ts';
import { Alias } from './alias.ts';
import { type ExitReason, ProcessExit, RuntimeError } from './exit-reason.ts';
import type { Kernel } from './kernel.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * What a process does with itself alone, and what it may look at: nobody else is the worse for it when an interruption comes in the middle.
 * What concerns others is in context.ts.
 */
export class OwnContext {
  /** The process whose turn it is. */
  self!: Pid;
  protected readonly turns: Turns;
  protected readonly kernel: Kernel;
  readonly #scheduler: Scheduler;

  constructor(kernel: Kernel, scheduler: Scheduler) {
    this.kernel = kernel;
    this.turns = kernel.platform.turns;
    this.#scheduler = scheduler;
  }

  get node(): string {
    return this.kernel.node.name;
  }

  /** Names of the nodes connected now. */
  nodes(): string[] {
    return this.kernel.distribution.nodes;
  }

  /** An address for this process that can be switched off, by `unalias` or, with `once`, by the first message that uses it. */
  alias(options?: { readonly once?: boolean }): Alias {
    return new Alias(this.current(), options?.once ?? false);
  }

  /** Nothing sent to this alias arrives from now on. Returns false when it was off already, or is somebody else's. */
  unalias(alias: Alias): boolean {
    const off = alias.active && alias.owner === this.current();
    if (off) alias.active = false;
    return off;
  }

  /** The process that spawned this one, or supervises it; null for the outer world. */
  get parent(): Pid | null {
    return this.current().parent;
  }

  /** End this process now, with this reason: exit/1. Leaves the handler by throwing. */
  exit(reason: ExitReason): never {
    throw new ProcessExit(reason);
  }

  /** End this process when this handler returns. Costs less than `exit`, and cannot be caught by mistake. */
  stop(reason: ExitReason = 'normal'): void {
    this.current().pendingExit ??= { reason, own: true };
  }

  /** From now on exit signals other than `kill` arrive as EXIT messages. Returns what it was before. */
  trapExit(on: boolean): boolean {
    const self = this.current();
    const before = self.trapExit;
    self.trapExit = on;
    return before;
  }

  whereis(name: string): Pid | undefined {
    return this.kernel.registry.whereis(name);
  }

  /** Of processes of this node; what lives elsewhere can only be asked, or monitored. */
  isAlive(pid: Pid): boolean {
    return this.kernel.local(pid) !== undefined;
  }

  /** Expect nothing for a long time: let go of what can be had again, which is the buffer of an empty message queue. */
  hibernate(): void {
    const self = this.current();
    if (self.messageQueue?.length === 0) self.messageQueue = null;
  }

  /** Monotonic clock, milliseconds with fractions. */
  now(): number {
    return this.kernel.platform.clock.monotonicMs();
  }

  /** Wall clock, milliseconds since 1970. */
  wallClock(): number {
    return this.kernel.platform.clock.wallMs();
  }

  /** Uniform in [0, 1). */
  random(): number {
    return this.kernel.platform.randomness.next();
  }

  protected current(): Process {
    const { current } = this.#scheduler;
    if (current === null) throw new RuntimeError('badarg', 'the context was used outside of a handler');
    return current;
  }
}
