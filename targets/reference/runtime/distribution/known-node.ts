import { type NodeIdentity, type Pid, RemotePid } from '../pid.ts';
import { RemoteReference } from '../reference.ts';
import { WeakTable } from './weak-table.ts';

/** One start of a node, and everything of it that somebody here holds. */
export class KnownNode {
  readonly identity: NodeIdentity;
  readonly #pids = new WeakTable<Pid>();
  readonly #references = new WeakTable<RemoteReference>();

  constructor(identity: NodeIdentity) {
    this.identity = identity;
  }

  pid(serial: number): Pid {
    const known = this.#pids.get(serial);
    if (known !== undefined) return known;
    const pid = new RemotePid(this.identity, serial);
    this.#pids.set(serial, pid);
    return pid;
  }

  /** Later requests for this pid must return this object. */
  remember(pid: Pid): void {
    this.#pids.set(pid.serial, pid);
  }

  reference(id: number, caller: Pid | null): RemoteReference {
    const known = this.#references.get(id);
    if (known !== undefined) return known;
    const reference = new RemoteReference(this.identity, id, caller);
    this.#references.set(id, reference);
    return reference;
  }
}
