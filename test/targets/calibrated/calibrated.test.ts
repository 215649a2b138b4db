import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CalibratedDeployment, startCalibrated } from '../../../targets/calibrated/deployment.ts';
import { exponentialTimes } from '../../../targets/calibrated/service-time.ts';
import { calibrated } from '../../../targets/calibrated/target.ts';
import { FrameType } from '../../../targets/protocol/frames.ts';
import { deploymentSpec } from '../deployment-spec.ts';
import { Client } from './client.ts';

const folders: string[] = [];
const deployments: CalibratedDeployment[] = [];

async function start(config: Record<string, unknown> = {}): Promise<CalibratedDeployment> {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-calibrated-'));
  folders.push(folder);
  const deployment = await startCalibrated(deploymentSpec(folder, { dataDir: folder, logDir: folder, config }));
  deployments.push(deployment);
  return deployment;
}

afterEach(async () => {
  await Promise.all(deployments.splice(0).map((deployment) => deployment.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Each test has users of its own, for those that share a deployment. */
let tests = 0;
beforeEach(() => {
  tests += 1;
});
const named = (name: string): string => `${name}${tests}`;

/** Two users; anna sends ten messages to ben, whose texts are their ids, and all are acknowledged. */
async function tenMessages(deployment: CalibratedDeployment, receipts = false): Promise<{ anna: Client; ben: Client }> {
  const anna = await Client.connect(deployment, named('anna'));
  const ben = await Client.connect(deployment, named('ben'));
  for (let id = 1; id <= 10; id += 1) anna.send(id, named('ben'), String(id), receipts);
  await anna.until(() => anna.frames(FrameType.ack).length === 10);
  await ben.settle();
  return { anna, ben };
}

const TEN = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];

describe('the calibrated server, honest', () => {
  let honest: CalibratedDeployment;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'letitcrash-calibrated-'));
    honest = await startCalibrated(deploymentSpec(folder, { dataDir: folder, logDir: folder }));
  });
  afterAll(async () => {
    await honest.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('acknowledges and delivers every message once, in order, with increasing seqs', async () => {
    const { anna, ben } = await tenMessages(honest);
    expect(anna.frames(FrameType.ack).map(({ id }) => id)).toEqual(TEN.map(Number));
    expect(ben.texts).toEqual(TEN);
    const seqs = ben.frames(FrameType.deliver).map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(new Set(seqs).size).toBe(10);
  });

  it('keeps messages for users who are away, and resumes after the cursor', async () => {
    const { anna, ben } = await tenMessages(honest);
    const third = ben.frames(FrameType.deliver)[2]?.seq as number;
    await ben.close();
    anna.send(11, named('ben'), 'later');
    await anna.until(() => anna.frames(FrameType.ack).length === 11);
    const again = await Client.connect(honest, named('ben'), third);
    await again.until(() => again.texts.length === 8);
    expect(again.texts).toEqual([...TEN.slice(3), 'later']);
  });

  it('acknowledges a repeated send and does not deliver it twice', async () => {
    const { anna, ben } = await tenMessages(honest);
    anna.send(10, named('ben'), '10');
    await anna.until(() => anna.frames(FrameType.ack).length === 11);
    await ben.settle();
    expect(ben.texts).toEqual(TEN);
  });

  it('sends receipts after the fact, and sends them to an absent sender when it is back', async () => {
    const { anna, ben } = await tenMessages(honest, true);
    expect(anna.frames(FrameType.receipt)).toEqual([]);
    const last = ben.frames(FrameType.deliver)[9]?.seq as number;
    await anna.close();
    ben.write((writer) => writer.delivered(last).read(last));
    await ben.settle();
    const again = await Client.connect(honest, named('anna'));
    await again.until(() => again.frames(FrameType.receipt).length === 11);
    const receipts = again.frames(FrameType.receipt).map(({ kind, id, by }) => `${kind} ${id} ${by}`);
    expect(receipts).toEqual([...TEN.map((id) => `1 ${id} ${named('ben')}`), `2 10 ${named('ben')}`]);
  });

  it('refuses a new message under a used id, names the highest id, and still recognises a repeat', async () => {
    const ben = await Client.connect(honest, named('ben'));
    const first = await Client.connect(honest, named('anna'), 0, 0);
    for (const id of [1, 2, 3]) first.send(id, named('ben'), `m${id}`);
    await first.settle();
    first.abort();
    const anna = await Client.connect(honest, named('anna'), 0, 0);
    expect(anna.frames(FrameType.welcome)[0]?.terms?.highestId).toBe(3);
    for (const id of [2, 4]) anna.send(id, named('ben'), `new ${id}`);
    await anna.settle();
    expect(anna.frames(FrameType.nack).map(({ id, code, reason }) => [id, code, reason])).toEqual([[2, 18, '3']]);
    anna.abort();
    const again = await Client.connect(honest, named('anna'), 0, 4);
    again.send(4, named('ben'), 'new 4');
    await again.settle();
    expect(again.frames(FrameType.ack).map(({ id }) => id)).toEqual([4]);
    await ben.settle();
    expect(ben.texts).toEqual(['m1', 'm2', 'm3', 'new 4']);
  });

  it('does not treat a cursor above every seq as an acknowledgement of waiting messages', async () => {
    const anna = await Client.connect(honest, named('anna'));
    anna.send(1, named('ben'), 'waits');
    await anna.settle();
    const high = 2 ** 52;
    const ben = await Client.connect(honest, named('ben'), high);
    await ben.until(() => ben.closeCode !== null);
    expect(ben.closeCode).toBe(4006);
    const again = await Client.connect(honest, named('ben'));
    await again.until(() => again.texts.length === 1);
    const carol = await Client.connect(honest, named('carol'), high);
    anna.send(2, named('carol'), 'arrives');
    await carol.until(() => carol.texts.length === 1);
    expect(carol.frames(FrameType.deliver)[0]?.seq).toBeGreaterThan(high);
  });

  it('replaces the older connection of a user, and refuses nonsense with a reason', async () => {
    const first = await Client.connect(honest, named('anna'));
    const second = await Client.connect(honest, named('anna'));
    await first.until(() => first.closeCode !== null);
    expect(first.closeCode).toBe(4010);
    second.write((writer) => writer.welcome({ epoch: 1, cursor: 1, maxFrameBytes: 1, window: 1, node: 'me' }));
    await second.until(() => second.closeCode !== null);
    expect(second.closeCode).toBe(4005);
  });

  it('returns after a kill on the same port, with seqs above all earlier ones, and is gone after stop', async () => {
    const deployment = await start();
    const { anna, ben } = await tenMessages(deployment);
    const node = deployment.nodes[0] as (typeof deployment.nodes)[number];
    const { port } = node.endpoint;
    const highest = ben.frames(FrameType.deliver)[9]?.seq as number;
    await node.kill();
    await anna.until(() => anna.closeCode !== null);
    expect(node.osPid).toBeNull();
    await node.restart();
    expect(node.endpoint.port).toBe(port);
    expect(node.incarnation).toBe(2);
    const benAgain = await Client.connect(deployment, named('ben'), highest);
    const annaAgain = await Client.connect(deployment, named('anna'));
    annaAgain.send(11, named('ben'), 'after');
    await benAgain.until(() => benAgain.texts.length === 1);
    expect(benAgain.frames(FrameType.deliver)[0]?.seq).toBeGreaterThan(highest);
    const osPid = node.osPid as number;
    await deployment.stop();
    expect(() => process.kill(osPid, 0)).toThrow('ESRCH');
  });

  it('kills the session of one user, who may return at once under another incarnation', async () => {
    const anna = await Client.connect(honest, named('anna'));
    const before = await honest.userProcess(named('anna'));
    expect(before).toEqual({ alive: true, incarnation: '1.0' });
    expect(await honest.killUserProcess(named('anna'))).toBe(true);
    await anna.until(() => anna.closeCode !== null);
    expect(anna.closeCode).toBe(4011);
    expect(await honest.killUserProcess(named('anna'))).toBe(false);
    await Client.connect(honest, named('anna'));
    expect(await honest.userProcess(named('anna'))).toEqual({ alive: true, incarnation: '1.1' });
  });
});

describe('the calibrated server, lying', () => {
  it('drops every nth message that it acknowledged', async () => {
    const { ben } = await tenMessages(await start({ dropEvery: 4 }));
    expect(ben.texts).toEqual(['1', '2', '3', '5', '6', '7', '9', '10']);
  });

  it('delivers every nth message twice under another seq', async () => {
    const { ben } = await tenMessages(await start({ duplicateEvery: 5 }));
    expect(ben.texts).toEqual(['1', '2', '3', '4', '5', '5', '6', '7', '8', '9', '10', '10']);
  });

  it('swaps every nth message with the next of the same pair', async () => {
    const { ben } = await tenMessages(await start({ reorderEvery: 4 }));
    expect(ben.texts).toEqual(['1', '2', '3', '5', '4', '6', '7', '9', '8', '10']);
  });

  it('also delivers every nth message to somebody else', async () => {
    const deployment = await start({ misdeliverEvery: 2 });
    const anna = await Client.connect(deployment, 'anna');
    const carl = await Client.connect(deployment, 'carl');
    anna.send(1, 'ben', 'one');
    anna.send(2, 'ben', 'two');
    await carl.until(() => carl.texts.length === 1);
    expect(carl.texts).toEqual(['two']);
    const ben = await Client.connect(deployment, 'ben');
    await ben.until(() => ben.texts.length === 2);
  });

  it('damages every nth payload', async () => {
    const { ben } = await tenMessages(await start({ corruptEvery: 5 }));
    expect(ben.texts.map((text, index) => text === TEN[index])).toEqual(TEN.map((id) => Number(id) % 5 !== 0));
  });

  it('sends every nth receipt before it delivers', async () => {
    const deployment = await start({ earlyReceiptEvery: 2 });
    const anna = await Client.connect(deployment, 'anna');
    const ben = await Client.connect(deployment, 'ben');
    anna.send(1, 'ben', 'one', true);
    anna.send(2, 'ben', 'two', true);
    await ben.until(() => ben.texts.length === 2);
    expect(anna.frames(FrameType.receipt).map(({ id }) => id)).toEqual([2]);
    const early = (ben.received.at(-1)?.atMs as number) - anna.timeOf(FrameType.receipt);
    expect(early).toBeGreaterThan(0);
  });

  it('serves nobody after a kill if it never recovers', async () => {
    const deployment = await start({ neverRecovers: true });
    await deployment.nodes[0]?.kill();
    await deployment.nodes[0]?.restart();
    const anna = await Client.connect(deployment, 'anna');
    anna.send(1, 'ben', 'one');
    await anna.settle();
    expect(anna.frames(FrameType.ack)).toEqual([]);
  });

  it("keeps a part of every connection's memory for ever", async () => {
    const deployment = await start({ leakBytesPerConnection: 5_000_000 });
    const node = deployment.nodes[0] as (typeof deployment.nodes)[number];
    const resident = (): number => {
      const status = readFileSync(`/proc/${node.osPid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
    };
    await node.introspect({ collectGarbage: true });
    const before = resident();
    for (let time = 0; time < 10; time += 1) await (await Client.connect(deployment, 'anna')).close();
    await expect.poll(async () => (await node.introspect({ collectGarbage: true }))?.connections).toBe(0);
    expect(resident() - before).toBeGreaterThan(45_000_000);
  });
});

describe('the calibrated server, slow', () => {
  it('delays every ACK and every DELIVER by the configured time, and never by less', async () => {
    const deployment = await start({ delayMs: 20 });
    const anna = await Client.connect(deployment, 'anna');
    const ben = await Client.connect(deployment, 'ben');
    const delays: number[] = [];
    for (let id = 1; id <= 25; id += 1) {
      const sentMs = performance.now();
      anna.send(id, 'ben', 'hello');
      await anna.until(() => anna.frames(FrameType.ack).length === id);
      delays.push((anna.received.at(-1)?.atMs as number) - sentMs);
      await ben.until(() => ben.texts.length === id);
      expect(ben.received.at(-1)?.atMs as number).toBeGreaterThanOrEqual(sentMs + 19.9);
    }
    delays.sort((a, b) => a - b);
    expect(delays[0]).toBeGreaterThanOrEqual(19.9);
    // Two processes wake up from 20 ms of sleep on the way, on a machine that may have other things to do.
    expect(delays[1]).toBeLessThan(23);
  });

  it('takes the service times that its seed draws, one for each message', async () => {
    const deployment = await start({ serviceTimeMs: 10, seed: 3 });
    const anna = await Client.connect(deployment, 'anna');
    const drawn = exponentialTimes(10, 3);
    const excess: number[] = [];
    for (let id = 1; id <= 50; id += 1) {
      const sentMs = performance.now();
      anna.send(id, 'ben', 'x');
      await anna.until(() => anna.frames(FrameType.ack).length === id);
      excess.push((anna.received.at(-1)?.atMs as number) - sentMs - drawn());
    }
    excess.sort((a, b) => a - b);
    expect(excess[0]).toBeGreaterThan(-0.1);
    expect(excess[2]).toBeLessThan(3);
  });

  it('draws service times whose mean and percentiles are those of the exponential distribution', () => {
    const draw = exponentialTimes(10, 3);
    const times = Array.from({ length: 100_000 }, draw).sort((a, b) => a - b);
    expect(times.reduce((sum, ms) => sum + ms, 0) / times.length).toBeCloseTo(10, 0);
    for (const p of [0.5, 0.9, 0.99]) {
      const expected = -10 * Math.log(1 - p);
      expect(Math.abs((times[p * times.length] as number) / expected - 1)).toBeLessThan(0.03);
    }
  });

  it('freezes as a whole, on command and after its first message', async () => {
    const deployment = await start({ freezeAtMs: 50, freezeForMs: 400 });
    const anna = await Client.connect(deployment, 'anna');
    anna.send(1, 'ben', 'first');
    await anna.until(() => anna.frames(FrameType.ack).length === 1);
    const first = await longestWait(anna, 700);
    expect(first).toBeGreaterThan(350);
    expect(first).toBeLessThan(600);
    await deployment.freeze(300);
    const second = await longestWait(anna, 500);
    expect(second).toBeGreaterThan(250);
    expect(second).toBeLessThan(500);
  });

  it('stays down exactly as long as configured', async () => {
    const deployment = await start({ downtimeMs: 3000 });
    const node = deployment.nodes[0] as (typeof deployment.nodes)[number];
    const killedMs = performance.now();
    await node.kill();
    await node.restart();
    const downMs = performance.now() - killedMs;
    expect(downMs).toBeGreaterThanOrEqual(2999);
    expect(downMs).toBeLessThan(3250);
  });
});

/** The longest a PING took within `forMs`. */
async function longestWait(client: Client, forMs: number): Promise<number> {
  let longest = 0;
  const began = performance.now();
  while (performance.now() - began < forMs) {
    const before = performance.now();
    await client.settle();
    longest = Math.max(longest, performance.now() - before);
  }
  return longest;
}

describe('the settings of the calibrated server', () => {
  it('are checked with the key, the value and what would be right', () => {
    const check = (config: Record<string, unknown>) => calibrated.checkConfig(config, { nodes: 1, durability: 'memory' });
    expect(check({ dropEvery: 0, delayMs: '20', neverRecovers: 1, drop: 3 })).toEqual([
      'dropEvery: 0 must be a whole number from 1 to 1000000000 (every nth message)',
      'delayMs: "20" must be a number from 0 to 60000 milliseconds',
      'neverRecovers: 1 is not true or false',
      expect.stringMatching(/^drop: there is no such setting; the settings are delayMs, .*neverRecovers$/),
    ]);
    expect(check({ freezeAtMs: 5 })).toEqual(['freezeAtMs: 5 has no effect without freezeForMs; set both']);
    expect(check({ dropEvery: 1000, delayMs: 0.5, freezeForMs: 10 })).toEqual([]);
  });

  it('are refused at the start, and so is a second node', async () => {
    const spec = deploymentSpec('');
    await expect(calibrated.start({ ...spec, config: { dropEvery: -1 } })).rejects.toThrow(
      'dropEvery: -1 must be a whole number',
    );
    await expect(calibrated.start({ ...spec, nodes: 2 })).rejects.toThrow('nodes: 2 is not possible; it has 1');
  });
});

describe('the process of the calibrated server', () => {
  it('ends if the process that started it is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'letitcrash-calibrated-'));
    folders.push(folder);
    const deployment = new URL('../../../targets/calibrated/deployment.ts', import.meta.url).href;
    const spec = deploymentSpec(folder, { dataDir: folder, logDir: folder });
    const code = `const { startCalibrated } = await import(${JSON.stringify(deployment)});
      const { nodes } = await startCalibrated(${JSON.stringify(spec)});
      console.log(nodes[0].osPid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const osPid = Number(String((await once(parent.stdout, 'data'))[0]));
    expect(isAlive(osPid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(osPid)).toBe(false);
  });
});

function isAlive(osPid: number): boolean {
  try {
    process.kill(osPid, 0);
    return true;
  } catch {
    return false;
  }
}
