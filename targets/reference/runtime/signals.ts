/**
 * Links, monitors and exit signals, by the rules of OTP ("Processes", "Signals" in the Erlang reference manual). A signal
 * takes effect in the receiver at the moment it is sent, so the order of signals between two processes is the order of
 * sending. The one exception is the process whose turn it is: it ends when its handler returns.
 */
import { add, members, remove } from './compact-set.ts';
import type { ExitReason } from './exit-reason.ts';
import type { Kernel } from './kernel.ts';
import type { Monitor } from './monitor.ts';
import { EXITING, type Process, RUNNING } from './process.ts';

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

  /** Returns false when it had fired or had been taken off before. */
  demonitor(monitor: Monitor): boolean {
    if (!monitor.active) return false;
    monitor.active = false;
    const { target, watcher } = monitor;
    if (target !== null) target.watchers = remove(target.watchers, monitor);
    if (watcher !== null) watcher.monitors = remove(watcher.monitors, monitor);
    monitor.target = null;
    return true;
  }

  /** What exit/2 sends. `from` is null for the outer world. */
  exit(from: Process | null, to: Process, reason: ExitReason): void {
    if (!to.alive) return;
    if (reason === 'kill') this.end(to, 'killed');
    else if (to.trapExit) this.#kernel.deliver(to, { type: 'EXIT', from, reason });
    else if (reason !== 'normal' || from === to) this.end(to, reason);
  }

  /** What a dying process sends along its links: here `kill` is a reason like any other. */
  #linkExit(from: Process, to: Process, reason: ExitReason): void {
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
      other.links = remove(other.links, process);
      this.#linkExit(process, other, reason);
    }
    for (const monitor of watchers) {
      monitor.active = false;
      monitor.target = null;
      if (monitor.watcher !== null) monitor.watcher.monitors = remove(monitor.watcher.monitors, monitor);
      if (monitor.watcher === null || monitor.watcher.alive) monitor.down(reason);
    }
    this.#kernel.buried(process);
  }
}
