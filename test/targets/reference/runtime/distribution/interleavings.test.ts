/** Laws that hold however sends, monitors, links, ends of processes, breaks and reconnections are interleaved. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  Context,
  DownMessage,
  ExitMessage,
  MonitorReference,
  Pid,
  Runtime,
} from '../../../../../targets/reference/runtime/index.ts';
import { doer } from '../rig.ts';
import { type Cluster, createCluster, seenFrom } from './cluster.ts';

const TARGETS = 3;

type Step =
  | { readonly do: 'send' | 'answer' | 'monitor' | 'demonitor' | 'call' | 'kill'; readonly target: number }
  | { readonly do: 'deliver'; readonly from: 'a' | 'b'; readonly count: number }
  | { readonly do: 'run' | 'cut a' | 'cut b' | 'learn' | 'connect' | 'restart b' };

const target = fc.nat({ max: TARGETS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('send', 'answer', 'monitor', 'call'), target }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('demonitor'), target }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill'), target }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('deliver'), from: fc.constantFrom('a', 'b'), count: fc.nat({ max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('run', 'cut a', 'cut b', 'learn', 'connect', 'connect') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restart b') }) },
) as fc.Arbitrary<Step>;

/** What crosses the network: which connection it was sent on, and the how manieth it was of all from its sender. */
interface Note {
  readonly period: number;
  readonly n: number;
}

describe('however it is interleaved', () => {
  test('every monitor and every call ends once, messages keep their order and are lost only with the connection', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const story = new Story();
        for (const each of steps) story.play(each);
        story.finish();
      }),
      { numRuns: 600 },
    );
  });

  test('links: after any crossing of links and unlinks both sides agree, and each is told of an end only while linked', () => {
    type LinkStep = 'link a' | 'link b' | 'unlink a' | 'unlink b' | 'deliver a' | 'deliver b';
    const linkStep = fc.constantFrom<LinkStep>('link a', 'link b', 'unlink a', 'unlink b', 'deliver a', 'deliver b');
    fc.assert(
      fc.property(fc.array(linkStep, { maxLength: 60 }), fc.boolean(), (steps, killed) => {
        const cluster = createCluster('a', 'b');
        const { a, b } = cluster.nodes as { a: Runtime; b: Runtime };
        const told: ExitMessage[] = [];
        const trapping = {
          ...doer,
          init: (_: null, context: Context) => {
            context.trapExit(true);
            return told as unknown[];
          },
        };
        const onA = a.spawn(trapping, null);
        const onB = b.spawn(trapping, null);
        const sides = {
          a: { runtime: a, pid: onA, other: seenFrom(a, onB) },
          b: { runtime: b, pid: onB, other: seenFrom(b, onA) },
        };
        cluster.settle();
        for (const each of steps) {
          const [what, who] = each.split(' ') as [string, 'a' | 'b'];
          const { runtime, pid, other } = sides[who];
          if (what === 'deliver') cluster.deliver(who, who === 'a' ? 'b' : 'a');
          else runtime.send(pid, (context: Context) => (what === 'link' ? context.link(other) : context.unlink(other)));
          cluster.platform.settle();
        }
        cluster.settle();
        const linked = a.details(onA)?.links.length ?? -1;
        expect(b.details(onB)?.links.length).toBe(linked);
        expect(told).toEqual([]);
        if (killed) b.exit(onB, 'kill');
        else cluster.disconnect('a', 'b');
        cluster.settle();
        const expected = killed ? linked : linked * 2;
        expect(told.map(({ reason }) => reason)).toEqual(Array(expected).fill(killed ? 'killed' : 'noconnection'));
      }),
      { numRuns: 400 },
    );
  });

  test('bytes that are not a signal end the connection and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const cluster = createCluster('a', 'b', 'c');
        const { a, b, c } = cluster.nodes as { a: Runtime; b: Runtime; c: Runtime };
        const here = a.spawn(doer, null);
        const downs: unknown[] = [];
        a.monitor(b.whereis('x') ?? seenFrom(a, b.spawn(doer, null)), (reason) => downs.push(reason));
        cluster.settle();
        cluster.inject('b', 'a', bytes);
        cluster.settle();
        if (a.counters.malformedSignals > 0) expect([a.nodes(), downs]).toEqual([['c'], ['noconnection']]);
        expect(a.isAlive(here)).toBe(a.crashReports().length === 0);
        const back = c.spawn(doer, null);
        a.send(seenFrom(a, back), 'alive');
        cluster.settle();
        expect(c.details(back)?.reductions).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });
});

interface Target {
  readonly pid: Pid;
  readonly got: Note[];
  /** Sent to it, and taken by the network. */
  readonly sent: Note[];
}

/** One story of two nodes, and what must hold of it. Node b may start anew; a watches. */
class Story {
  readonly #cluster: Cluster;
  readonly #a: Runtime;
  #b: Runtime;
  readonly #watcher: Pid;
  readonly #inbox: unknown[] = [];
  /** Of the present start of b: what each target got. */
  #targets: Target[] = [];
  readonly #everyTarget: Target[] = [];
  #creation = 1;
  /** Counts the connections, whichever start of b they were with. */
  #period = 1;
  #connected = true;
  #sent = 0;
  #answered = 0;
  readonly #monitors: { readonly ref: MonitorReference; readonly period: number; off: boolean }[] = [];
  readonly #calls = new Set<unknown>();

