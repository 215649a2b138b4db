/**
 * Wherever the handler of a user's process, of the registry or of presence is stopped: every message and every request is answered, nobody
 * is left talking to a dead process, what the node counts is right, the record of who lives where is true, and so is what watchers are told.
 */
import { expect, test } from 'vitest';
import type { OwnerQuestion } from '../../../../targets/reference/http/owner-question.ts';
import type { Question } from '../../../../targets/reference/http/question-process.ts';
import { Questions } from '../../../../targets/reference/http/questions.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../../targets/reference/messaging/limits.ts';
import { PRESENCE } from '../../../../targets/reference/messaging/names.ts';
import { CutTurns } from '../cut-turns.ts';
import { HonestClient } from './honest-client.ts';
import { checkPromise } from './promise.ts';
import { SimulatedCluster, type SimulatedNode } from './simulated-cluster.ts';

const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  window: 2,
  maxResident: 3,
  lingerMs: 300,
  redeliverMs: 200,
  maxRedeliveries: 2,
  maxResidentBytes: 100,
};
const USERS = ['a', 'b', 'c'];
const NODES = 2;
const ROUNDS = 20;
/** Whoever was on the way counts as online for so long. */
const MOVING_MS = 2_500;

class Story {
  readonly cut: CutTurns;
  readonly cluster: SimulatedCluster;
  readonly clients = USERS.map((user) => new HonestClient(user, 'd0', 'by-welcome'));
  readonly at = USERS.map((_, index) => index % NODES);
  #asked = 0;
  #answered = 0;

  constructor(at: number, shelter: 'kept' | 'ignored') {
    this.cut = new CutTurns({ at, rooms: ['messaging', 'http'], shelter });
    this.cut.counts = false;
    this.cluster = new SimulatedCluster(NODES, LIMITS, USERS, (turns) => this.cut.over(turns));
    this.cut.counts = true;
  }

  play(): void {
    this.#reconnect();
    this.#flow();
    for (let i = 0; i < 3; i++) for (const [from, to] of ['ab', 'ba', 'ca', 'bc']) this.#send(from as string, to as string);
    this.#flow();
    this.#read(true);
    this.#ask();
    this.#flow();
    // The same device connects again, and another is removed, while nobody has said that the first connection is gone.
    const node = this.#nodeOf('a');
    const second = [new HonestClient('a', 'd1'), new HonestClient('a', 'd1')];
    for (const client of second) {
      client.connect(node);
      this.#flow();
      client.read(node, 10, false);
    }
    this.#send('b', 'a');
    // Who is told that his request failed repeats it.
    for (let times = 0; times < 2; times++) {
      this.#askOwner({ kind: 'remove-device', user: 'a', device: 'd1' });
      this.#flow();
    }
    for (const client of second) client.read(node, 10, false);
    expect(
      second.map(({ connected }) => connected),
      'connections of a removed device',
    ).toEqual([false, false]);
    // One device goes to another node, and comes back.
    for (const index of [1, 0]) {
      this.clients[1]?.cut();
      this.#connect(1, index);
      this.#flow();
      this.#read(true);
    }
    // A process dies, here and there; so does the one that knows of presence.
    for (const [name, { runtime, world }] of [
      ['c', this.#nodeOf('c')],
      [PRESENCE, this.cluster.node(1)],
    ] as const) {
      const pid = world.directory.find(name)?.pid ?? runtime.whereis(name);
      if (pid !== undefined) runtime.exit(pid, 'kill');
      this.#flow();
      this.cluster.advance(100);
      this.#read(true);
      this.#reconnect();
      this.#flow();
    }
    // Everybody sleeps, and is written to.
    this.clients[1]?.cut();
    this.clients[2]?.cut();
    this.#flow();
    this.cluster.advance(LIMITS.lingerMs);
    this.#flow();
    for (const to of ['b', 'c', 'b']) this.#send('a', to);
    this.#flow();
    this.#ask();
    for (let round = 0; round < 8; round++) {
      this.#flow();
      this.cluster.advance(LIMITS.lingerMs);
    }
    this.#flow();
    this.cut.counts = false;
    this.cluster.advance(MOVING_MS);
    for (const { told, name } of this.cluster.nodes)
      expect([told.get('b'), told.get('c')], `whether b and c, who have left, are online for ${name}`).toEqual([false, false]);
    this.#checkRecord();
  }

  /** Whoever knows that it is not connected comes back; nobody else does anything. */
  rest(): void {
    for (let round = 0; round < ROUNDS; round++) {
      this.#reconnect();
      this.#flow();
      this.#read(true);
      this.cluster.advance(150);
    }
    this.#flow();
  }

  check(): void {
    expect(this.#answered, 'requests answered').toBe(this.#asked);
    checkPromise(this.clients);
    for (const { world, name, runtime, told } of this.cluster.nodes) {
      const residents = [...world.directory.residents()];
      expect(world.directory.held.total, `bytes that ${name} holds when nothing is left to do`).toBe(0);
      for (const { pid, connections, user } of residents) {
        expect(runtime.isAlive(pid), `${user}'s process, in the directory of ${name}`).toBe(true);
        expect(connections.length, `connections of ${user}`).toBeLessThanOrEqual(1);
      }
      expect(runtime.runnable, name).toBe(0);
      expect(new Set(runtime.processes().map(({ status }) => status))).toEqual(new Set(['waiting']));
      expect([...told].sort(), `whom those who watch on ${name} take for online`).toEqual(USERS.map((user) => [user, true]));
    }
    this.#checkRecord();
  }

  #checkRecord(): void {
    for (const [user, { owner }] of this.cluster.disk.owners) {
      const home = this.cluster.nodes.find(({ name }) => name === owner?.node);
      expect(owner === null || home?.runtime.find(owner.serial) !== undefined, `the owner of ${user} on record lives`).toBe(true);
    }
  }

  #nodeOf(user: string): SimulatedNode {
    return this.cluster.node(this.at[USERS.indexOf(user)] as number);
  }

