/**
 * Where users of other nodes were when somebody of this node last asked. Asking reads the store, which has the event loop woken once more a
 * millisecond later; most senders ask for users that others of their node asked for before.
 *
 * It may be out of date, as a line to a receiver that was opened long ago may be: whoever writes to a process that is no more learns so by
 * the monitor, forgets, and asks the registry; and a process that is no owner any more cannot write. Nothing here must be done whole:
 * an entry that is missing costs a question.
 */
import type { Pid } from '../runtime/pid.ts';

/** The one that was asked for first goes first. */
const MAX_USERS = 10_000;

export class Whereabouts {
  readonly #users = new Map<string, Pid>();

  get(user: string): Pid | undefined {
    return this.#users.get(user);
  }

  note(user: string, pid: Pid): void {
    if (this.#users.size >= MAX_USERS && !this.#users.has(user)) {
      const [oldest] = this.#users.keys();
      if (oldest !== undefined) this.#users.delete(oldest);
    }
    this.#users.set(user, pid);
  }

  /** The process was not where it was thought to be, or is no more; whoever noted its successor meanwhile is right. */
  forget(user: string, pid: Pid): void {
    if (this.#users.get(user) === pid) this.#users.delete(user);
  }
}
