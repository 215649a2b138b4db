/**
 * The promise of the messaging room, under anything that can happen to it: whatever is acknowledged is delivered, in order,
 * and once to a client that keeps to the cursor rule; whatever is refused is not. Limits are tiny, so that each is hit all the time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isServing, startApplication } from '../../../../targets/reference/messaging/application.ts';
import { Counters } from '../../../../targets/reference/messaging/counters.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../../targets/reference/messaging/limits.ts';
import { seqBase } from '../../../../targets/reference/messaging/seq-base.ts';
import type { World } from '../../../../targets/reference/messaging/user-state.ts';
import { createRuntime, type Runtime } from '../../../../targets/reference/runtime/index.ts';
import { HonestClient, type Network, type Recovery } from './honest-client.ts';
import { checkPromise } from './promise.ts';
import { newDisk, SlowStore } from './slow-store.ts';
import { VirtualPlatform } from './virtual-platform.ts';

const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  window: 2,
  windowBytes: 64,
  maxResident: 3,
  maxMailbox: 5,
  maxMailboxBytes: 3_000,
  maxStoreBytes: 6_000,
  maxProcessBytes: 3_500,
  maxNodeBytes: 8_000,
  maxPeers: 2,
  maxRefusals: 3,
  sendsPerSecond: 5,
  sendBurst: 4,
  maxOutstandingSends: 8,
  lingerMs: 500,
  redeliverMs: 200,
  maxRedeliveries: 2,
  maxResidentBytes: 100,
};
const USERS = ['a', 'b', 'c'];

type Step =
  | { readonly do: 'send'; readonly from: number; readonly to: number; readonly times: number }
  /** Delivered and acknowledged by the receiver, whose process or node then dies before the sender has read its ACK. */
  | {
      readonly do: 'race';
      readonly from: number;
      readonly to: number;
      readonly written: boolean;
      readonly dies: 'process' | 'node';
    }
  | { readonly do: 'read'; readonly user: number; readonly frames: number; readonly ack: boolean }
  | { readonly do: 'cut' | 'connect' | 'kill'; readonly user: number }
  | { readonly do: 'write' | 'settle' | 'flow' }
  /** Over the rate, then once more within it: a refused id with an accepted one above it. */
  | { readonly do: 'flood'; readonly from: number; readonly to: number; readonly kill: boolean; readonly cut: boolean }
  /** The device breaks down and loses its counter. */
  | { readonly do: 'forget'; readonly user: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'crash'; readonly share: number };

const step = (clients: number): fc.Arbitrary<Step> => {
  const user = fc.nat({ max: clients - 1 });
  const to = fc.nat({ max: USERS.length - 1 });
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('send' as const), from: user, to, times: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('read' as const), user, frames: fc.integer({ min: 1, max: 8 }), ack: fc.boolean() }),
    },
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('write' as const, 'settle' as const, 'flow' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'connect' as const, 'kill' as const), user }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('flood' as const), from: user, to, kill: fc.boolean(), cut: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('race' as const),
        from: user,
        to,
        written: fc.boolean(),
        dies: fc.constantFrom('process' as const, 'node' as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 50, 250, 1_000, 5_000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  );
};

class Simulation implements Network {
  readonly platform = new VirtualPlatform();
  readonly clients: HonestClient[];
  readonly counters = new Counters();
  runtime!: Runtime;
  world!: World;
  readonly #disk = newDisk();
  #store!: SlowStore;
  #epoch = 0;
  #tick = 0;
  #creation = 0;

  constructor(clients: HonestClient[]) {
    this.clients = clients;
    this.#boot();
  }

  nextEpoch(): number {
    return ++this.#epoch;
  }

  tick(): number {
    return ++this.#tick;
  }

  beforeDelivery(): void {}