  #send(from: string, to: string): void {
    this.clients[USERS.indexOf(from)]?.send(this.#nodeOf(from), to);
  }

  #connect(index: number, node: number): void {
    this.at[index] = node;
    this.clients[index]?.connect(this.cluster.node(node));
  }

  #reconnect(): void {
    for (const [index, client] of this.clients.entries()) if (!client.connected) this.#connect(index, this.at[index] as number);
  }

  #read(acknowledge: boolean): void {
    for (const [index, client] of this.clients.entries())
      client.read(this.cluster.node(this.at[index] as number), 20, acknowledge);
  }

  #flow(): void {
    for (let round = 0; round < 4; round++) {
      this.cluster.settle();
      for (const { store } of this.cluster.nodes) store.write();
    }
    this.cluster.settle();
  }

  #ask(): void {
    this.#question({ kind: 'presence', user: 'b' });
    this.#question({ kind: 'profile', user: 'c' });
    this.#askOwner({ kind: 'devices', user: 'b' });
  }

  #question(question: Question): void {
    this.#asked++;
    this.#questions().ask(
      question,
      () => ({ status: 200, body: {} }) as never,
      () => this.#answered++,
    );
  }

  #askOwner(question: OwnerQuestion): void {
    this.#asked++;
    this.#questions().askOwner(
      question,
      () => ({ status: 200, body: {} }) as never,
      () => this.#answered++,
    );
  }

  #questions(): Questions {
    const { runtime, world, limits } = this.#nodeOf('a');
    const { directory, cluster, store } = world;
    return new Questions({ runtime, directory, cluster, limits, store });
  }
}

function tell(at: number, shelter: 'kept' | 'ignored' = 'kept'): Story {
  const story = new Story(at, shelter);
  story.play();
  story.rest();
  return story;
}

const { sites } = tell(0).cut;
/** Of each so-manieth place in the source that the story passes, the time in the middle; a drill tries every place. */
const EVERY = Number(process.env.CUT_EVERY ?? 7);
const chosen = [...sites].filter((_, index) => index % EVERY === 0);

test(`a handler that is stopped at ${chosen.length} of ${sites.size} places leaves nobody without an answer, and nothing wrong behind`, () => {
  tell(0).check();
  for (const [site, times] of chosen) {
    try {
      const story = tell(times[times.length >> 1] as number);
      expect(story.cut.strokes).toBe(1);
      story.check();
    } catch (error) {
      throw new Error(`${site}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  expect(sites.size).toBeGreaterThan(800);
});

test('a handler that is stopped in shared state leaves something wrong behind if nothing is protected', () => {
  const broken: string[] = [];
  for (const [site, times] of tell(0, 'ignored').cut.sites) {
    if (!/(held-bytes|directory)\.ts/.test(site)) continue;
    try {
      tell(times[times.length >> 1] as number, 'ignored').check();
    } catch {
      broken.push(site);
    }
  }
  expect(broken.length).toBeGreaterThan(2);
});
