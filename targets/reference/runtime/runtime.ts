import type { Platform, Shelter } from '../platform/platform.ts';
import type { AnyBehaviour, Behaviour } from './behaviour.ts';
import type { Bus } from './bus.ts';
import { changedState } from './code/change-process.ts';
import type { ModuleVersions } from './code/code-server.ts';
import { Upgrade, type UpgradeInstruction, type UpgradeReport } from './code/upgrade.ts';
import type { Counters } from './counters.ts';
import type { CrashReport } from './crash-report.ts';
import type { Destination, ProcessName } from './destination.ts';
import { type ExitReason, RuntimeError } from './exit-reason.ts';
import { Kernel } from './kernel.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import type { NodeMessage } from './messages.ts';
import type { Pid } from './pid.ts';
import { SUSPENDED } from './process.ts';
import { detailsOf, type ProcessDetails } from './process-details.ts';
import { OutsideMonitor } from './process-monitor.ts';
import { type OutsideOutcome, Request, type RequestReference } from './request.ts';
import { inShelter } from './shelter.ts';
import { type SpawnOptions, spawnProcess } from './spawn.ts';
import { supervisionTree, type TreeNode } from './supervision-tree.ts';
import type { SupervisorReport } from './supervisor/supervisor-report.ts';

export interface RuntimeOptions {
  readonly platform: Platform;
  /** The node's name, as it appears in pids. */
  readonly name: string;
  /** Which start of the node this is; must be above every earlier one. */
  readonly creation: number;
  /** Connects it with other nodes; without a bus there are no other nodes. */
  readonly bus?: Bus | null;
  readonly limits?: Partial<Limits>;
}

/**
 * A node as the outer world sees it: what ports (sockets, disk, the control plane) use to talk to processes. Nothing here
 * runs a handler at once, and no callback runs in the middle of one: each has a turn of the event loop of its own.
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
  /** Names of the nodes connected now. */
  nodes(): string[];
  /** Call back when a node is connected, or not any more. Returns a function that ends it. */
  monitorNodes(listener: (message: NodeMessage) => void): () => void;
  /** The pid for what is known of it. While anybody holds it, the same process has the same object. */
  pidOf(process: { readonly node: string; readonly creation: number; readonly serial: number }): Pid;
  /**
   * Returns false when the message vanished: there is no such process (or name) here, or its node is not connected. Throws
   * `badarg` for a message to another node that cannot travel.
   */
  send(to: Destination, message: unknown): boolean;
  /** Send an exit signal: exit/2 from outside. Returns false when there is no such process, or its node is not connected. */
  exit(pid: Pid, reason: ExitReason): boolean;
  whereis(name: string): Pid | undefined;
  isAlive(pid: Pid): boolean;
  /**
   * Call back once when the process ends, or with `noproc` or `noconnection` when there is none. Returns a function that takes
   * the monitor off.
   */
  monitor(to: ProcessName, callback: (reason: ExitReason) => void): () => void;
  /** Ask a process; `done` is called exactly once. */
  call(to: ProcessName, request: unknown, timeoutMs: number, done: (outcome: OutsideOutcome) => void): void;
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
  /** The processes by who started whom. At most `childLimit` children are listed of each; all are counted. */
  tree(childLimit?: number): TreeNode[];
  /** Make this the code that new processes of its name run; those that run stay on theirs. False: old code is still in use (not_purged). */
  loadCode(behaviour: AnyBehaviour): boolean;
  /** Take all processes of these modules to other code, all or none. `done` is called once, in a later turn. */
  upgrade(instructions: readonly UpgradeInstruction[], done: (report: UpgradeReport) => void): void;
  /** Take these modules back to the code before, through the `codeChange` (down) of the code they leave. */
  rollback(modules: readonly string[], done: (report: UpgradeReport) => void): void;
  /** Forget old code that no process runs. Returns false if one does. */
  softPurge(module: string): boolean;
  modules(): ModuleVersions[];
  /** sys:suspend: it gets no turn until it is resumed; its messages wait. Returns false when there is no such process. */
  suspend(pid: Pid): boolean;
  resume(pid: Pid): boolean;
  /** sys:change_code, for one process, which must be suspended. If it fails the process keeps its code and state. */
  changeCode(pid: Pid, behaviour: AnyBehaviour, extra?: unknown): { readonly ok: true } | { readonly error: ExitReason };
  /**
   * Does work of the outer world that must not be done by half, when a handler may be the one that asks for it: an interruption of that
   * handler comes before or after. What it throws goes through.
   */
  whole<T>(work: () => T): T;
  /** The same for those who do it for every message, and write it out: `expose` again if `shelter` said so, whatever happened meanwhile. */
  readonly shelter: Shelter;
  /** Stop for good, as a power cut does: no handler and no timer runs any more. */
  halt(): void;
}

