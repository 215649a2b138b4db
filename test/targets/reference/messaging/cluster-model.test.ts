/**
 * The promise of the messaging room on three nodes, whichever of them crash, stop, are cut off or come back, in whatever order: what is
 * acknowledged is delivered, in order and once, and never by an epoch that is over; and who watches somebody is told the truth in the end.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../../targets/reference/messaging/limits.ts';
import { PRESENCE } from '../../../../targets/reference/messaging/names.ts';
import type { Pid } from '../../../../targets/reference/runtime/index.ts';
import { HonestClient, type Recovery } from './honest-client.ts';
import { checkPromise } from './promise.ts';
import { SimulatedCluster, type SimulatedNode } from './simulated-cluster.ts';

const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  window: 3,
  maxResident: 4,
  maxMailbox: 60,
  lingerMs: 500,
  redeliverMs: 200,
  maxRedeliveries: 2,
  maxResidentBytes: 100,
  maxProcessBytes: 5_000,
  maxNodeBytes: 12_000,
};
const USERS = ['a', 'b', 'c', 'd'];
const NODES = 3;
/** A claim, a load and an append, each with its answer. */
const FLOW_ROUNDS = 4;

type Step =
  | { readonly do: 'send'; readonly from: number; readonly to: number; readonly times: number }
  | { readonly do: 'read'; readonly user: number; readonly frames: number; readonly ack: boolean }
  | { readonly do: 'connect'; readonly user: number; readonly node: number }
  | { readonly do: 'move'; readonly user: number; readonly node: number }
  | { readonly do: 'cut' | 'kill' | 'forget' | 'sleep'; readonly user: number }
  | { readonly do: 'write' | 'pause' | 'resume' | 'time-out' | 'boot' | 'kill-presence'; readonly node: number }
  | { readonly do: 'crash'; readonly node: number; readonly share: number }
  | { readonly do: 'partition' | 'join'; readonly a: number; readonly b: number }
  | { readonly do: 'settle' | 'flow' }
  | { readonly do: 'wait'; readonly ms: number };

const user = fc.nat({ max: USERS.length - 1 });
const node = fc.nat({ max: NODES - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('send' as const), from: user, to: user, times: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('read' as const), user, frames: fc.integer({ min: 1, max: 8 }), ack: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), node }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('settle' as const, 'flow' as const, 'flow' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('connect' as const), user, node }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), user, node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'kill' as const), user }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('pause' as const, 'resume' as const, 'time-out' as const, 'boot' as const),
      node,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('partition' as const, 'join' as const), a: node, b: node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill-presence' as const), node }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('crash' as const), node, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(10, 60, 160, 350, 1_000) }) },
);

class Play {
  readonly cluster = new SimulatedCluster(NODES, LIMITS, USERS);
  readonly clients: readonly HonestClient[];
  /** Where each client is, or was last. */
  readonly at: number[] = USERS.map((_, index) => index % NODES);

  constructor(recovery: Recovery) {
    this.clients = USERS.map((name) => new HonestClient(name, 'd0', recovery));
  }

