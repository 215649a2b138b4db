import type { ExitReason } from './exit-reason.ts';
import type { Kernel } from './kernel.ts';
import type { NamedProcess } from './messages.ts';
import { Monitor } from './monitor.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';

/** A process's monitor: arrives as a DOWN message. */
export class ProcessMonitor extends Monitor {
  readonly kernel: Kernel;
  readonly subject: Pid | NamedProcess;

  constructor(kernel: Kernel, watcher: Process, subject: Pid | NamedProcess) {
    super(watcher);
    this.kernel = kernel;
    this.subject = subject;
  }

  override down(reason: ExitReason): void {
    this.kernel.deliver(this.watcher as Process, { type: 'DOWN', ref: this, pid: this.subject, reason });
  }
}

/** A port's monitor: calls back, in a turn of its own. */
export class OutsideMonitor extends Monitor {
  readonly kernel: Kernel;
  readonly callback: (reason: ExitReason) => void;

  constructor(kernel: Kernel, callback: (reason: ExitReason) => void) {
    super(null);
    this.kernel = kernel;
    this.callback = callback;
  }

  override down(reason: ExitReason): void {
    this.kernel.outside.add(() => this.callback(reason));
  }
}
