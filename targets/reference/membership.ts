/**
 * A node among others: it records itself, connects the mesh to the nodes on record, says where clients are best served, and learns in time
 * which users were taken from it.
 *
 * Every LOOK_MS it reads what the nodes share. If the last look is older than LOOK_WITHIN_MS, by a clock that goes on while the process is
 * stopped, it looks again before it delivers anything. Looking only reads, and waits for nobody.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { betterNode, type Peer, type Placement, type Verdict } from './gateway/placement.ts';
import { Rebalance } from './gateway/rebalance.ts';
import type { Cluster } from './messaging/cluster.ts';
import { evict } from './messaging/eviction.ts';
import type { Owner, UserRegistry } from './messaging/store-port.ts';
import { LOOK_WITHIN_MS } from './messaging/takeover.ts';
import type { World } from './messaging/user-state.ts';
import type { Mesh } from './platform/real/mesh/mesh.ts';
import type { Pid, Runtime } from './runtime/index.ts';
import type { Member, MemberRecords } from './store/members.ts';

const LOOK_MS = 80;
/**
 * How long a node that joins waits for the others: longer than they take to see it, at their next look, and to shake hands; short enough
 * for a node that comes back while another is stopped or cut off.
 */
const ACQUAINT_MS = 500;
const ASK_MS = 5;

export interface MembershipOptions {
  readonly self: Pick<Member, 'name' | 'creation' | 'host'>;
  readonly registry: UserRegistry;
  readonly members: MemberRecords;
  readonly mesh: Mesh;
  /** Open connections of this node. */
  readonly load: () => number;
  /** Sends up to `count` clients to another node, at `host:port`. */
  readonly move: (count: number, address: string) => void;
}

export class Membership implements Cluster, Placement {
  readonly registry: UserRegistry;
  readonly #options: MembershipOptions;
  #served: { readonly world: World; readonly runtime: Runtime } | null = null;
  #members: readonly Member[] = [];
  /** The members as the mesh was told them, in words. */
  #told = '';
  #lookedMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  readonly #rebalance = new Rebalance();

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.registry = options.registry;
  }

  /**
   * Puts the node on record before anything of it may own a user, and begins to look. Resolves when it is connected with the others that
   * were there, or ACQUAINT_MS later: clients who come before that would have their users taken by force from nodes that are well.
   */
  async join(world: World, runtime: Runtime): Promise<void> {
    this.#served = { world, runtime };
    await this.#announce(0, 'ready');
    this.#timer = setInterval(() => {
      this.look();
      this.#moveSome();
    }, LOOK_MS);
    this.look();
    await this.#acquainted();
  }

  /** Clients can come. */
  open(port: number): Promise<void> {
    return this.#announce(port, 'ready');
  }

  /** From now on no client is sent here. */
  drain(port: number): Promise<void> {
    return this.#announce(port, 'draining');
  }

  /** Off the record: what the node owned is free. Nothing of it may write or deliver any more. */
  async leave(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#options.members.leave();
    await this.#options.mesh.close();
  }

  /** Looks now. */
  look(): void {
    const { members, mesh } = this.#options;
    for (const { user, epoch } of members.evictions()) this.#evict(user, epoch);
    this.#lookedMs = performance.now();
    this.#members = members.list();
    const told = this.#members.map(({ name, creation, meshPort }) => `${name} ${creation} ${meshPort}`).join();
    if (told === this.#told) return;
    this.#told = told;
    mesh.setMembers(this.#members);
  }

  /** For the gateway: whether this node may still make the deliveries of this turn. */
  mayDeliver(): boolean {
    if (performance.now() - this.#lookedMs > LOOK_WITHIN_MS) this.look();
    return true;
  }

  isConnected(node: string): boolean {
    return this.#options.mesh.connected.includes(node);
  }

  pidOf(owner: Owner): Pid {
    return (this.#served as { readonly runtime: Runtime }).runtime.pidOf(owner);
  }

  clientAddress(node: string): string | null {
    const member = this.#members.find(({ name, port }) => name === node && port !== 0);
    return member === undefined ? null : `${member.host}:${member.port}`;
  }

  admit(user: string, _device: string, redirected: boolean, done: (verdict: Verdict) => void): void {
    const livesHere = this.#served?.world.directory.find(user) !== undefined;
    const better = livesHere || redirected ? null : betterNode(this.#options.load(), this.#peers());
    done(better === null ? { kind: 'here' } : { kind: 'elsewhere', host: better.host, port: better.port });
  }

  /** A node that came later waits for this one, and one that ends meanwhile is waited for no more. */
  async #acquainted(): Promise<void> {
    const { self } = this.#options;
    const before = new Set(this.#members.map(({ name }) => name));
    const isAwaited = ({ name }: Member): boolean => name !== self.name && before.has(name) && !this.isConnected(name);
    const endMs = performance.now() + ACQUAINT_MS;
    while (this.#members.some(isAwaited) && performance.now() < endMs) await pause(ASK_MS);
  }

  #peers(): readonly Peer[] {
    const { mesh, self } = this.#options;
    return this.#members.flatMap(({ name, host, port, state }) => {
      const connections = name === self.name || port === 0 ? null : mesh.loadOf(name);
      return connections === null ? [] : [{ name, host, port, connections, state }];
    });
  }

  #moveSome(): void {
    const { load, move } = this.#options;
    const moves = this.#rebalance.next(performance.now(), load(), this.#peers());
    if (moves !== null) move(moves.count, `${moves.to.host}:${moves.to.port}`);
  }

  #announce(port: number, state: Member['state']): Promise<void> {
    const { self, members, mesh } = this.#options;
    return members.announce({ ...self, port, meshPort: mesh.port, state });
  }

  #evict(user: string, epoch: number): void {
    if (this.#served === null) return;
    const { world, runtime } = this.#served;
    evict(world, user, epoch, (pid) => void runtime.exit(pid, 'kill'));
  }
}
