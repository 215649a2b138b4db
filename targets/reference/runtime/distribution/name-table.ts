import { Alias } from '../alias.ts';
import { type NodeIdentity, type Pid, RemotePid } from '../pid.ts';
import { type Reference, RemoteReference } from '../reference.ts';

/** Entries before the first look for those that nobody holds any more. */
const FIRST_SWEEP = 1024;

/** Values that live as long as somebody else holds them, by number. */
class WeakTable<T extends object> {
  readonly #entries = new Map<number, WeakRef<T>>();
  #sweepAt = FIRST_SWEEP;

  get size(): number {
    return this.#entries.size;
  }

  get(key: number): T | undefined {
    return this.#entries.get(key)?.deref();
  }

  set(key: number, value: T): void {
    if (this.#entries.size >= this.#sweepAt) this.#sweep();
    this.#entries.set(key, new WeakRef(value));
  }

  /** Every doubling at most, so that an entry pays for a constant part of it. */
  #sweep(): void {
    for (const [key, entry] of this.#entries) if (entry.deref() === undefined) this.#entries.delete(key);
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#entries.size * 2);
  }
}

/** One start of a node, and everything of it that somebody here holds. */
interface KnownNode {
  readonly identity: NodeIdentity;
  readonly pids: WeakTable<Pid>;
  readonly references: WeakTable<RemoteReference>;
}

/** Starts of one node that are remembered; of older ones equal pids may be two objects. */
const MAX_CREATIONS = 64;

/**
 * Makes sure that one process or reference of another node is one object, as long as anybody holds it: pids serve as keys of a Map
 * and are compared with `===`, wherever they came from.
 */
export class NameTable {
  readonly #self: NodeIdentity;
  readonly #nodes = new Map<string, KnownNode[]>();
  /** References of this node that other nodes heard of. */
  readonly #exported = new WeakTable<Reference>();
  /** Aliases among them, which must work even if nobody here holds them. */
  readonly #aliases = new Map<number, Alias>();
  #sweepAliasesAt = FIRST_SWEEP;

  constructor(self: NodeIdentity) {
    this.#self = self;
  }

  /** One object for one start of one node. */
  identity(name: string, creation: number): NodeIdentity {
    return this.#node(name, creation).identity;
  }

  pid(name: string, creation: number, serial: number): Pid {
    const { identity, pids } = this.#node(name, creation);
    const known = pids.get(serial);
    if (known !== undefined) return known;
    const pid = new RemotePid(identity, serial);
    pids.set(serial, pid);
    return pid;
  }

  /** A process of this node ended: when somebody asks for its pid later, it is to be this object. */
  remember(pid: Pid): void {
    this.#node(this.#self.name, this.#self.creation).pids.set(pid.serial, pid);
  }

  reference(name: string, creation: number, id: number, caller: Pid | null): RemoteReference {
    const { identity, references } = this.#node(name, creation);
    const known = references.get(id);
    if (known !== undefined) return known;
    const reference = new RemoteReference(identity, id, caller);
    references.set(id, reference);
    return reference;
  }

  /** Another node is about to hear of a reference of this one. */
  exported(reference: Reference): void {
    if (!(reference instanceof Alias)) this.#exported.set(reference.id, reference);
    else if (reference.active) {
      if (this.#aliases.size >= this.#sweepAliasesAt) this.#sweepAliases();
      this.#aliases.set(reference.id, reference);
    }
  }

  /** The reference of this node with this id, if another node heard of it and it is still worth something. */
  own(id: number): Reference | undefined {
    return this.#aliases.get(id) ?? this.#exported.get(id);
  }

  #sweepAliases(): void {
    for (const [id, alias] of this.#aliases) if (!alias.active || !alias.owner.alive) this.#aliases.delete(id);
    this.#sweepAliasesAt = Math.max(FIRST_SWEEP, this.#aliases.size * 2);
  }

  #node(name: string, creation: number): KnownNode {
    let starts = this.#nodes.get(name);
    if (starts === undefined) {
      starts = [];
      this.#nodes.set(name, starts);
    }
    for (const known of starts) if (known.identity.creation === creation) return known;
    const own = name === this.#self.name && creation === this.#self.creation;
    const identity = own ? this.#self : { name, creation };
    const known: KnownNode = { identity, pids: new WeakTable(), references: new WeakTable() };
    starts.push(known);
    if (starts.length > MAX_CREATIONS) starts.splice(starts[0]?.identity === this.#self ? 1 : 0, 1);
    return known;
  }
}
