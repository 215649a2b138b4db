import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { play, playOne, step } from '../../playing.ts';
import { SmallDeployment } from '../../small-deployment.ts';

const killNode = (forMs: number, settings: Record<string, unknown> = {}) => step('kill-node', settings, { forMs });
let deployment: SmallDeployment;
afterEach(() => deployment.stop());

describe('kill-node', () => {
  beforeEach(async () => {
    deployment = await SmallDeployment.start();
  });

  it('ends the OS process, keeps the node down for the time asked, and starts it again on its port', async () => {
    const { port } = deployment.node.endpoint;
    const { records, events } = await play(deployment, [killNode(150)]);
    const [record] = records;
    expect(record).toMatchObject({ verified: true, affected: 'everybody' });
    // How long it really lasted may follow: a start takes time.
    expect(record?.evidence.slice(0, 3)).toEqual([
      expect.stringContaining('no longer exists'),
      'a connection to its port: ECONNREFUSED',
      expect.stringContaining('started again as incarnation 2'),
    ]);
    expect((record?.healedAtUs ?? 0) - (record?.injectedAtUs ?? 0)).toBeGreaterThanOrEqual(150_000);
    expect(deployment.node).toMatchObject({ incarnation: 2, state: 'ready', endpoint: { port } });
    expect(events.map(({ what }) => what)).toEqual(['injected', 'healed']);
  });

  it('is not verified when the process survives, though the node claims to have been renewed', async () => {
    const { node } = deployment;
    node.kill = () => Promise.resolve();
    node.restart = () => {
      node.incarnation += 1;
      return Promise.resolve();
    };
    const record = await playOne(deployment, killNode(0));
    expect(record).toMatchObject({ verified: false });
    expect(record.evidence.join()).toContain('STILL EXISTS');
    Reflect.deleteProperty(node, 'kill');
  });

  it('is not verified when the node does not come back, though it was killed', async () => {
    deployment.node.restart = () => Promise.resolve();
    const { records, events } = await play(deployment, [killNode(0)]);
    const [record] = records;
    expect(record).toMatchObject({ verified: false, healedAtUs: null });
    expect(record?.evidence.join()).toContain('no longer exists');
    expect(events.map(({ what }) => what)).toEqual(['injected', 'failed']);
  });
});

describe('kill-node of several', () => {
  beforeEach(async () => {
    deployment = await SmallDeployment.start(3);
  });

  it('kills as many as it was asked to at once, and starts every one of them again', async () => {
    const record = await playOne(deployment, killNode(50, { count: 2 }));
    expect(record.verified).toBe(true);
    expect(record.target).toMatch(/^nodes n\d, n\d$/);
    expect(record.evidence.filter((line) => line.includes('no longer exists'))).toHaveLength(2);
    expect(deployment.nodes.map(({ incarnation }) => incarnation).toSorted()).toEqual([1, 2, 2]);
    expect(deployment.nodes.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
  });

  it('kills the node that is named', async () => {
    const record = await playOne(deployment, killNode(0, { target: 'n2' }));
    expect(record).toMatchObject({ verified: true, target: 'node n2' });
    expect(deployment.nodes.map(({ incarnation }) => incarnation)).toEqual([1, 2, 1]);
  });

  it('is a no-op if fewer nodes are up than it should kill, or if the one named is not up', async () => {
    await deployment.node.kill();
    for (const settings of [{ count: 3 }, { target: 'n1' }, { target: 'n9' }]) {
      const record = await playOne(deployment, killNode(0, settings));
      expect(record).toMatchObject({ verified: true, injectedAtUs: null });
      expect(record.evidence[0]).toContain('no-op');
    }
    expect(deployment.nodes.map(({ incarnation }) => incarnation)).toEqual([1, 1, 1]);
  });
});
