import type { Turns } from '../platform/platform.ts';
import type { AnyBehaviour, Behaviour } from './behaviour.ts';
import type { Destination, ProcessName } from './destination.ts';
import { requireSendable } from './distribution/unsendable.ts';
import { type ExitReason, ProcessExit, RuntimeError } from './exit-reason.ts';
import { isDownOf, isOutcomeOf } from './message-kinds.ts';
import type { NamedProcess } from './messages.ts';
import type { MonitorReference } from './monitor.ts';
import { Monitor } from './monitor.ts';
import { OwnContext } from './own-context.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';
import { ProcessMonitor } from './process-monitor.ts';
import { Receive } from './receive.ts';
import { Request, type RequestReference } from './request.ts';
import { inShelter, shelterMethods } from './shelter.ts';
import { type SpawnOptions, type StartResult, spawnProcess } from './spawn.ts';
import type { SupervisorReport } from './supervisor/supervisor-report.ts';
import { Timer, type TimerReference } from './timer-wheel.ts';

const CHANGES_OTHERS = [
  ...(['monitorNodes', 'spawnMonitor', 'startLink', 'started', 'ignore', 'link', 'unlink', 'monitor'] as const),
  ...(['demonitor', 'exitSignal', 'sendAfter', 'cancelTimer', 'register', 'unregister', 'call', 'reply', 'abandon'] as const),
  ...(['receive', 'reportSupervision'] as const),
];

/**
 * What a process can do. One object serves all processes of a node and `self` changes with the turn: use it inside the
 * handler it was given to, never from a callback of the outer world (that is what `Runtime.send` is for).
 */
export class Context extends OwnContext {
  static {
    // What changes more than the process whose turn it is happens whole: no interruption leaves it half done.
    const turnsOf = (context: Context): Turns => context.turns;
    shelterMethods(Context.prototype, turnsOf, CHANGES_OTHERS);
  }