  step(one: Step): void {
    const { cluster } = this;
    switch (one.do) {
      case 'send':
        for (let i = 0; i < one.times; i++) this.#client(one.from).send(this.#nodeOf(one.from), USERS[one.to] as string);
        break;
      case 'read':
        this.read(one.user, one.frames, one.ack);
        break;
      case 'connect':
        this.connect(one.user, one.node);
        break;
      case 'move':
        this.move(one.user, one.node);
        break;
      case 'cut':
        this.#client(one.user).cut();
        break;
      case 'forget':
        this.#client(one.user).forget();
        break;
      case 'sleep':
        this.sleep(one.user);
        break;
      case 'kill':
        for (const { world, runtime, state } of cluster.nodes) {
          const resident = world.directory.find(USERS[one.user] as string);
          if (resident !== undefined && state === 'up') runtime.exit(resident.pid, 'kill');
        }
        break;
      case 'kill-presence': {
        const { runtime, state } = cluster.node(one.node);
        const presence = runtime.whereis(PRESENCE);
        if (presence !== undefined && state === 'up') runtime.exit(presence, 'kill');
        break;
      }
      case 'write':
        if (cluster.node(one.node).state === 'up') cluster.node(one.node).store.write();
        break;
      case 'crash':
        cluster.crash(one.node, one.share);
        for (const [index, client] of this.clients.entries()) if (this.at[index] === one.node) client.cut();
        break;
      case 'pause':
        cluster.pause(one.node);
        break;
      case 'resume':
        cluster.resume(one.node);
        break;
      case 'time-out':
        cluster.timeOut(one.node);
        break;
      case 'boot':
        cluster.boot(one.node);
        break;
      case 'partition':
        cluster.cut(one.a, one.b);
        break;
      case 'join':
        cluster.heal(one.a, one.b);
        break;
      case 'settle':
        cluster.settle();
        break;
      case 'flow':
        this.flow();
        break;
      case 'wait':
        cluster.advance(one.ms);
    }
  }

  /** What is under way gets where it can get. */
  flow(): void {
    for (let round = 0; round < FLOW_ROUNDS; round++) {
      this.cluster.settle();
      for (const { store, state } of this.cluster.nodes) if (state === 'up') store.write();
    }
    this.cluster.settle();
  }

  /** The node where the client is means to send it to another, as a node with too many does. */
  move(user: number, to: number): void {
    const from = this.cluster.node(this.at[user] as number);
    const resident = from.world.directory.find(USERS[user] as string);
    if (from.state !== 'up' || resident === undefined || to === this.at[user]) return;
    from.runtime.send(resident.pid, { type: 'move', address: String(to) });
    this.cluster.settle();
  }

  /** The device is away for so long that its user's process goes to sleep, which records which ids it used, and comes back. */
  sleep(user: number): void {
    this.#client(user).cut();
    this.cluster.advance(LIMITS.lingerMs);
    this.flow();
    this.connect(user, this.at[user] as number);
    this.flow();
    this.read(user, 5, true);
  }

  /** Reads, and follows where it was sent. */
  read(user: number, frames: number, acknowledge: boolean): void {
    const client = this.#client(user);
    client.read(this.#nodeOf(user), frames, acknowledge);
    if (client.movedTo !== null) this.connect(user, Number(client.movedTo));
  }

  /** Where it is connected already it stays; elsewhere it lets go first. */
  connect(user: number, node: number): void {
    const client = this.#client(user);
    if (this.cluster.node(node).state !== 'up') return;
    if (client.connected && this.at[user] !== node) client.cut();
    if (client.connected) return;
    this.at[user] = node;
    client.connect(this.cluster.node(node));
  }

  /** No more faults: everybody comes back, reads and acknowledges until nothing moves. */
  heal(): void {
    this.cluster.healAll();
    for (let round = 0; round < 60; round++) {
      for (const [index, client] of this.clients.entries()) if (!client.connected) this.connect(index, (index + round) % NODES);
      this.flow();
      for (const index of this.clients.keys()) this.read(index, 50, true);
      this.cluster.settle();
      this.cluster.advance(round < 40 ? 150 : 50);
    }
  }

  /** Every second user leaves, and everybody who watches is told of it, and of nobody else. */
  checkPresence(): void {
    const told = (): readonly string[] =>
      this.cluster.nodes.map((node) => `${node.name}: ${USERS.filter((name) => node.told.get(name) === true)}`);
    expect(told(), 'whom those who watch take for online').toEqual(this.cluster.nodes.map(({ name }) => `${name}: ${USERS}`));
    for (const [index, client] of this.clients.entries()) if (index % 2 === 0) client.cut();
    this.cluster.advance(LIMITS.lingerMs + 1_000);
    const left = USERS.filter((_, index) => index % 2 === 1);
    expect(told(), 'whom they take for online when every second one has left').toEqual(
      this.cluster.nodes.map(({ name }) => `${name}: ${left}`),
    );
  }

  check(): void {
    checkPromise(this.clients);
    for (const { world, name } of this.cluster.nodes)
      expect(world.directory.held.total, `bytes that ${name} holds when nothing is left to do`).toBe(0);
    expect(this.cluster.stale, 'deliveries by an epoch that was over').toBe(0);
  }

  #client(index: number): HonestClient {
    return this.clients[index] as HonestClient;
  }

