/**
 * The shared core of a node: the table of processes, names, timers, and the delivery of messages. The outside reaches it
 * through Runtime, processes through Context; neither keeps state of its own.
 */
import type { Platform } from '../platform/platform.ts';
import { Alias } from './alias.ts';
import type { Bus } from './bus.ts';
import { CodeServer } from './code/code-server.ts';
import { type Counters, newCounters } from './counters.ts';
import type { CrashReport } from './crash-report.ts';
import type { Destination, ProcessName } from './destination.ts';
import { Distribution } from './distribution/distribution.ts';
import { RuntimeError } from './exit-reason.ts';
import type { Limits } from './limits.ts';
import { MessageQueue } from './message-queue.ts';
import type { NamedProcess } from './messages.ts';
import type { Monitor } from './monitor.ts';
import { OutsideNotices } from './outside-notices.ts';
import { type NodeIdentity, Pid } from './pid.ts';
import { DEAD, EXITING, Process, WAITING } from './process.ts';
import { ProcessTable } from './process-table.ts';
import { RemoteReference } from './reference.ts';
import { Registry } from './registry.ts';
import { ReportLog } from './report-log.ts';
import { Request, type RequestReference } from './request.ts';
import { Scheduler } from './scheduler.ts';
import { Signals } from './signals.ts';
import type { SpawnSpec } from './spawn.ts';
import type { SupervisorReport } from './supervisor/supervisor-report.ts';
import type { Timer } from './timer-wheel.ts';
import { Timers } from './timers.ts';

const expireRequest = (timer: Timer): void => (timer.target as Request).expire();

export class Kernel {
  readonly node: NodeIdentity;
  readonly platform: Platform;
  readonly limits: Limits;
  readonly table: ProcessTable;
  readonly registry = new Registry();
  readonly code = new CodeServer();
  readonly signals: Signals;
  readonly timers: Timers;
  readonly scheduler: Scheduler;
  readonly distribution: Distribution;
  readonly outside: OutsideNotices;
  readonly counters: Counters = newCounters();
  readonly crashes: ReportLog<CrashReport>;
  readonly supervisorReports: ReportLog<SupervisorReport>;

  constructor(node: NodeIdentity, platform: Platform, limits: Limits, bus: Bus | null) {
    this.node = node;
    this.platform = platform;
    this.limits = limits;
    this.table = new ProcessTable(limits.processes);
    this.signals = new Signals(this);
    this.timers = new Timers(platform);
    this.outside = new OutsideNotices(platform);
    this.scheduler = new Scheduler(this);
    this.crashes = new ReportLog(limits.reports, this.outside);
    this.supervisorReports = new ReportLog(limits.reports, this.outside);
    this.distribution = new Distribution(this, bus);
  }

  /** A new process, runnable: its `init` runs when its turn comes, before any message. Throws `system_limit`. */
  spawn(spec: SpawnSpec): Process {
    const process = new Process(this.node, this.table.nextSerial(), this.code.current(spec.behaviour), spec);
    this.table.insert(process);
    this.counters.spawned++;
    this.scheduler.enqueue(process);
    return process;
  }

  /** Put a message into a message queue. A message to a dead process vanishes, as in Erlang. */
  deliver(process: Process, message: unknown): void {
    if (process.status >= EXITING) {
      this.counters.toNobody++;
      return;
    }
    process.messageQueue ??= new MessageQueue();
    const { messageQueue } = process;
    messageQueue.push(message);
    if (process.status === WAITING) this.scheduler.enqueue(process);
    else if (messageQueue.length > this.limits.messageQueue) this.#overflow(process);
  }

  /** Give a waiting process a turn without a message. */
  wakeUp(process: Process): void {
    if (process.status === WAITING) this.scheduler.enqueue(process);
  }

  /** Take the first message that matches out of the message queue of the process whose turn it is. Returns whether there was one. */
  removeMessage(process: Process, matches: (message: unknown) => boolean): boolean {
    const { messageQueue } = process;
    if (messageQueue === null) return false;
    for (let i = 0; i < messageQueue.length; i++) {
      if (!matches(messageQueue.at(i))) continue;
      messageQueue.take(i);
      return true;
    }
    return false;
  }