  constructor() {
    this.#cluster = createCluster('a', 'b');
    const { a, b } = (this.#cluster as ReturnType<typeof createCluster>).nodes as { a: Runtime; b: Runtime };
    this.#a = a;
    this.#b = b;
    this.#watcher = a.spawn({ ...doer, init: () => this.#inbox }, null);
    this.#populate();
    this.#cluster.platform.settle();
  }

  play(each: Step): void {
    const { platform } = this.#cluster;
    switch (each.do) {
      case 'deliver':
        for (let i = 0; i < each.count; i++) this.#cluster.deliver(each.from, each.from === 'a' ? 'b' : 'a');
        return;
      case 'run':
        platform.settle();
        return;
      case 'cut a':
        this.#cluster.cut('a', 'b');
        this.#connected = false;
        return;
      case 'cut b':
        this.#cluster.cut('b', 'a');
        this.#connected = false;
        return;
      case 'learn':
        this.#cluster.learn('a', 'b');
        this.#cluster.learn('b', 'a');
        return;
      case 'connect':
        this.#connect();
        return;
      case 'restart b':
        this.#cluster.kill('b');
        this.#creation++;
        this.#b = this.#cluster.start('b', this.#creation);
        this.#populate();
        this.#connected = false;
        return;
      default:
        this.#withTarget(each.do, this.#targets[each.target] as Target);
        platform.settle();
    }
  }

  /** Everything still open must end; then the laws are looked at. */
  finish(): void {
    this.#cluster.settle();
    this.#cluster.disconnect('a', 'b');
    this.#cluster.learn('a', 'b');
    this.#cluster.settle();
    this.#everyMonitorOnce();
    this.#everyCallOnce();
    for (const { got, sent } of this.#everyTarget) ofEachConnectionTheBeginning(got, sent);
    this.#nothingAfterDown();
  }

  #connect(): void {
    if (this.#connected) return;
    this.#cluster.learn('a', 'b');
    this.#cluster.learn('b', 'a');
    this.#period++;
    this.#connected = true;
    this.#cluster.connect('a', 'b');
  }

  #withTarget(deed: string, { pid, sent }: Target): void {
    const remote = seenFrom(this.#a, pid);
    const sending = (note: Note, send: () => unknown): void => {
      const before = this.#cluster.underWay('a', 'b');
      send();
      this.#cluster.platform.settle();
      if (this.#cluster.underWay('a', 'b') > before) sent.push(note);
    };
    const note = (n: number): Note => ({ period: this.#period, n });
    const act = (act: (context: Context) => void): boolean => this.#a.send(this.#watcher, act);
    if (deed === 'kill') this.#b.exit(pid, 'kill');
    else if (deed === 'answer') this.#b.send(seenFrom(this.#b, this.#watcher), note(++this.#answered));
    else if (deed === 'send' || deed === 'call') {
      const next = note(++this.#sent);
      const call = (context: Context): void => void this.#calls.add(context.call(remote, next, Infinity));
      sending(next, () => (deed === 'send' ? this.#a.send(remote, next) : act(call)));
    } else if (deed === 'monitor') {
      act((context) => void this.#monitors.push({ ref: context.monitor(remote), period: this.#period, off: false }));
    } else {
      const monitor = this.#monitors.find(({ off }) => !off);
      if (monitor === undefined) return;
      monitor.off = true;
      act((context) => void context.demonitor(monitor.ref, { flush: true }));
      this.#cluster.platform.settle();
      const index = this.#inbox.findIndex((message) => (message as DownMessage).ref === monitor.ref);
      // It had fired and been handled before it was taken off.
      if (index >= 0) this.#inbox.splice(index, 1);
    }
  }

  #populate(): void {
    this.#targets = Array.from({ length: TARGETS }, () => {
      const got: Note[] = [];
      const behaviour = {
        ...doer,
        handle: (message: unknown) => {
          const note = (message as { request?: Note }).request ?? (message as Note);
          got.push(note);
          return [];
        },
      };
      const target: Target = { pid: this.#b.spawn(behaviour, null), got, sent: [] };
      this.#everyTarget.push(target);
      return target;
    });
  }

  #everyMonitorOnce(): void {
    for (const { ref, off } of this.#monitors) {
      expect(this.#inbox.filter((message) => (message as DownMessage).ref === ref).length).toBe(off ? 0 : 1);
    }
  }

  #everyCallOnce(): void {
    for (const ref of this.#calls) {
      expect(this.#inbox.filter((message) => (message as DownMessage).ref === ref).length).toBe(1);
    }
  }

  /** Once a monitor said noconnection, nothing arrives that was sent on the connection it was set on, or an earlier one. */
  #nothingAfterDown(): void {
    let over = 0;
    let last = 0;
    for (const message of this.#inbox) {
      if (isNote(message)) {
        expect(message.period).toBeGreaterThan(over);
        expect(message.n).toBeGreaterThan(last);
        last = message.n;
      } else if ((message as DownMessage).type === 'DOWN' && (message as DownMessage).reason === 'noconnection') {
        const monitor = this.#monitors.find(({ ref }) => ref === (message as DownMessage).ref);
        // Set while there was no connection it fires at once, and says nothing of the period that is to come.
        if (monitor !== undefined) over = Math.max(over, monitor.period);
      }
    }
  }
}

function isNote(message: unknown): message is Note {
  return typeof message === 'object' && message !== null && 'n' in message;
}

/** What went out on a connection arrives in order, without gaps, up to where the connection broke. */
function ofEachConnectionTheBeginning(got: readonly Note[], sent: readonly Note[]): void {
  let from = 0;
  for (const period of new Set(sent.map((note) => note.period))) {
    const onIt = sent.filter((note) => note.period === period);
    const arrived = got.slice(from).filter((note) => note.period === period);
    expect(got.slice(from, from + arrived.length)).toEqual(onIt.slice(0, arrived.length));
    from += arrived.length;
  }
  expect(from).toBe(got.length);
}
