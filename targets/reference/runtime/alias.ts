import type { Process } from './process.ts';
import { Reference } from './reference.ts';

/**
 * An address of a process that can be switched off: what is sent to it afterwards vanishes, so that answers that come too late
 * never arrive. `once` switches itself off with the first message.
 */
export class Alias extends Reference {
  readonly owner: Process;
  readonly once: boolean;
  active = true;

  constructor(owner: Process, once: boolean) {
    super();
    this.owner = owner;
    this.once = once;
  }
}