  readonly #fireSend = (timer: Timer): void => {
    const target = timer.target as ProcessName;
    const process = this.kernel.find(target);
    if (process !== undefined) this.kernel.deliver(process, timer.message);
    else if (typeof target !== 'string') this.kernel.sendLate(target, timer.message);
  };
  readonly #fireReceive = (timer: Timer): void => {
    const process = timer.target as Process;
    if (process.receive === null || process.receive !== timer.message) return;
    process.receive.expired = true;
    this.kernel.wakeUp(process);
  };

  /** From now on, or no longer: a NodeMessage when a node is connected or not any more, `nodeup` before all messages from there. */
  monitorNodes(on = true): void {
    this.kernel.distribution.nodeWatchers.watch(this.current(), on);
  }

  /**
   * Send a message, to any node. To a dead process, a node that is not connected, or a name that nobody has there, it vanishes. Throws
   * `badarg` for a name that nobody has here, and for a message to another node that cannot travel.
   */
  send(to: Destination, message: unknown): void {
    const turns = this.turns;
    const exposed = turns.shelter();
    try {
      const process = typeof to === 'string' ? this.#named(to) : this.kernel.receiver(to);
      if (process !== undefined) this.kernel.deliver(process, message);
      else if (typeof to !== 'string') this.kernel.sendElsewhere(to, message);
    } finally {
      if (exposed) turns.expose();
    }
  }

  /** A new process. Its `init` runs when its turn comes; messages sent to it meanwhile wait. */
  spawn<State, Message, Args>(behaviour: Behaviour<State, Message, Args>, args: Args, options?: SpawnOptions): Pid {
    return inShelter(this.turns, () => {
      const self = this.current();
      const process = spawnProcess(this.kernel, { behaviour: behaviour as AnyBehaviour, args, parent: self }, options);
      if (options?.link === true) this.kernel.signals.link(self, process);
      return process;
    });
  }

  /** A new process and a monitor on it, set before it can die. */
  spawnMonitor<State, Message, Args>(
    behaviour: Behaviour<State, Message, Args>,
    args: Args,
    options?: SpawnOptions,
  ): { readonly pid: Pid; readonly ref: MonitorReference } {
    const pid = this.spawn(behaviour, args, options);
    return { pid, ref: this.monitor(pid) };
  }

  /**
   * A linked process whose start is waited for: proc_lib:start_link. A CallOutcome arrives: `reply` with a StartResult once
   * its `init` is done, `call-down` with the reason when it ended before.
   */
  startLink<State, Message, Args>(
    behaviour: Behaviour<State, Message, Args>,
    args: Args,
    options?: { readonly name?: string | undefined; readonly timeoutMs?: number },
  ): { readonly pid: Pid; readonly ref: RequestReference } {
    const self = this.current();
    const { name, timeoutMs = Infinity } = options ?? {};
    const process = spawnProcess(
      this.kernel,
      { behaviour: behaviour as AnyBehaviour, args, parent: self },
      name === undefined ? undefined : { name },
    );
    this.kernel.signals.link(self, process);
    process.start = this.kernel.awaitStart(self, process, timeoutMs);
    return { pid: process, ref: process.start };
  }

  /** Tell whoever started this process with `startLink` that it is ready. Only for behaviours that acknowledge themselves. */
  started(): void {
    const self = this.current();
    self.start?.reply({ started: self } satisfies StartResult);
    self.start = null;
  }

  /** In `init`: this process is not wanted now. Its starter is told `ignore`, and it ends with `normal`. */
  ignore(): void {
    const self = this.current();
    self.start?.reply('ignore' satisfies StartResult);
    self.start = null;
    self.pendingExit ??= { reason: 'normal', own: false };
  }

  /**
   * Link with another process: when one ends, the other gets an exit signal. If it is dead already: an EXIT message with
   * `noproc` when trapping exits, else throws `noproc`, as link/1 does for a local pid.
   */
  link(pid: Pid): void {
    const self = this.current();
    if (pid === self) return;
    const process = this.kernel.local(pid);
    if (process !== undefined) {
      this.kernel.signals.link(self, process);
      return;
    }
    if (!this.kernel.isLocal(pid)) {
      const broken = this.kernel.distribution.link(self, pid);
      if (broken !== null) this.kernel.signals.linkExit(pid, self, broken);
    } else if (self.trapExit) this.kernel.deliver(self, { type: 'EXIT', from: pid, reason: 'noproc' });
    else throw new RuntimeError('noproc', `link: ${pid} is not alive`);
  }

  /** Take the link off; no exit signal of it arrives from now on. An EXIT message already in the message queue stays. */
  unlink(pid: Pid): void {
    const process = this.kernel.local(pid);
    if (process !== undefined) this.kernel.signals.unlink(this.current(), process);
    else this.kernel.distribution.unlink(this.current(), pid);
  }

  /**
   * One DOWN message will arrive: when the process ends, with `noproc` when there is none, with `noconnection` when its node is
   * not connected, or not any more.
   */
  monitor(target: ProcessName): MonitorReference {
    const kernel = this.kernel;
    const subject: Pid | NamedProcess = typeof target === 'string' ? { name: target, node: this.node } : target;
    const self = this.current();
    const monitor = new ProcessMonitor(kernel, self, subject);
    // As in OTP, a monitor on oneself is a reference and nothing more.
    if (kernel.find(target) === self) monitor.active = false;
    else kernel.monitor(monitor, target);
    return monitor;
  }

  /**
   * Take a monitor off. With `flush`, also remove its DOWN message if it is in the message queue already.
   * Returns false when it had fired or been taken off before, or is somebody else's.
   */
  demonitor(ref: MonitorReference, options?: { readonly flush?: boolean }): boolean {
    const self = this.current();
    if (!(ref instanceof Monitor)) throw new RuntimeError('badarg', `demonitor: ${ref} is not a monitor`);
    if (ref.watcher !== self) return false;
    const active = this.kernel.signals.demonitor(ref);
    if (!active && options?.flush === true) this.kernel.removeMessage(self, (message) => isDownOf(message, ref));
    return active;
  }

  /** Send an exit signal: exit/2. `kill` cannot be trapped and is seen by others as `killed`; `normal` ends nobody but oneself. */
  exitSignal(pid: Pid, reason: ExitReason): void {
    const process = this.kernel.local(pid);
    const self = this.current();
    if (process === undefined) {
      if (!this.kernel.isLocal(pid)) this.kernel.distribution.exit(self, pid, reason);
      return;
    }
    this.kernel.signals.exit(self, process, reason);
    // To oneself it has taken effect when exit/2 returns, so it does not return.
    if (process === self && self.pendingExit !== null) throw new ProcessExit(self.pendingExit.reason);
  }

  /** Send `message` after `delayMs` milliseconds; a name is looked up when it fires. Throws `badarg` for one that cannot travel as far. */
  sendAfter(delayMs: number, to: ProcessName, message: unknown): TimerReference {
    if (typeof to !== 'string' && !this.kernel.isLocal(to)) requireSendable(message, 'the message');
    return this.kernel.timers.start(delayMs, to, message, this.#fireSend);
  }

  /** Milliseconds the timer had left, or null when it had fired or been cancelled: then its message may be in the message queue. */
  cancelTimer(ref: TimerReference): number | null {
    if (!(ref instanceof Timer)) throw new RuntimeError('badarg', `cancelTimer: ${ref} is not a timer`);
    return this.kernel.timers.cancel(ref);
  }

  register(name: string, pid: Pid): void {
    const process = this.kernel.local(pid);
    if (process === undefined) throw new RuntimeError('badarg', `register ${name}: ${pid} is not alive`);
    this.kernel.registry.register(name, process);
  }

  unregister(name: string): void {
    this.kernel.registry.unregister(name);
  }

  /**
   * Ask another process. It gets a CallMessage; this process gets exactly one CallOutcome with the returned reference.
   * A reply that comes after that is dropped (and counted), never delivered.
   */
  call(to: ProcessName, request: unknown, timeoutMs = 5000): RequestReference {
    return this.kernel.call(new Request(this.kernel, this.current(), null), to, request, timeoutMs);
  }

  /**
   * Answer a request. Returns false when the caller no longer waits; for one of another node, when its node is not connected. Throws
   * `badarg` when the result cannot travel there.
   */
  reply(from: RequestReference, result: unknown): boolean {
    return this.kernel.reply(from, result);
  }

  /** Give up on a request: none of its outcomes arrives from now on; one already in the message queue is removed. */
  abandon(ref: RequestReference): void {
    if (!(ref instanceof Request)) throw new RuntimeError('badarg', `abandon: ${ref} is not a request`);
    if (ref.abandon()) return;
    this.kernel.removeMessage(this.current(), (message) => isOutcomeOf(message, ref));
  }

  /**
   * Selective receive: until a message matches, none is handled; those that do not match stay, in order. After `timeoutMs`
   * the handler is given RECEIVE_TIMEOUT instead. Holds for the next message only.
   */
  receive(matches: (message: unknown) => boolean, timeoutMs = Infinity): void {
    const self = this.current();
    const receive = new Receive(matches);
    self.receive = receive;
    if (timeoutMs <= 0) receive.expired = true;
    else if (timeoutMs !== Infinity) receive.timer = this.kernel.timers.start(timeoutMs, self, receive, this.#fireReceive);
  }

  /**
   * Do work whole that concerns others: an interruption of this process comes before it, or after. Not for what may take long: nobody
   * interrupts it, and a node whose work does not end in ten seconds of processor time ends.
   */
  whole<T>(work: () => T): T {
    return inShelter(this.turns, work);
  }

  /** For supervisors: say what happened to a child. */
  reportSupervision(report: SupervisorReport): void {
    this.kernel.supervisorReports.add(report);
  }

  /** Like gen_server's timeout: give the handler RECEIVE_TIMEOUT when no message comes within `afterMs` milliseconds. */
  idleTimeout(afterMs: number): void {
    this.receive(anything, afterMs);
  }

  #named(name: string): Process {
    const process = this.kernel.registry.whereis(name);
    if (process === undefined) throw new RuntimeError('badarg', `send: no process is called ${name}`);
    return process;
  }
}

function anything(): boolean {
  return true;
}
