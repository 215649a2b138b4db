/** The fixture on a real server, which stands for this file. A busy machine is no matter here: what is asked is what became of messages. */
import { existsSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { arenaTest } from '../../../../harness/front/library/vitest.ts';
import { whyNoArena } from '../../../../harness/run/arena/namespaces.ts';

const test = arenaTest({ use: 'calibrated', durability: 'memory' });
const patient = { set: ['limits.lag=20s'] };
const noArena = await whyNoArena();
let standing: number | null | undefined;

describe('an arena', () => {
  test('plays a scenario on the target that is running, whatever target the scenario names', async ({ arena }) => {
    const outcome = await arena.run('smoke', { set: ['users=20', 'load.duration=1s', ...patient.set] });
    expect(outcome.result.target.name).toBe('calibrated');
    expect(outcome).toLoseNoMessages();
    expect(outcome).toMeet({ 'delivery.misdelivered': '= 0' });
    standing = arena.target.deployment?.nodes[0]?.osPid;
  });

  test('plays two runs one after the other, on the same process', async ({ arena }) => {
    const set = ['users=10', 'load.duration=500ms', ...patient.set];
    const [first, second] = await Promise.all([arena.run('smoke', { set }), arena.run('smoke', { set })]);
    expect(first.runDir).not.toBe(second.runDir);
    expect(Date.parse(second.result.startedAt)).toBeGreaterThan(
      Date.parse(first.result.startedAt) + (first.result.durationMs ?? 0) - 50,
    );
    expect(arena.target.deployment?.nodes[0]?.osPid).toBe(standing);
  });

  test('plays one fault, proves it and sees its effect', async ({ arena }) => {
    const outcome = await arena.drill({ kind: 'kill-node', for: '200ms' }, { users: 40, before: '1s', after: '1s', ...patient });
    expect(outcome.result.faults).toMatchObject([{ kind: 'kill-node', verified: true, injectedAtMs: expect.any(Number) }]);
    expect(outcome.result.faults[0]?.injectedAtMs).toBeGreaterThanOrEqual(1_000);
    expect(arena.target.deployment?.nodes[0]?.incarnation).toBe(2);
  });

  test('gives a fault on the network paths of a server a server of its own', async ({ arena }) => {
    const fault = { kind: 'latency', for: '300ms', delay: '5ms', links: 'clients' };
    const before = arena.target.deployment?.nodes[0]?.osPid;
    const outcome = await arena.drill(fault, { users: 20, before: '500ms', after: '500ms', ...patient });
    expect(outcome.result.faults[0]?.verified).toBe(true);
    expect(outcome).toLoseNoMessages();
    expect(arena.target.deployment?.nodes[0]?.osPid).toBe(before);
  });

  test.skipIf(noArena !== null)('plays in a real arena if told to, with a server of its own', async ({ arena }) => {
    const before = arena.target.deployment?.nodes[0]?.osPid;
    const fault = { kind: 'kill-node', for: '200ms' };
    const outcome = await arena.drill(fault, { arena: true, users: 20, before: '500ms', after: '500ms', ...patient });
    expect(outcome.result).toMatchObject({ target: { name: 'calibrated' }, environment: { arena: true } });
    expect(outcome).toLoseNoMessages();
    expect(arena.target.deployment?.nodes[0]).toMatchObject({ osPid: before, incarnation: 2 });
  });

  test('compares two configurations of its target, each run with a fresh server, and judges by what was proven', async ({
    arena,
  }) => {
    const before = arena.target.deployment?.nodes[0]?.osPid;
    const set = ['users=10', 'load.rate=100/s', 'load.duration=1s', 'load.warmUp=0s', ...patient.set];
    // So few blocks say something at this error rate alone.
    const options = { blocks: 3, alpha: 0.2, metrics: { 'response.p50': '10%' }, set };
    const outcome = await arena.compare('delayMs=1', 'delayMs=200', options);
    const { comparison } = outcome;
    expect(comparison.a.target).toMatchObject({ name: 'calibrated', config: { delayMs: 1 } });
    expect(comparison.metrics).toMatchObject([{ name: 'response.p50', role: 'blocking', margin: 0.1 }]);
    expect(existsSync(outcome.reportPath)).toBe(true);
    // No block is valid where the machine was busy.
    if (comparison.metrics[0]?.ratio === null) expect(() => expect(outcome).toBeNoSlower('p50')).toThrow(/not measured/);
    else expect(outcome).not.toBeNoSlower('p50');
    expect(arena.target.deployment?.nodes[0]?.osPid).toBe(before);
    // What could prove nothing is not played.
    await expect(arena.compare('delayMs=1', 'delayMs=200', { ...options, alpha: 0.01 })).rejects.toThrow(
      /3 of at least 4 blocks/,
    );
    await expect(arena.compare('a=1', 'b=2', { metrics: { 'response.p5': '1%' } })).rejects.toThrow(
      /response\.p5 is not a metric/,
    );
  });

  test('refuses a mistake before anything is played', async ({ arena }) => {
    await expect(arena.drill('kil-node')).rejects.toThrow(/did you mean "kill-node"/);
    await expect(arena.drill('kill-node', { after: '5' })).rejects.toThrow(/after: "5"/);
  });

  test.fails('refuses a test that may be retried', { retry: 1 }, async ({ arena }) => {
    expect(arena).toBeDefined();
  });
});
