/** Nodes of the messaging room on one virtual clock, one shared disk and one network, all of which do what the test says. */
import { isServing, startApplication } from '../../../../targets/reference/messaging/application.ts';
import type { Cluster } from '../../../../targets/reference/messaging/cluster.ts';
import { Counters } from '../../../../targets/reference/messaging/counters.ts';
import { evict } from '../../../../targets/reference/messaging/eviction.ts';
import type { Limits } from '../../../../targets/reference/messaging/limits.ts';
import { seqBase } from '../../../../targets/reference/messaging/seq-base.ts';
import { LOOK_WITHIN_MS } from '../../../../targets/reference/messaging/takeover.ts';
import type { World } from '../../../../targets/reference/messaging/user-state.ts';
import { type Platform, type Turns, unguarded } from '../../../../targets/reference/platform/platform.ts';
import {
  type Bus,
  type BusEvents,
  createRuntime,
  type NodeIdentity,
  type Runtime,
  sheltered,
} from '../../../../targets/reference/runtime/index.ts';
import type { Network } from './honest-client.ts';
import { presenceWatcher } from './presence-watcher.ts';
import { SharedDisk, SharedStore } from './shared-disk.ts';
import { VirtualPlatform } from './virtual-platform.ts';

const LOOK_MS = 50;
const STEP_MS = 10;
const MAX_ROUNDS = 10_000;

/** What all nodes share. */
class Outside {
  readonly platform = new VirtualPlatform();
  readonly disk = new SharedDisk();
  /** Epoch by which each user was delivered to last. */
  readonly delivered = new Map<string, number>();
  /** Deliveries by an epoch after a later one had delivered. */
  stale = 0;
  #count = 0;

  next(): number {
    return ++this.#count;
  }
}

class SimulatedBus implements Bus {
  events: BusEvents | null = null;
  /** What was sent to each connected node and is under way. */
  readonly out = new Map<string, Buffer[]>();

  get connected(): string[] {
    return [...this.out.keys()];
  }
  send(node: string, signal: Uint8Array): boolean {
    this.out.get(node)?.push(Buffer.from(signal));
    return this.out.has(node);
  }
  disconnect(node: string): void {
    throw new Error(`${node} sent what cannot be read`);
  }
  listen(events: BusEvents): void {
    this.events = events;
  }
}

export interface SimulatedSettings {
  readonly limits: Limits;
  /** Whom somebody on each node watches. */
  readonly watched: readonly string[];
  /** What the nodes' turns are, given those of the virtual platform. */
  readonly over: (turns: Turns) => Turns;
}

const asTheyAre = (turns: Turns): Turns => turns;

export class SimulatedNode implements Network {
  readonly name: string;
  readonly limits: Limits;
  counters = new Counters();
  runtime!: Runtime;
  world!: World;
  store!: SharedStore;
  bus!: SimulatedBus;
  identity!: NodeIdentity;
  state: 'up' | 'paused' | 'down' = 'down';
  /** Whether somebody who watches from here was told last that a user is online. */
  told = new Map<string, boolean>();
  readonly #watched: readonly string[];
  readonly #over: SimulatedSettings['over'];
  readonly #outside: Outside;
  /** What came due while the node was paused. */
  #late: (() => void)[] = [];
  #creation = 0;
  #lookedMs = 0;

  constructor(name: string, { limits, watched, over }: SimulatedSettings, outside: Outside) {
    this.name = name;
    this.limits = limits;
    this.#watched = watched;
    this.#over = over;
    this.#outside = outside;
  }

