import type { Connection } from './distribution/connection.ts';
import type { ExitReason } from './exit-reason.ts';
import type { Process } from './process.ts';
import { Reference } from './reference.ts';

/** Names a monitor, for `demonitor` and in its DOWN message. */
export type MonitorReference = Reference;

/** Somebody's wish to be told once when a process ends. Subclasses decide how. */
export abstract class Monitor extends Reference {
  /** The process that wants to know; null for the outer world. */
  readonly watcher: Process | null;
  /** The process watched, or the connection to its node; null when it was gone from the start, and after it ended. */
  target: Process | Connection | null = null;
  active = true;

  constructor(watcher: Process | null) {
    super();
    this.watcher = watcher;
  }

  /** Tell that the target ended. Called once, after the monitor was taken off both processes. */
  abstract down(reason: ExitReason): void;
}