  #nodeOf(user: number): SimulatedNode {
    return this.cluster.node(this.at[user] as number);
  }
}

function started(recovery: Recovery = 'none'): Play {
  const play = new Play(recovery);
  for (const [index, client] of play.clients.entries()) {
    play.connect(index, index % NODES);
    play.flow();
    client.read(play.cluster.node(index), 5, false);
  }
  return play;
}

test('a node that was stopped with a delivery under way does not make it when it goes on, because the user lives elsewhere by then', () => {
  const play = started();
  const { cluster, clients } = play;
  play.step({ do: 'send', from: 0, to: 1, times: 1 });
  cluster.settle();
  // Stored, and nobody has been told yet.
  cluster.node(1).store.write();
  cluster.pause(1);
  cluster.timeOut(1);
  play.connect(1, 2);
  for (let round = 0; round < 10; round++) {
    play.flow();
    cluster.advance(50);
  }
  clients[1]?.read(cluster.node(2), 5, true);
  expect(clients[1]?.seen).toMatchObject([{ from: 'a', id: 1 }]);
  cluster.resume(1);
  play.flow();
  expect(cluster.node(1).counters.evictions).toBe(1);
  expect(cluster.stale).toBe(0);
});

test('a node that takes a user by force delivers only after the former owner must have stopped', () => {
  const play = started();
  const { cluster } = play;
  const zombie = play.clients[1] as HonestClient;
  play.step({ do: 'send', from: 0, to: 1, times: LIMITS.window + 2 });
  play.flow();
  zombie.read(cluster.node(1), LIMITS.window, false);
  cluster.cut(1, 2);
  const device = new HonestClient('b', 'd0');
  device.connect(cluster.node(2));
  play.flow();
  cluster.advance(10);
  play.flow();
  device.read(cluster.node(2), 5, true);
  // The owner has what its window did not allow yet, and now is allowed.
  zombie.read(cluster.node(1), 5, true);
  play.flow();
  for (let round = 0; round < 10; round++) {
    cluster.advance(50);
    play.flow();
    device.read(cluster.node(2), 5, true);
  }
  expect(device.seen.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  expect(cluster.stale).toBe(0);
});

test('an idle user who is sent to another node lives there once its device has arrived, and misses nothing that was sent meanwhile', () => {
  const play = started();
  const { cluster, clients } = play;
  play.move(0, 2);
  expect(cluster.node(0).counters.moves).toBe(1);
  // On its way: the process it left takes it in.
  play.step({ do: 'send', from: 1, to: 0, times: 2 });
  play.flow();
  play.read(0, 5, true);
  expect(play.at[0]).toBe(2);
  for (let round = 0; round < 3; round++) {
    play.flow();
    play.read(0, 5, true);
    play.read(1, 5, true);
  }
  expect(clients[0]?.seen).toMatchObject([
    { from: 'b', id: 1 },
    { from: 'b', id: 2 },
  ]);
  expect(cluster.node(0).world.directory.find('a')).toBeUndefined();
  expect(cluster.node(2).world.directory.find('a')?.connections).toHaveLength(1);
  expect(cluster.nodes.map(({ counters }) => counters.forcedClaims)).toEqual([0, 0, 0]);
});

test('a user who waits for an answer, or whose device has not acknowledged what it was shown, is not moved', () => {
  const play = started();
  const { cluster, clients } = play;
  play.step({ do: 'send', from: 0, to: 1, times: 1 });
  cluster.settle();
  play.move(0, 2);
  play.flow();
  play.move(1, 2);
  expect(cluster.nodes.map(({ counters }) => counters.moves)).toEqual([0, 0, 0]);
  play.read(0, 5, true);
  play.read(1, 5, true);
  play.flow();
  play.move(0, 2);
  play.move(1, 2);
  expect(cluster.nodes.map(({ counters }) => counters.moves)).toEqual([1, 1, 0]);
  expect(clients[1]?.seen).toHaveLength(1);
});

test('no message is handed on before its id is recorded: a client that lost count in a crash hears no lower id than others have', () => {
  const play = started('by-welcome');
  const { cluster, clients } = play;
  const [anna, ben] = clients as [HonestClient, HonestClient];
  // What her process recorded is what she used, which is nothing.
  play.sleep(0);
  play.step({ do: 'send', from: 0, to: 1, times: 1 });
  for (let round = 0; round < FLOW_ROUNDS; round++) {
    cluster.settle();
    cluster.node(1).store.write();
  }
  play.read(1, 5, true);
  play.step({ do: 'crash', node: 0, share: 0 });
  anna.forget();
  play.connect(0, 2);
  for (let round = 0; round < FLOW_ROUNDS; round++) {
    play.flow();
    cluster.advance(50);
  }
  play.read(0, 5, true);
  play.step({ do: 'send', from: 0, to: 1, times: 1 });
  play.step({ do: 'kill', user: 0 });
  play.heal();
  play.check();
  expect(anna.acked).toEqual(new Set(['b:2']));
  expect(ben.seen.map(({ count }) => count)).toContain(2);
});

test('a user whom a node took by force from another is offline for everybody once it has left', () => {
  const play = started();
  const { cluster, clients } = play;
  // The first node hears both, who do not hear each other.
  cluster.cut(1, 2);
  play.connect(1, 2);
  for (let round = 0; round < 10; round++) {
    play.flow();
    cluster.advance(50);
  }
  expect(cluster.node(1).counters.evictions).toBe(1);
  expect(cluster.node(0).told.get('b')).toBe(true);
  clients[1]?.cut();
  // Whom another node has counts as on the way for a while.
  cluster.advance(LIMITS.lingerMs + 2_500);
  expect(cluster.nodes.map(({ told }) => told.get('b'))).toEqual([false, false, false]);
});

test('a user whose process died is offline for everybody, even if somebody else finds it dead before the registry does', () => {
  const { cluster } = started();
  const { runtime, world } = cluster.node(1);
  expect(cluster.nodes.map(({ told }) => told.get('b'))).toEqual([true, true, true]);
  runtime.exit(world.directory.ensure('b').pid, 'kill');
  world.directory.ensure('b');
  cluster.advance(100);
  expect(cluster.nodes.map(({ told }) => told.get('b'))).toEqual([false, false, false]);
});

test('a new presence process learns who is online on the other nodes', () => {
  const { cluster } = started();
  const { runtime, told } = cluster.node(0);
  runtime.exit(runtime.whereis(PRESENCE) as Pid, 'kill');
  told.clear();
  cluster.advance(500);
  expect([...told].sort()).toEqual(USERS.map((name) => [name, true]));
});

const RUNS = Number(process.env.MODEL_RUNS ?? 300);

test('on three nodes, whatever happens, what is acknowledged is delivered in order, once, by one epoch, and presence is true', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const play = started();
      for (const one of steps) play.step(one);
      play.heal();
      play.check();
      play.checkPresence();
    }),
    { numRuns: RUNS },
  );
});

test.each<Recovery>(['by-welcome', 'by-refusal'])(
  'on three nodes, devices that lose their counters and go on %s keep the same guarantees',
  (recovery) => {
    const breakDown = fc.record({ do: fc.constantFrom('forget' as const, 'sleep' as const), user });
    const any = fc.oneof({ weight: 10, arbitrary: step }, { weight: 1, arbitrary: breakDown });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (steps) => {
        const play = started(recovery);
        for (const one of steps) play.step(one);
        play.heal();
        play.check();
      }),
      { numRuns: RUNS / 2 },
    );
  },
);
