import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { killProcess } from '../../../../../../harness/run/faults/kinds/process/kill-process.ts';
import type { Deployment, ProcessChaos } from '../../../../../../targets/target.ts';
import { hurried } from '../../../../../hurried-clock.ts';
import { type Deployed, deploy } from '../../../../../targets/reference/deployed.ts';
import { playOne, step, USERS } from '../../playing.ts';
import { SmallDeployment } from '../../small-deployment.ts';

const kill = (settings: Record<string, unknown>) => step('kill-process', settings);

describe('kill-process of users', () => {
  let deployment: SmallDeployment;
  beforeEach(async () => {
    deployment = await SmallDeployment.start(0);
    for (let user = 0; user < USERS; user += 2) deployment.processes.set(`u${user}`, 1);
  });

  it('kills as many live processes as asked, and proves it by their new pids', async () => {
    const record = await playOne(deployment, kill({ count: 20 }));
    expect(record).toMatchObject({ verified: true });
    expect(record?.affected).toHaveLength(20);
    expect([...deployment.processes.values()].filter((incarnation) => incarnation === 2)).toHaveLength(20);
  });

  it('is not verified if the server says yes and does nothing', async () => {
    deployment.lies = true;
    const record = await playOne(deployment, kill({ count: 5 }));
    expect(record).toMatchObject({ verified: false });
    expect(record?.evidence.join()).toContain('0 of 5 are gone');
  });

  it('is not verified when fewer processes were alive than it should kill', async () => {
    const record = await playOne(deployment, kill({ count: 60 }));
    expect(record).toMatchObject({ verified: false });
    expect(record?.evidence.join()).toContain('50 were alive');
  });

  it('chooses the same victims for the same seed', async () => {
    const first = await playOne(deployment, kill({ count: 7 }));
    const second = await playOne(deployment, kill({ count: 7 }));
    expect(second?.affected).toEqual(first?.affected);
  });
});

describe('kill-process by role', () => {
  let server: Deployed;
  let chaos: ProcessChaos;
  beforeAll(async () => {
    server = await deploy({}, 'memory');
    chaos = server.deployment.chaos as ProcessChaos;
  });
  afterAll(() => server.stop());

  it.each(['presence', 'registry', 'listener'])('kills the %s of a node, which returns under another pid', async (role) => {
    const before = await chaos.namedProcess(role, 'n1');
    const record = await playOne(server.deployment, kill({ role }));
    const after = await chaos.namedProcess(role, 'n1');
    expect(record).toMatchObject({ verified: true, target: `${role} of n1`, affected: 'everybody', healedAtUs: null });
    expect(record.evidence[0]).toContain(`the server killed ${before}`);
    expect(record.evidence[1]).toContain(`is back as ${after}`);
    expect(after).not.toBe(before);
    const client = await server.client('anna');
    await client.bye();
  });

  it('is not verified if the server says yes and does nothing', async () => {
    const pid = await chaos.namedProcess('presence', 'n1');
    const lying = Object.assign(Object.create(server.deployment) as Deployment, {
      chaos: { ...chaos, killNamed: async () => ({ pid, below: 0, died: 0 }) },
    });
    const record = await hurried(() => playOne(lying, kill({ role: 'presence' })));
    expect(record.verified).toBe(false);
    expect(record.evidence.join()).toContain('STILL THE SAME');
  });

  it('is a no-op while the process is absent anyway', async () => {
    const without = Object.assign(Object.create(server.deployment) as Deployment, {
      chaos: { ...chaos, namedProcess: async () => null },
    });
    const record = await playOne(without, kill({ role: 'presence' }));
    expect(record).toMatchObject({ verified: true, injectedAtUs: null });
    expect(record.evidence).toEqual(['no-op: n1 has no presence at the moment']);
  });

  it('is refused if the target has no such process, or no such node', () => {
    const check = (settings: object, capabilities: ReadonlySet<never>) =>
      killProcess.check?.(killProcess.settings.parse(settings), { users: 10, nodes: 2, capabilities }) ?? [];
    const all = new Set(['kill-supervisor']) as unknown as ReadonlySet<never>;
    expect(check({ role: 'registry' }, new Set()).map(({ key }) => key)).toEqual(['role']);
    expect(check({ role: 'registry', target: 'n3' }, all).map(({ key }) => key)).toEqual(['target']);
    expect(check({ role: 'registry', count: 3 }, all).map(({ key }) => key)).toEqual(['count']);
    expect(check({ role: 'registry', count: 2 }, all)).toEqual([]);
  });
});