  boot(): void {
    const { platform, disk } = this.#outside;
    const creation = ++this.#creation;
    this.identity = { name: this.name, creation };
    this.state = 'up';
    this.#late = [];
    this.bus = new SimulatedBus();
    this.runtime = createRuntime({ platform: this.#platform(creation), name: this.name, creation, bus: this.bus });
    const { runtime, bus } = this;
    this.store = new SharedStore(disk, (to, message) => void runtime.send(to, message));
    disk.alive.set(this.name, creation);
    const cluster: Cluster = {
      registry: sheltered(runtime.shelter, this.store),
      isConnected: (node) => bus.out.has(node),
      pidOf: (owner) => runtime.pidOf(owner),
      clientAddress: () => null,
    };
    this.world = startApplication(runtime, {
      limits: this.limits,
      counters: this.counters,
      store: sheltered(runtime.shelter, this.store),
      cluster,
      seqBase: seqBase(platform.clock.wallMs()),
    });
    platform.settle();
    if (!isServing(runtime)) throw new Error('the application does not serve');
    this.told = new Map();
    if (this.#watched.length > 0) runtime.spawn(presenceWatcher, { users: this.#watched, told: this.told });
    this.look();
    this.#lookLater();
  }

  /** A power cut: the first `share` of what waits to be written was. */
  crash(share: number): void {
    this.store.crash(share);
    this.runtime.halt();
    this.#outside.disk.alive.delete(this.name);
    this.state = 'down';
    this.#late = [];
  }

  resume(): void {
    this.state = 'up';
    for (const act of this.#late.splice(0)) act();
  }

  look(): void {
    const { platform, disk } = this.#outside;
    for (const { user, epoch } of disk.takeEvictions(this.name))
      evict(this.world, user, epoch, (pid) => void this.runtime.exit(pid, 'kill'));
    this.#lookedMs = platform.nowMs;
  }

  beforeDelivery(user: string): void {
    if (this.#outside.platform.nowMs - this.#lookedMs > LOOK_WITHIN_MS) this.look();
    const epoch = this.world.directory.find(user)?.epoch;
    // Evicted just now: the connection is closed.
    if (epoch === undefined) return;
    const { delivered } = this.#outside;
    if (epoch < (delivered.get(user) ?? 0)) this.#outside.stale++;
    else delivered.set(user, epoch);
  }

  nextEpoch(): number {
    return this.#outside.next();
  }

  tick(): number {
    return this.#outside.next();
  }

  #lookLater(): void {
    const creation = this.#creation;
    this.#platform(creation).timers.set(LOOK_MS, () => {
      this.look();
      this.#lookLater();
    });
  }

  /** The virtual platform, as a start of this node sees it: stopped while the node is. */
  #platform(creation: number): Platform {
    const { clock, timers, turns, randomness } = this.#outside.platform;
    const alive = (act: () => void) => (): void => {
      if (this.#creation !== creation || this.state === 'down') return;
      if (this.state === 'paused') this.#late.push(act);
      else act();
    };
    return {
      clock,
      randomness,
      timers: { set: (delayMs, fire) => timers.set(delayMs, alive(fire)), clear: (handle) => timers.clear(handle) },
      turns: this.#over({ ...unguarded, defer: (run) => turns.defer(alive(run)) }),
    };
  }
}

export class SimulatedCluster {
  readonly nodes: readonly SimulatedNode[];
  readonly #outside = new Outside();
  /** Pairs that are cut, smaller index first. */
  readonly #cuts = new Set<string>();

  constructor(size: number, limits: Limits, watched: readonly string[] = [], over = asTheyAre) {
    const settings = { limits, watched, over };
    this.nodes = Array.from({ length: size }, (_, index) => new SimulatedNode(`n${index + 1}`, settings, this.#outside));
    for (const node of this.nodes) node.boot();
    this.reconnect();
  }

  get stale(): number {
    return this.#outside.stale;
  }

  get disk(): SharedDisk {
    return this.#outside.disk;
  }

  node(index: number): SimulatedNode {
    return this.nodes[index % this.nodes.length] as SimulatedNode;
  }

  crash(index: number, share: number): void {
    const node = this.node(index);
    if (node.state === 'down') return;
    node.crash(share);
    for (const other of this.nodes) this.#disconnect(node, other);
    this.settle();
  }

  boot(index: number): void {
    const node = this.node(index);
    if (node.state !== 'down') return;
    node.boot();
    this.reconnect();
  }

  pause(index: number): void {
    const node = this.node(index);
    if (node.state === 'up') node.state = 'paused';
  }

  resume(index: number): void {
    const node = this.node(index);
    if (node.state !== 'paused') return;
    node.resume();
    this.reconnect();
  }

  /** The peers of a paused node give it up. */
  timeOut(index: number): void {
    const node = this.node(index);
    if (node.state !== 'paused') return;
    for (const other of this.nodes) this.#disconnect(node, other);
  }

  cut(a: number, b: number): void {
    const [one, other] = [this.node(a), this.node(b)];
    if (one === other) return;
    this.#cuts.add(pairOf(one, other));
    this.#disconnect(one, other);
  }

  heal(a: number, b: number): void {
    this.#cuts.delete(pairOf(this.node(a), this.node(b)));
    this.reconnect();
  }

  /** Everything runs and is connected. */
  healAll(): void {
    this.#cuts.clear();
    for (const index of this.nodes.keys()) {
      this.resume(index);
      this.boot(index);
    }
    this.reconnect();
  }

  /** Connects whoever is not, can be, and is not cut off. */
  reconnect(): void {
    for (const one of this.nodes)
      for (const other of this.nodes) {
        if (one.name >= other.name || one.state !== 'up' || other.state !== 'up') continue;
        if (one.bus.out.has(other.name) || this.#cuts.has(pairOf(one, other))) continue;
        for (const [from, to] of [
          [one, other],
          [other, one],
        ] as const) {
          from.bus.out.set(to.name, []);
          from.bus.events?.up(to.identity);
        }
      }
  }

  /** Runs and delivers until nothing is left to do at this moment. */
  settle(): void {
    for (let round = 0; ; round++) {
      if (round > MAX_ROUNDS) throw new Error('the nodes never come to rest');
      this.#outside.platform.settle();
      let moved = false;
      for (const from of this.nodes)
        for (const to of this.nodes) {
          if (from === to || from.state === 'down' || to.state !== 'up') continue;
          for (const signal of from.bus.out.get(to.name)?.splice(0) ?? []) {
            to.bus.events?.signal(from.identity, signal);
            moved = true;
          }
        }
      if (!moved) return;
    }
  }

  advance(ms: number): void {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.#outside.platform.advance(Math.min(STEP_MS, ms - passed));
      this.settle();
    }
  }

  #disconnect(one: SimulatedNode, other: SimulatedNode): void {
    if (one === other) return;
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      if (!from.bus.out.delete(to.name) || from.state === 'down') continue;
      from.bus.events?.down(to.identity);
    }
  }
}

function pairOf(one: SimulatedNode, other: SimulatedNode): string {
  return [one.name, other.name].sort().join();
}