/** Start a node. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const node = { name: options.name, creation: options.creation };
  const kernel = new Kernel(node, options.platform, { ...DEFAULT_LIMITS, ...options.limits }, options.bus ?? null);
  const { turns } = options.platform;
  const whole = <T>(work: () => T): T => inShelter(turns, work);
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
    whole,
    shelter: turns,
    spawn: (behaviour, args, spawnOptions) =>
      whole(() => spawnProcess(kernel, { behaviour: behaviour as AnyBehaviour, args, parent: null }, spawnOptions)),
    send: (to, message) =>
      whole(() => {
        const process = typeof to === 'string' ? kernel.registry.whereis(to) : kernel.receiver(to);
        if (process !== undefined) kernel.deliver(process, message);
        else if (typeof to !== 'string') return kernel.sendElsewhere(to, message);
        else kernel.counters.toNobody++;
        return process !== undefined;
      }),
    exit: (pid, reason) =>
      whole(() => {
        const process = kernel.local(pid);
        if (process === undefined) return !kernel.isLocal(pid) && kernel.distribution.exit(null, pid, reason);
        kernel.signals.exit(null, process, reason);
        return true;
      }),
    whereis: (name) => kernel.registry.whereis(name),
    isAlive: (pid) => kernel.local(pid) !== undefined,
    nodes: () => kernel.distribution.nodes,
    monitorNodes: (listener) => kernel.distribution.nodeWatchers.listen(listener),
    pidOf: ({ node: home, creation, serial }) => kernel.pidOf(home, creation, serial),
    monitor(to, callback) {
      const monitor = new OutsideMonitor(kernel, callback);
      whole(() => kernel.monitor(monitor, to));
      return () => void whole(() => kernel.signals.demonitor(monitor));
    },
    call: (to, request, timeoutMs, done) =>
      void whole(() => kernel.call(new Request(kernel, null, done), to, request, timeoutMs)),
    reply: (from, result) => whole(() => kernel.reply(from, result)),
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
    tree: (childLimit = 100) => supervisionTree(kernel, childLimit),
    loadCode: (behaviour) => kernel.code.load(behaviour, null, kernel.table),
    upgrade: (instructions, done) => whole(() => new Upgrade(kernel, instructions, 'up', done).begin()),
    rollback(modules, done) {
      const instructions = modules.map((module) => ({ module, behaviour: kernel.code.old(module) }));
      const missing = instructions.find(({ behaviour }) => behaviour === null);
      if (missing !== undefined) throw new RuntimeError('badarg', `rollback: ${missing.module} has no old code`);
      new Upgrade(kernel, instructions as UpgradeInstruction[], 'down', done).begin();
    },
    softPurge: (module) => kernel.code.softPurge(module, kernel.table),
    modules: () => kernel.code.list(kernel.table),
    suspend(pid) {
      const process = kernel.local(pid);
      if (process !== undefined) whole(() => kernel.scheduler.suspend(process));
      return process !== undefined;
    },
    resume(pid) {
      const process = kernel.local(pid);
      if (process !== undefined) whole(() => kernel.scheduler.resume(process));
      return process !== undefined;
    },
    changeCode(pid, behaviour, extra) {
      const process = kernel.local(pid);
      if (process === undefined) return { error: 'noproc' };
      if (process.status !== SUSPENDED) return { error: 'not_suspended' };
      const changed = changedState(process, behaviour, 'up', extra);
      if (!changed.ok) return { error: changed.reason };
      process.behaviour = behaviour;
      process.state = changed.state;
      return { ok: true };
    },
    halt() {
      kernel.scheduler.stop();
      kernel.timers.stop();
      kernel.distribution.stop();
    },
  };
}
