import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findTarget, targets } from '../../../targets/index.ts';
import { readConfiguration } from '../../../targets/reference/configuration.ts';
import { reference } from '../../../targets/reference/target.ts';
import { deploymentSpec } from '../deployment-spec.ts';
import { deploy } from './deployed.ts';

const ALONE = { nodes: 1, durability: 'fsync' } as const;

describe('the target', () => {
  test('is listed', () => {
    expect(targets).toContain(reference);
    expect(findTarget('reference')).toBe(reference);
    expect(findTarget('nonsense')).toBeUndefined();
  });

  test.each([
    [{ window: 0 }, 'window: 0 is not an integer from 1 to 65535'],
    [{ window: '5' }, 'window: "5" is not an integer'],
    [{ windwo: 5 }, 'windwo: there is no such setting'],
    [{ windowBytes: 4_000_000 }, 'maxSocketBytes: 4194304 would cut off'],
    [{ maxFrameBytes: 300_000 }, 'maxMessageBytes: 262144 does not hold one frame'],
    [{ mutant: 'ack-before-flsh' }, 'mutant: "ack-before-flsh" is not a mutant; did you mean ack-before-flush? the mutants are '],
    [{ mutant: 7 }, 'mutant: 7 is not a mutant; the mutants are ack-before-flush, '],
    [{ planted: 10 }, 'planted: 10 is not an object like { cpuUsPerMessage: 10 }'],
    [{ planted: { cpu: 10 } }, 'planted.cpu: there is no such effect; the effects are cpuUsPerMessage, '],
    [{ planted: { cpuUsPerMessage: -1 } }, 'planted.cpuUsPerMessage: -1 is not a number from 0 to 5000'],
    [{ planted: { bytesPerConnection: 0.5 } }, 'planted.bytesPerConnection: 0.5 is not an integer from 0 to '],
    [{ planted: { stallMs: 1 } }, 'planted.stallEvery: a stall needs both stallEvery and stallMs'],
    [
      { planted: { cpuUsPerMessage: 10 }, mutant: 'ack-before-flush' },
      'planted: a server has either a mutant or planted effects',
    ],
  ])('refuses %j with its reason', async (config, reason) => {
    expect(reference.checkConfig(config, ALONE).join()).toContain(reason);
  });

  test('accepts its own defaults and says that it can run here', async () => {
    expect(reference.checkConfig({}, ALONE)).toEqual([]);
    expect(reference.checkConfig({ mutant: 'stale-epoch-delivers', window: 5 }, ALONE)).toEqual([]);
    expect(reference.checkConfig({ planted: { stallEvery: 100, stallMs: 1 } }, ALONE)).toEqual([]);
    expect(reference.checkConfig({ planted: { stallEvery: 100, stallMs: 1 } }, { ...ALONE, durability: 'memory' })).toEqual([
      'planted.stallEvery: durability memory has no answer that could be delayed; use fsync or commit',
    ]);
    expect(await reference.availability()).toEqual({ available: true });
  });

  test('refuses several nodes that would not share their mailboxes, and leaves nothing behind', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
    const spec = deploymentSpec(directory, { nodes: 2 });
    await expect(reference.start(spec)).rejects.toThrow(/durability: memory is one node's own memory/);
    expect(readdirSync(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
  });

  test('says why if a node cannot start', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
    // Where the store's directory should be lies a file.
    writeFileSync(join(directory, 'store'), 'no environment');
    const spec = deploymentSpec(directory, { durability: 'fsync', dataDir: directory, logDir: directory });
    await expect(reference.start(spec)).rejects.toThrow(/^node n1 ended \(exit 1\) before it was ready: .+/s);
    rmSync(directory, { recursive: true });
  });

  test('reports heap, connections and processes, and can be stopped twice without harm', async () => {
    const server = await deploy();
    await server.client('anna');
    const seen = await server.node.introspect({ collectGarbage: true });
    expect(seen).toMatchObject({ connections: 1 });
    expect(seen?.heapBytes).toBeGreaterThan(1_000_000);
    expect(seen?.processes).toBeGreaterThan(4);
    await server.deployment.stop();
    await server.deployment.stop();
    expect(server.node.state).toBe('dead');
    expect(await server.node.introspect()).toBeNull();
    await server.stop();
  });

  test('ends every node at once with killNow', async () => {
    const server = await deploy();
    server.deployment.killNow();
    await expect.poll(() => server.node.state).toBe('dead');
    await server.stop();
  });
});

describe('the configuration of a node', () => {
  test.each([
    [undefined, 'is not set'],
    ['{', 'does not hold JSON'],
    ['[]', 'name: a text of at least 1 characters'],
    ['{"port":-1}', 'port: -1 is not a port'],
    ['{"durability":"sometimes"}', '"sometimes" is none of fsync, commit, memory'],
    ['{"limits":{"window":0}}', 'limits.window: 0 is not an integer'],
    ['{"cluster":7}', 'cluster: an object with cookie, meshPort and via is needed'],
    ['{"cluster":{"cookie":"short","meshPort":0,"via":{}}}', 'cluster.cookie: a text of at least 32 characters'],
    ['{"cluster":{"meshPort":-1,"via":{}}}', 'cluster.meshPort: -1 is not a port'],
    [
      '{"cluster":{"meshPort":0,"via":{"n2":{"host":"127.0.1.1","port":0}}}}',
      'cluster.via.n2: {"host":"127.0.1.1","port":0} is not an address',
    ],
    ['{"mutant":"nonsense","chaos":true}', 'mutant: "nonsense" is not a mutant'],
    ['{"mutant":"ack-before-flush"}', 'mutant: a node may have a planted bug only with chaos: true'],
  ])('%s is refused with its reason', (text, reason) => {
    expect(() => readConfiguration(text)).toThrow(reason);
  });

  test('a refusal never shows a secret', () => {
    expect(() =>
      readConfiguration(
        JSON.stringify({ tokenKey: 'hunter2', controlToken: 'hunter3', cluster: { cookie: 'hunter4', meshPort: 0, via: {} } }),
      ),
    ).toThrow(/^(?!.*hunter).*$/s);
  });
});
