/**
 * Links between processes of this node and of one other, by the link protocol of OTP 23 and later ("Link Protocol" in the
 * distribution protocol of ERTS): an unlink is acknowledged, and until then whatever the other side still says of the old link is
 * ignored. So both sides agree, however their signals cross.
 */
import type { Pid } from '../pid.ts';

const LINKED = 0;

export class RemoteLinks {
  /** By remote pid and local serial: LINKED, or the id of an unlink that is not acknowledged yet. */
  readonly #states = new Map<Pid, Map<number, number>>();
  #lastUnlink = 0;

  /** Returns false when it was linked already. */
  link(remote: Pid, serial: number): boolean {
    let states = this.#states.get(remote);
    if (states?.get(serial) === LINKED) return false;
    if (states === undefined) {
      states = new Map();
      this.#states.set(remote, states);
    }
    states.set(serial, LINKED);
    return true;
  }

  /** The other side linked. Returns false when that changes nothing, as with a link that it will hear is taken off. */
  linked(remote: Pid, serial: number): boolean {
    return this.#states.get(remote)?.has(serial) === true ? false : this.link(remote, serial);
  }

  /** Returns the id to tell the other side; null when there was no link. */
  unlink(remote: Pid, serial: number): number | null {
    const states = this.#states.get(remote);
    if (states?.get(serial) !== LINKED) return null;
    this.#lastUnlink++;
    states.set(serial, this.#lastUnlink);
    return this.#lastUnlink;
  }

  /** The other side took the link off, or ended. Returns false when there was none. */
  unlinked(remote: Pid, serial: number): boolean {
    if (this.#states.get(remote)?.get(serial) !== LINKED) return false;
    this.#forget(remote, serial);
    return true;
  }

  acknowledged(remote: Pid, serial: number, id: number): void {
    if (this.#states.get(remote)?.get(serial) === id) this.#forget(remote, serial);
  }

  /** All that are linked, and nothing is from now on. */
  clear(): { readonly remote: Pid; readonly serial: number }[] {
    const links: { readonly remote: Pid; readonly serial: number }[] = [];
    for (const [remote, states] of this.#states) {
      for (const [serial, state] of states) if (state === LINKED) links.push({ remote, serial });
    }
    this.#states.clear();
    return links;
  }

  #forget(remote: Pid, serial: number): void {
    const states = this.#states.get(remote);
    states?.delete(serial);
    if (states?.size === 0) this.#states.delete(remote);
  }
}
