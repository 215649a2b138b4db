import { Alias } from '../alias.ts';
import type { NodeIdentity } from '../pid.ts';
import type { Reference } from '../reference.ts';
import { KnownNode } from './known-node.ts';
import { WeakTable } from './weak-table.ts';

/** Starts of one node that are remembered; of older ones equal pids may be two objects. */
const MAX_CREATIONS = 64;
/** Aliases before the first look for those that are off. */
const FIRST_SWEEP = 1024;

/**
 * Makes sure that one process or reference of another node is one object, as long as anybody holds it: pids serve as keys of a Map
 * and are compared with `===`, wherever they came from.
 */
export class NameTable {
  /** This node; of its pids, those of processes that ended. */
  readonly self: KnownNode;
  readonly #nodes = new Map<string, KnownNode[]>();
  /** References of this node that other nodes heard of. */
  readonly #exported = new WeakTable<Reference>();
  /** Aliases among them, which must work even if nobody here holds them. */
  readonly #aliases = new Map<number, Alias>();
  #sweepAliasesAt = FIRST_SWEEP;

  constructor(self: NodeIdentity) {
    this.self = new KnownNode(self);
    this.#nodes.set(self.name, [this.self]);
  }

  node(name: string, creation: number): KnownNode {
    let starts = this.#nodes.get(name);
    if (starts === undefined) {
      starts = [];
      this.#nodes.set(name, starts);
    }
    for (const known of starts) if (known.identity.creation === creation) return known;
    const known = new KnownNode({ name, creation });
    starts.push(known);
    if (starts.length > MAX_CREATIONS) starts.splice(starts[0] === this.self ? 1 : 0, 1);
    return known;
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
}
