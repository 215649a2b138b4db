import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultPlan } from '../../../../../harness/plan/scenario/plan.ts';
import { pathsNeeded } from '../../../../../harness/run/faults/surroundings.ts';
import { until } from '../../../../until.ts';
import { SmallCluster } from './small-cluster.ts';
import { aWhile, dial } from './sockets.ts';

let cluster: SmallCluster;
beforeEach(async () => {
  cluster = await SmallCluster.start();
});
afterEach(() => cluster.stop());

const step = (kind: string, settings: Record<string, unknown>, forMs: number, atMs = 0): Omit<FaultPlan, 'id'> => ({
  atMs,
  kind,
  forMs,
  settings,
});

/** Makes every imposition a lie: it says that it is in force and does nothing. */
function sabotage(): void {
  for (const { proxy } of cluster.network.paths(['mesh', 'clients'])) {
    proxy.impose = () => {
      let active = true;
      return {
        get active() {
          return active;
        },
        lift: () => {
          active = false;
        },
      };
    };
  }
}

/** Makes every lift a lie. */
function neverLift(): void {
  for (const { proxy } of cluster.network.paths(['mesh', 'clients'])) {
    const impose = proxy.impose.bind(proxy);
    proxy.impose = (direction, effect) => {
      const { active } = impose(direction, effect);
      return { active: !active, lift: () => {} };
    };
  }
}

describe('partition', () => {
  it('cuts a node off from all others, both ways, and delivers after the heal what was under way', async () => {
    const cut = await cluster.connect('n1', 'n2');
    const other = await cluster.connect('n3', 'n2');
    const whole = await cluster.connect('n1', 'n3');
    let during: readonly string[] = [];
    const [record] = await cluster.play([step('partition', { node: 'n2' }, 900)], ({ what }) => {
      if (what !== 'injected') return;
      cut.from.socket.write('a');
      other.to.socket.write('b');
      whole.from.socket.write('c');
      void until(() => whole.to.text === '>c', 'the other connection').then(() => {
        during = [cut.to.text, other.from.text, whole.to.text];
      });
    });
    expect(record).toMatchObject({ verified: true, target: 'n2 | all others (2 links between nodes)' });
    // A busy machine adds how long it really lasted.
    expect(record?.evidence.slice(0, 3)).toEqual([
      expect.stringContaining('n1 → n2, n2 → n1'),
      expect.stringContaining('0 of 4 arrived'),
      expect.stringContaining('4 of 4 arrived'),
    ]);
    expect(during).toEqual(['>', '>', '>c']);
    await until(() => cut.to.text === '>a' && other.from.text === '>b', 'what was under way');
    const lastedMs = ((record?.healedAtUs ?? 0) - (record?.injectedAtUs ?? 0)) / 1000;
    expect(lastedMs).toBeGreaterThanOrEqual(900);
  });

  it('cuts one direction only', async () => {
    const { from, to } = await cluster.connect('n2', 'n1');
    let heard: readonly string[] | null = null;
    const [record] = await cluster.play([step('partition', { node: 'n2', direction: 'from' }, 900)], ({ what }) => {
      if (what !== 'injected') return;
      from.socket.write('unheard');
      to.socket.write('heard');
      void until(() => from.text.endsWith('heard'), 'the open direction').then(() => {
        heard = [to.text, from.text];
      });
    });
    expect(record).toMatchObject({ verified: true });
    expect(record?.evidence[0]).toBe('asked to cut n2 → n1, n2 → n3');
    expect(heard).toEqual(['', '>heard']);
  });

  it('cuts off the users of one side if asked to', async () => {
    let silent = false;
    const [record] = await cluster.play(
      [step('partition', { sides: [['n1'], ['n2', 'n3']], clients: true }, 1_200)],
      ({ what }) => {
        if (what !== 'injected') return;
        void (async () => {
          const [cut, whole] = await Promise.all(cluster.nodes.slice(0, 2).map((node) => dial(cluster.network.entrance(node))));
          await until(() => whole?.text === 'hello', 'the other node');
          silent = cut?.text === '' && !cut.closed;
        })();
      },
    );
    expect(record).toMatchObject({ verified: true });
    expect(record?.evidence).toContain('a user that dials n1: silent');
    expect(silent).toBe(true);
  });

  it('heals neither too early nor too late where two of them overlap', async () => {
    const shared = await cluster.connect('n1', 'n2');
    const early = await cluster.connect('n2', 'n3');
    const seen: string[][] = [];
    const records = await cluster.play(
      [step('partition', { node: 'n2' }, 900), step('partition', { node: 'n1' }, 1_800, 50)],
      ({ what, record }) => {
        if (what === 'injected' && record.plan.id === 'partition-2') {
          shared.from.socket.write('x');
          early.from.socket.write('y');
        }
        if (what === 'healed') seen.push([record.plan.id, shared.to.text, early.to.text]);
      },
    );
    expect(records.map(({ verified }) => verified)).toEqual([true, true]);
    await until(() => shared.to.text === '>x', 'the late heal');
    expect(seen[0]).toEqual(['partition-1', '>', '>y']);
    expect(records[0]?.evidence.join()).toContain('2 paths are also cut by another fault');
    expect(records[1]?.evidence.join()).not.toContain('another fault');
  });

  it('is not verified if nothing was cut', async () => {
    sabotage();
    const [record] = await cluster.play([step('partition', { node: 'n2' }, 0)]);
    expect(record).toMatchObject({ verified: false });
    expect(record?.evidence.join()).toContain('4 of 4 arrived within');
  });

  it('is not healed if the cut stays', async () => {
    neverLift();
    const [record] = await cluster.play([step('partition', { node: 'n2' }, 0)]);
    expect(record).toMatchObject({ verified: false, healedAtUs: null });
  });

  it('is a no-op if its node is not up', async () => {
    Object.assign(cluster.nodes[1] as object, { state: 'dead' });
    const [record] = await cluster.play([step('partition', { node: 'n2' }, 0)]);
    expect(record).toMatchObject({ verified: true, injectedAtUs: null });
  });
});

