/**
 * Links, monitors and exit signals, by the rules of OTP ("Processes", "Signals" in the Erlang reference manual). A signal
 * takes effect in the receiver at the moment it is sent, so the order of signals between two processes is the order of
 * sending. The one exception is the process whose turn it is: it ends when its handler returns.
 */
import { add, members, remove } from './compact-set.ts';
import type { Connection } from './distribution/connection.ts';
import type { ExitReason } from './exit-reason.ts';
import type { Kernel } from './kernel.ts';
import type { Monitor } from './monitor.ts';
import type { Pid } from './pid.ts';
import { EXITING, Process, RUNNING } from './process.ts';

export class Signals {
  readonly #kernel: Kernel;
  /** Processes that have ended and are not buried yet. A queue, because the dead drag others along, in any number. */
  #dying: { readonly process: Process; readonly reason: ExitReason }[] = [];
  #burying = false;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  link(a: Process, b: Process): void {
    a.links = add(a.links, b);
    b.links = add(b.links, a);
  }

  unlink(a: Process, b: Process): void {
    a.links = remove(a.links, b);
    b.links = remove(b.links, a);
  }

  /** This process's half of a link with a process of another node. */
  linked(process: Process, to: Pid): void {
    process.links = add(process.links, to);
  }

  unlinked(process: Process, to: Pid): void {
    process.links = remove(process.links, to);
  }

  /** Put `monitor` on `target`; undefined and dead processes are reported down at once with `absent`. */
  monitor(monitor: Monitor, target: Process | undefined, absent: ExitReason = 'noproc'): void {
    if (target === undefined || !target.alive) {
      monitor.active = false;
      monitor.down(absent);
      return;
    }
    monitor.target = target;
    target.watchers = add(target.watchers, monitor);
    if (monitor.watcher !== null) monitor.watcher.monitors = add(monitor.watcher.monitors, monitor);
  }

  /** `monitor` was put on a process of another node. */
  monitorRemote(monitor: Monitor, connection: Connection): void {
    monitor.target = connection;
    if (monitor.watcher !== null) monitor.watcher.monitors = add(monitor.watcher.monitors, monitor);
  }

  /** What it watches has ended, and knows nothing of the monitor any more. */
  fire(monitor: Monitor, reason: ExitReason): void {
    monitor.active = false;
    monitor.target = null;
    if (monitor.watcher !== null) monitor.watcher.monitors = remove(monitor.watcher.monitors, monitor);
    if (monitor.watcher === null || monitor.watcher.alive) monitor.down(reason);
  }

  /** Returns false when it had fired or had been taken off before. */
  demonitor(monitor: Monitor): boolean {
    if (!monitor.active) return false;
    monitor.active = false;
    const { target, watcher } = monitor;
    if (target instanceof Process) target.watchers = remove(target.watchers, monitor);
    else if (target !== null) target.demonitor(monitor);
    if (watcher !== null) watcher.monitors = remove(watcher.monitors, monitor);
    monitor.target = null;
    return true;
  }

  /** What exit/2 sends. `from` is null for the outer world. */
  exit(from: Pid | null, to: Process, reason: ExitReason): void {
    if (!to.alive) return;
    if (reason === 'kill') this.end(to, 'killed');
    else if (to.trapExit) this.#kernel.deliver(to, { type: 'EXIT', from, reason });
    else if (reason !== 'normal' || from === to) this.end(to, reason);
  }

  /** What a dying process sends along its links: here `kill` is a reason like any other. Takes off the receiver's half of the link. */
  linkExit(from: Pid, to: Process, reason: ExitReason): void {
    to.links = remove(to.links, from);
    if (!to.alive) return;
    if (to.trapExit) this.#kernel.deliver(to, { type: 'EXIT', from, reason });
    else if (reason !== 'normal') this.end(to, reason);
  }

  /** End a process now, or when its handler returns if it is the one running. */
  end(process: Process, reason: ExitReason): void {
    if (!process.alive) return;
    if (process.status === RUNNING) {
      process.pendingExit ??= { reason, own: false };
      return;
    }
    process.status = EXITING;
    this.#dying.push({ process, reason });
    if (this.#burying) return;
    this.#burying = true;
    for (let i = 0; i < this.#dying.length; i++) {
      const dead = this.#dying[i] as { process: Process; reason: ExitReason };
      this.#bury(dead.process, dead.reason);
    }
    this.#dying = [];
    this.#burying = false;
  }

  #bury(process: Process, reason: ExitReason): void {
    this.#kernel.registry.release(process);
    const links = members(process.links);
    const watchers = members(process.watchers);
    for (const monitor of members(process.monitors)) this.demonitor(monitor);
    process.links = null;
    process.watchers = null;
    for (const other of links) {
      if (other instanceof Process) this.linkExit(process, other, reason);
      else this.#kernel.distribution.linkBroken(process, other, reason);
    }
    for (const monitor of watchers) this.fire(monitor, reason);
    this.#kernel.buried(process);
  }
}
