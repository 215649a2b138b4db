import type { Platform } from '../platform/platform.ts';
import type { AnyBehaviour, Behaviour } from './behaviour.ts';
import type { SpawnOptions } from './context.ts';
import type { Counters } from './counters.ts';
import type { CrashReport } from './crash-report.ts';
import type { ExitReason } from './exit-reason.ts';
import { Kernel } from './kernel.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import type { Pid } from './pid.ts';
import { detailsOf, type ProcessDetails } from './process-details.ts';
import { OutsideMonitor } from './process-monitor.ts';
import type { OutsideOutcome, RequestReference } from './request.ts';
import { spawnProcess } from './spawn.ts';
import type { SupervisorReport } from './supervisor/supervisor-report.ts';

export interface RuntimeOptions {
  readonly platform: Platform;
  /** The node's name, as it appears in pids. */
  readonly name: string;
  /** Which start of the node this is; must differ from every earlier one. */
  readonly creation: number;
  readonly limits?: Partial<Limits>;
}

/**
 * A node as the outer world sees it: what ports (sockets, disk, the control plane) use to talk to processes. Nothing here
 * runs a handler at once; messages are handled in a later turn of the event loop.
 */
export interface Runtime {
  readonly name: string;
  readonly counters: Readonly<Counters>;
  /** Processes alive. */
  readonly size: number;
  /** Processes waiting for their turn. */
  readonly runnable: number;
  readonly pendingTimers: number;
  spawn<State, Message, Args>(
    behaviour: Behaviour<State, Message, Args>,
    args: Args,
    options?: Pick<SpawnOptions, 'name' | 'under'>,
  ): Pid;
  /** Returns false when there is no such process (or name), and the message vanished. */
  send(to: Pid | string, message: unknown): boolean;
  /** Send an exit signal: exit/2 from outside. Returns false when there is no such process. */
  exit(pid: Pid, reason: ExitReason): boolean;
  whereis(name: string): Pid | undefined;
  isAlive(pid: Pid): boolean;
  /** Call back once when the process ends, or at once with `noproc`. Returns a function that takes the monitor off. */
  monitor(pid: Pid, callback: (reason: ExitReason) => void): () => void;
  /** Ask a process; `done` is called exactly once. */
  call(to: Pid | string, request: unknown, timeoutMs: number, done: (outcome: OutsideOutcome) => void): void;
  /** Answer a request on behalf of a process, from a port. Returns false when the caller no longer waits. */
  reply(from: RequestReference, result: unknown): boolean;
  /** The living process with this serial, for those who have it from a list. */
  find(serial: number): Pid | undefined;
  details(pid: Pid): ProcessDetails | undefined;
  /** All living processes. Costs in proportion to their number. */
  processes(): ProcessDetails[];
  crashReports(): readonly CrashReport[];
  /** Returns a function that ends the subscription. */
  onCrash(listener: (report: CrashReport) => void): () => void;
  supervisorReports(): readonly SupervisorReport[];
  onSupervisorReport(listener: (report: SupervisorReport) => void): () => void;
  /** Stop for good, as a power cut does: no handler and no timer runs any more. */
  halt(): void;
}

/** Start a node. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const node = { name: options.name, creation: options.creation };
  const kernel = new Kernel(node, options.platform, { ...DEFAULT_LIMITS, ...options.limits });
  const target = (to: Pid | string) => (typeof to === 'string' ? kernel.registry.whereis(to) : kernel.local(to));
  return {
    name: node.name,
    counters: kernel.counters,
    get size() {
      return kernel.table.size;
    },
    get runnable() {
      return kernel.scheduler.runnable;
    },
    get pendingTimers() {
      return kernel.timers.pending;
    },
    spawn: (behaviour, args, spawnOptions) => spawnProcess(kernel, behaviour as AnyBehaviour, args, null, spawnOptions),
    send(to, message) {
      const process = target(to);
      if (process === undefined) kernel.counters.toNobody++;
      else kernel.deliver(process, message);
      return process !== undefined;
    },
    exit(pid, reason) {
      const process = kernel.local(pid);
      if (process !== undefined) kernel.signals.exit(null, process, reason);
      return process !== undefined;
    },
    whereis: (name) => kernel.registry.whereis(name),
    isAlive: (pid) => kernel.local(pid) !== undefined,
    monitor(pid, callback) {
      const monitor = new OutsideMonitor(callback);
      kernel.signals.monitor(monitor, kernel.local(pid));
      return () => void kernel.signals.demonitor(monitor);
    },
    call: (to, request, timeoutMs, done) => void kernel.call(null, to, request, timeoutMs, done),
    reply: (from, result) => kernel.reply(from, result),
    find: (serial) => kernel.table.find(serial),
    details(pid) {
      const process = kernel.local(pid);
      return process === undefined ? undefined : detailsOf(process);
    },
    processes: () => [...kernel.table].map(detailsOf),
    crashReports: () => kernel.crashes.reports(),
    onCrash: (listener) => kernel.crashes.listen(listener),
    supervisorReports: () => kernel.supervisorReports.reports(),
    onSupervisorReport: (listener) => kernel.supervisorReports.listen(listener),
    halt() {
      kernel.scheduler.stop();
      kernel.timers.stop();
    },
  };
}