describe('latency', () => {
  it('makes a round trip longer by twice the delay, and no longer after the heal', async () => {
    const [record] = await cluster.play([step('latency', { delay: '40ms', links: 'all' }, 300)]);
    expect(record).toMatchObject({ verified: true, target: '6 links between nodes and between users and nodes' });
    expect(record?.evidence[0]).toContain('asked for 40 ms each way');
    const measured = (record?.evidence[1] ?? '').matchAll(/([\d.]+) ms/g);
    const added = [...measured].map(([, ms]) => Number(ms));
    expect(added).toHaveLength(6);
    for (const ms of added) expect(ms).toBeGreaterThanOrEqual(72);
  });

  it('is not verified if nothing was delayed', async () => {
    sabotage();
    const [record] = await cluster.play([step('latency', { delay: '40ms' }, 0)]);
    expect(record).toMatchObject({ verified: false });
  });

  it('acts on the paths of one node, and is a no-op if all of them are cut', async () => {
    const records = await cluster.play([
      step('partition', { node: 'n1' }, 900),
      step('latency', { delay: '10ms', links: 'mesh', node: 'n1' }, 0, 450),
      step('latency', { delay: '10ms', links: 'mesh', node: 'n2' }, 0, 450),
    ]);
    expect(records.map(({ verified }) => verified)).toEqual([true, true, true]);
    expect(records[1]).toMatchObject({ injectedAtUs: null });
    expect(records[2]).toMatchObject({ target: 'the link n2 – n3' });
  });
});

describe('bandwidth', () => {
  it('lets through no more than its rate, both ways, and more after the heal', async () => {
    const [record] = await cluster.play([step('bandwidth', { rate: '400KB/s', links: 'mesh', node: 'n3' }, 0)]);
    expect(record).toMatchObject({ verified: true, target: '2 links between nodes' });
    const rates = [...(record?.evidence[1] ?? '').matchAll(/([\d.]+) kB\/s/g)].map(([, rate]) => Number(rate));
    expect(rates).toHaveLength(4);
    for (const rate of rates) expect(rate).toBeLessThan(440);
  });

  it('is not verified if nothing was narrowed', async () => {
    sabotage();
    const [record] = await cluster.play([step('bandwidth', { rate: '400KB/s' }, 0)]);
    expect(record).toMatchObject({ verified: false });
  });
});

describe('the proxies of a run', () => {
  const paths = (kind: string, settings: Record<string, unknown>): string[] =>
    [...pathsNeeded({ faults: [{ id: 'x', ...step(kind, settings, 0) }] })].sort();

  it('are those on which its faults act', () => {
    expect(paths('kill-node', {})).toEqual([]);
    expect(paths('partition', {})).toEqual(['mesh']);
    expect(paths('partition', { clients: true })).toEqual(['clients', 'mesh']);
    expect(paths('latency', { delay: '5ms' })).toEqual(['clients']);
    expect(paths('bandwidth', { rate: '1MB/s', links: 'all' })).toEqual(['clients', 'mesh']);
  });

  it('leave no port behind', async () => {
    const address = cluster.network.via('n1', 'n2');
    await cluster.network.close();
    const end = await dial(address as { host: string; port: number });
    await until(() => end.closed, 'the refusal');
    expect(end.error).toBe('ECONNREFUSED');
    await aWhile(1);
  });
});