  /** Sends a request whose answer `ref` waits for. */
  call(ref: Request, to: ProcessName, request: unknown, timeoutMs: number): Request {
    const target = this.find(to);
    if (target === undefined && typeof to !== 'string' && !this.isLocal(to)) this.distribution.call(ref, to, request);
    else this.signals.monitor(ref, target);
    if (!ref.active) return ref;
    if (timeoutMs !== Infinity) ref.timer = this.timers.start(timeoutMs, ref, undefined, expireRequest);
    if (target !== undefined) this.deliver(target, { type: 'call', from: ref, request });
    return ref;
  }

  /** A request that `process` answers by having started. */
  awaitStart(starter: Process, process: Process, timeoutMs: number): Request {
    const ref = new Request(this, starter, null);
    this.signals.monitor(ref, process);
    if (timeoutMs !== Infinity) ref.timer = this.timers.start(timeoutMs, ref, undefined, expireRequest);
    return ref;
  }

  reply(from: RequestReference, result: unknown): boolean {
    if (from instanceof RemoteReference) return this.distribution.reply(from, result);
    const waited = from instanceof Request && from.reply(result);
    if (!waited) this.counters.lateReplies++;
    return waited;
  }

  /** The process behind a pid, if it is one of this start of this node and lives. */
  local(pid: Pid): Process | undefined {
    if (pid instanceof Process) return pid.home === this.node && pid.alive ? pid : undefined;
    if (pid.home.name !== this.node.name || pid.home.creation !== this.node.creation) return undefined;
    return this.table.find(pid.serial);
  }

  pidOf(node: string, creation: number, serial: number): Pid {
    const own = node === this.node.name && creation === this.node.creation;
    return (own ? this.table.find(serial) : undefined) ?? this.distribution.names.node(node, creation).pid(serial);
  }

  /** The process of this node that is meant, if it lives. */
  find(to: ProcessName): Process | undefined {
    if (typeof to === 'string') return this.registry.whereis(to);
    if (to instanceof Pid) return this.local(to);
    return to.node === this.node.name ? this.registry.whereis(to.name) : undefined;
  }

  /** Whom of this node a message reaches that is sent there. */
  receiver(to: Exclude<Destination, string>): Process | undefined {
    if (to instanceof Pid) return this.local(to);
    if (!(to instanceof Alias)) return to instanceof RemoteReference ? undefined : this.find(to);
    if (!to.active || !to.owner.alive) return undefined;
    if (to.once) to.active = false;
    return to.owner;
  }

  /** For whom there is no receiver on this node: to another node, or to nobody. Returns false when it cannot arrive. */
  sendElsewhere(to: Exclude<Destination, string>, message: unknown): boolean {
    const sent = !(to instanceof Alias) && !this.isLocal(to) && this.distribution.send(to, message);
    if (!sent) this.counters.toNobody++;
    return sent;
  }

  /** What could travel when the timer was started, but does no more because somebody changed it, is counted as sent to nobody. */
  sendLate(to: Exclude<ProcessName, string>, message: unknown): void {
    try {
      this.sendElsewhere(to, message);
    } catch (thrown) {
      if (!(thrown instanceof RuntimeError)) throw thrown;
      this.counters.toNobody++;
    }
  }

  /** Put `monitor` on a process anywhere. */
  monitor(monitor: Monitor, to: ProcessName): void {
    const process = this.find(to);
    if (process === undefined && typeof to !== 'string' && !this.isLocal(to)) this.distribution.monitor(monitor, to);
    else this.signals.monitor(monitor, process);
  }

  /** Whether it is, or was, of this node. */
  isLocal(to: Pid | NamedProcess | RemoteReference): boolean {
    if (to instanceof Pid || to instanceof RemoteReference) {
      return to.home === this.node || (to.home.name === this.node.name && to.home.creation <= this.node.creation);
    }
    return to.node === this.node.name;
  }

  /** Called by Signals once everybody who had to know was told. */
  buried(process: Process): void {
    process.status = DEAD;
    process.start = null;
    process.messageQueue = null;
    process.receive = null;
    process.state = undefined;
    this.table.remove(process);
    this.distribution.forget(process);
    this.counters.exited++;
  }

  /** Like max_heap_size with kill in OTP: a message queue without end would take the node with it. */
  #overflow(process: Process): void {
    this.counters.messageQueueOverflows++;
    this.scheduler.report(process, 'killed');
    this.signals.end(process, 'killed');
  }
}