  play(one: Step): void {
    switch (one.do) {
      case 'send': {
        const to = USERS[one.to] as string;
        for (let i = 0; i < one.times; i++) this.#client(one.from).send(this, to);
        break;
      }
      case 'flood':
        for (let i = 0; i < LIMITS.sendBurst + 1; i++) this.#client(one.from).send(this, USERS[one.to] as string);
        this.platform.settle();
        this.platform.advance(1_000 / LIMITS.sendsPerSecond);
        if (one.kill) this.play({ do: 'kill', user: one.to });
        this.#client(one.from).send(this, USERS[one.to] as string);
        this.platform.settle();
        this.#store.write();
        this.platform.settle();
        if (one.cut) this.#client(one.from).cut();
        break;
      case 'race':
        this.#client(one.from).send(this, USERS[one.to] as string);
        this.platform.settle();
        if (one.written) this.#store.write();
        this.platform.settle();
        this.#client(one.to).read(this, 8, true);
        this.platform.settle();
        if (one.written) this.#store.write();
        if (one.dies === 'node') this.play({ do: 'crash', share: 0 });
        else this.play({ do: 'kill', user: one.to });
        this.#client(one.from).cut();
        break;
      case 'read':
        this.#client(one.user).read(this, one.frames, one.ack);
        break;
      case 'cut':
        this.#client(one.user).cut();
        break;
      case 'forget':
        this.#client(one.user).forget();
        break;
      case 'connect':
        this.#client(one.user).connect(this);
        break;
      case 'kill': {
        const resident = this.world.directory.find(this.#client(one.user).user);
        if (resident !== undefined) this.runtime.exit(resident.pid, 'kill');
        break;
      }
      case 'write':
        this.#store.write();
        break;
      case 'settle':
        this.platform.settle();
        break;
      case 'flow':
        this.flow();
        break;
      case 'wait':
        this.platform.advance(one.ms);
        break;
      case 'crash':
        this.#store.crash(one.share);
        this.runtime.halt();
        for (const client of this.clients) client.cut();
        this.platform.advance(1);
        this.#boot();
        break;
    }
  }

  /** What is under way gets where it can get: a mailbox is read back, a message appended, each with its answer. */
  flow(): void {
    for (let round = 0; round < 3; round++) {
      this.platform.settle();
      this.#store.write();
    }
    this.platform.settle();
  }

  /** No more faults: everybody comes back, reads and acknowledges until nothing moves. */
  heal(): void {
    for (let round = 0; round < 400; round++) {
      for (const client of this.clients) client.connect(this);
      this.flow();
      for (const client of this.clients) client.read(this, 50, true);
      this.platform.settle();
      // Slower than the rate allows, so that repeats are not refused for ever.
      this.platform.advance(round < 300 ? 500 : 50);
    }
  }

  #client(index: number): HonestClient {
    return this.clients[index % this.clients.length] as HonestClient;
  }

  #boot(): void {
    const { platform } = this;
    this.runtime = createRuntime({ platform, name: 'n1', creation: ++this.#creation });
    const { runtime } = this;
    this.#store = new SlowStore(this.#disk, (to, message) => void runtime.send(to, message));
    this.world = startApplication(runtime, {
      limits: LIMITS,
      counters: this.counters,
      store: this.#store,
      cluster: null,
      seqBase: seqBase(platform.clock.wallMs()),
    });
    platform.settle();
    expect(isServing(runtime)).toBe(true);
  }
}

function run(clients: HonestClient[], steps: readonly Step[]): void {
  const simulation = new Simulation(clients);
  for (const client of clients) client.connect(simulation);
  simulation.flow();
  for (const client of clients) client.read(simulation, 5, false);
  for (const one of steps) simulation.play(one);
  simulation.heal();
  checkPromise(clients);
  expect(simulation.world.directory.held.total, 'bytes that are held when nothing is left to do').toBe(0);
}

const RUNS = Number(process.env.MODEL_RUNS ?? 400);

test('whatever happens, what is acknowledged is delivered in order and once, and what is refused is not', () => {
  fc.assert(
    fc.property(fc.array(step(USERS.length), { maxLength: 60 }), (steps) => {
      run(
        USERS.map((name) => new HonestClient(name, 'd0')),
        steps,
      );
    }),
    { numRuns: RUNS },
  );
});

test('a user with two devices gets everything on both, whatever happens to either', () => {
  fc.assert(
    fc.property(fc.array(step(USERS.length), { maxLength: 60 }), fc.array(step(4), { maxLength: 40 }), (first, then) => {
      const silent = then.filter((one) => !('from' in one && one.from === 3));
      run([...USERS.map((name) => new HonestClient(name, 'd0')), new HonestClient('a', 'd1')], [...first, ...silent]);
    }),
    { numRuns: RUNS / 2 },
  );
});

test.each<Recovery>(['by-welcome', 'by-refusal'])(
  'devices that lose their counters and go on %s keep the same guarantees',
  (recovery) => {
    const user = fc.nat({ max: USERS.length - 1 });
    const forget = fc.record({ do: fc.constant('forget' as const), user });
    const any = fc.oneof({ weight: 12, arbitrary: step(USERS.length) }, { weight: 1, arbitrary: forget });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (steps) => {
        run(
          USERS.map((name) => new HonestClient(name, 'd0', recovery)),
          steps,
        );
      }),
      { numRuns: RUNS / 2 },
    );
  },
);
