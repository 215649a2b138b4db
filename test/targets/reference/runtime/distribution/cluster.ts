import type { Bus, BusEvents, Limits, NodeIdentity, Pid, Runtime } from '../../../../../targets/reference/runtime/index.ts';
import { createRuntime } from '../../../../../targets/reference/runtime/index.ts';
import { createManualPlatform, type ManualPlatform } from '../manual-platform.ts';
import '../rig.ts';

/**
 * Nodes on one platform that the test moves by hand, and a network between them that the test holds in its hands: nothing arrives
 * unless it says so, connections break and come back when it says so, and each side learns of a break when it says so.
 */
export interface Cluster {
  readonly platform: ManualPlatform;
  start(name: string, creation?: number, limits?: Partial<Limits>): Runtime;
  /** Both learn of it at once. What `stop`ped nodes had is gone. */
  connect(a: string, b: string): void;
  /** What is under way is lost, and `a` learns of it; `b` does not until `learn`. */
  cut(a: string, b: string): void;
  learn(name: string, of: string): void;
  /** Cut, and both learn of it. */
  disconnect(a: string, b: string): void;
  /** Deliver the oldest signal under way from one to the other. Returns false when there is none. */
  deliver(from: string, to: string): boolean;
  /** Put bytes on the wire, as a node gone mad would. */
  inject(from: string, to: string, bytes: Uint8Array): void;
  /** Run all processes and deliver everything until nothing is left to do. */
  settle(): void;
  /** The node is gone as in a power cut; the others learn of it. */
  kill(name: string): void;
  /** Signals under way. */
  underWay(from: string, to: string): number;
}

interface Member {
  readonly identity: NodeIdentity;
  readonly runtime: Runtime;
  readonly bus: FakeBus;
}

class FakeBus implements Bus {
  readonly identity: NodeIdentity;
  events: BusEvents | null = null;
  /** By the node at the other end: what this one sent and it has not got yet. */
  readonly out = new Map<string, Buffer[]>();
  readonly broken = new Map<string, NodeIdentity>();
  readonly onDisconnect: (other: string) => void;

  constructor(identity: NodeIdentity, onDisconnect: (other: string) => void) {
    this.identity = identity;
    this.onDisconnect = onDisconnect;
  }

  get connected(): string[] {
    return [...this.out.keys()];
  }

  send(node: string, signal: Uint8Array): boolean {
    this.out.get(node)?.push(Buffer.from(signal));
    return this.out.has(node);
  }

  disconnect(node: string): void {
    this.onDisconnect(node);
  }

  listen(events: BusEvents): void {
    this.events = events;
  }
}

export function createCluster(...names: string[]): Cluster & { readonly nodes: Readonly<Record<string, Runtime>> } {
  const platform = createManualPlatform();
  const members = new Map<string, Member>();
  const nodes: Record<string, Runtime> = {};
  const member = (name: string): Member => members.get(name) as Member;
  const cluster = {
    platform,
    nodes,
    start(name: string, creation = 1, limits: Partial<Limits> = {}): Runtime {
      const bus = new FakeBus({ name, creation }, (other) => cluster.disconnect(name, other));
      const runtime = createRuntime({ platform, name, creation, bus, limits });
      members.set(name, { identity: bus.identity, runtime, bus });
      nodes[name] = runtime;
      return runtime;
    },
    connect(a: string, b: string): void {
      for (const [one, other] of [
        [member(a), member(b)],
        [member(b), member(a)],
      ] as const) {
        one.bus.out.set(other.identity.name, []);
        one.bus.events?.up(other.identity);
      }
    },
    cut(a: string, b: string): void {
      if (!member(a).bus.out.delete(b)) return;
      member(b).bus.out.delete(a);
      member(b).bus.broken.set(a, member(a).identity);
      member(a).bus.events?.down(member(b).identity);
    },
    learn(name: string, of: string): void {
      const broken = member(name).bus.broken.get(of);
      if (broken === undefined) return;
      member(name).bus.broken.delete(of);
      member(name).bus.events?.down(broken);
    },
    disconnect(a: string, b: string): void {
      cluster.cut(a, b);
      cluster.learn(b, a);
    },
    deliver(from: string, to: string): boolean {
      const signal = member(from).bus.out.get(to)?.shift();
      if (signal === undefined) return false;
      member(to).bus.events?.signal(member(from).identity, signal);
      return true;
    },
    inject(from: string, to: string, bytes: Uint8Array): void {
      member(from).bus.out.get(to)?.push(Buffer.from(bytes));
    },
    settle(): void {
      for (let limit = 100_000, busy = true; busy; limit--) {
        if (limit === 0) throw new Error('a hundred thousand rounds and no end');
        busy = false;
        platform.settle();
        for (const from of members.keys()) for (const to of members.keys()) while (cluster.deliver(from, to)) busy = true;
      }
    },
    kill(name: string): void {
      member(name).runtime.halt();
      for (const other of [...member(name).bus.out.keys()]) cluster.disconnect(name, other);
    },
    underWay: (from: string, to: string): number => member(from).bus.out.get(to)?.length ?? 0,
  };
  for (const name of names) cluster.start(name);
  names.forEach((a, i) => {
    for (const b of names.slice(i + 1)) cluster.connect(a, b);
  });
  return cluster;
}

/** The pid as another node knows it. */
export function seenFrom(runtime: Runtime, pid: Pid): Pid {
  return runtime.pidOf({ node: pid.node, creation: pid.creation, serial: pid.serial });
}
