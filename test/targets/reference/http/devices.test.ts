/** A user's devices over HTTP: which there are, and the end of one, on whichever node it is asked for. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CLOSE_CODE_BASE, ErrorCode, FrameType } from '../../../../targets/protocol/frames.ts';
import { bearerOf } from '../../../../targets/protocol/token.ts';
import document from '../../../../targets/reference/http/openapi.json' with { type: 'json' };
import type { Pid } from '../../../../targets/reference/runtime/index.ts';
import type { Address, DeployedNode } from '../../../../targets/target.ts';
import { type Deployed, deploy } from '../deployed.ts';
import { type LocalNode, localNode } from '../local-node.ts';
import { type Answered, ask } from './http-client.ts';

describe('on one node', () => {
  let server: LocalNode;
  const request = (user: string, method: string, path: string): Promise<Answered> =>
    ask(server.node.httpPort, path, { method, bearer: bearerOf(server.credential(user, 'phone')) });

  beforeAll(async () => {
    server = await localNode({ maxDevices: 2, maxMailbox: 10 }, 'fsync');
  });
  afterAll(() => server.stop());

  test('the list says of each device how far it is and when it was seen, as the document describes', async () => {
    const before = Date.now();
    const phone = await server.client('anna', { device: 'phone' });
    await (await server.client('anna', { device: 'tablet' })).bye();
    const { status, body } = await request('anna', 'GET', '/v1/devices');
    expect({ status, user: body.user }).toEqual({ status: 200, user: 'anna' });
    expect(body.devices).toEqual([
      { device: 'phone', cursor: 0, connected: true, lastSeenMs: expect.any(Number) },
      { device: 'tablet', cursor: 0, connected: false, lastSeenMs: expect.any(Number) },
    ]);
    for (const { lastSeenMs } of body.devices) {
      expect(lastSeenMs).toBeGreaterThanOrEqual(before);
      expect(lastSeenMs).toBeLessThanOrEqual(Date.now());
    }
    const { items } = document.components.schemas.Devices.properties.devices;
    expect(Object.keys(body.devices[0]).sort()).toEqual([...items.required].sort());
    await phone.bye();
  });

  test('a lost device because of which every sender is refused can be removed, and then senders are accepted', async () => {
    const phone = await server.client('clara', { device: 'phone' });
    await (await server.client('clara', { device: 'lost' })).bye();
    const ben = await server.client('ben');
    const isRefused = (): boolean => ben.of(FrameType.nack).some(({ code }) => code === ErrorCode.mailboxFull);
    for (let id = 1; !isRefused(); id++) {
      ben.send(id, 'clara', `m${id}`);
      await ben.until(() => ben.acks.length + ben.of(FrameType.nack).length === id, 'an answer');
      phone.write((writer) => writer.delivered(phone.lastSeq));
      expect(id).toBeLessThan(50);
    }
    const { status, body } = await request('clara', 'DELETE', '/v1/devices/lost');
    expect({ status, body }).toEqual({ status: 200, body: { user: 'clara', device: 'lost', removed: true } });
    const accepted = ben.acks.length;
    ben.send(100, 'clara', 'at last');
    await ben.until(() => ben.acks.length === accepted + 1, 'an ACK');
    await Promise.all([phone.bye(), ben.bye()]);
  });

  test('a connected device is told that it was removed, and makes room for another', async () => {
    const phone = await server.client('dora', { device: 'phone' });
    const tablet = await server.client('dora', { device: 'tablet' });
    await expect(server.client('dora', { device: 'watch' })).rejects.toThrow(`${CLOSE_CODE_BASE + ErrorCode.overloaded}`);
    expect((await request('dora', 'DELETE', '/v1/devices/tablet')).status).toBe(200);
    expect(await tablet.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.deviceRemoved);
    expect(tablet.of(FrameType.error)).toMatchObject([
      { code: ErrorCode.deviceRemoved, reason: expect.stringMatching(/removed/) },
    ]);
    const watch = await server.client('dora', { device: 'watch' });
    await Promise.all([phone.bye(), watch.bye()]);
  });

  test("nobody can remove somebody else's device, and a device that does not exist is not found", async () => {
    await (await server.client('emil', { device: 'phone' })).bye();
    const { status, body } = await request('fritz', 'DELETE', '/v1/devices/phone');
    expect({ status, type: body.type }).toEqual({ status: 404, type: 'urn:letitcrash:problem:not-found' });
    expect((await request('emil', 'GET', '/v1/devices')).body.devices).toHaveLength(1);
    expect((await ask(server.node.httpPort, '/v1/devices/phone', { method: 'DELETE' })).status).toBe(401);
    expect((await request('emil', 'DELETE', '/v1/devices/a%20b')).status).toBe(400);
    expect((await request('emil', 'POST', '/v1/devices')).status).toBe(405);
  });

  test('if the process of the user dies while it is asked, its successor is asked, and the device is gone', async () => {
    await (await server.client('gerd', { device: 'phone' })).bye();
    const { runtime, directory, store } = server.node;
    await expect.poll(() => directory.find('gerd')).toBeUndefined();
    // It dies before the removal is on the disk.
    const save = vi.spyOn(store, 'saveProfile').mockImplementationOnce((_mandate, _profile, to) => {
      runtime.exit(to as Pid, 'kill');
      return false;
    });
    const answer = request('gerd', 'DELETE', '/v1/devices/phone');
    await expect.poll(() => save.mock.calls.length).toBe(2);
    vi.restoreAllMocks();
    expect((await answer).status).toBe(200);
    expect((await request('gerd', 'GET', '/v1/devices')).body.devices).toEqual([]);
  });
});

describe('on three nodes', () => {
  let server: Deployed;
  const at = (index: number): DeployedNode => server.deployment.nodes[index] as DeployedNode;
  const request = (index: number, method: string, path: string): Promise<Answered> => {
    const { host, port } = at(index).httpEndpoint as Address;
    const bearer = bearerOf(server.deployment.credential('anna', 'phone'));
    return ask(port, path, { method, bearer }, host);
  };

  beforeAll(async () => {
    server = await deploy({ httpRequestMs: 1_500, lingerMs: 600_000 }, 'fsync', 3);
  });
  afterAll(() => server.stop());

  test('a device is removed through a node that does not own its user, and stays removed if the owner is killed', async () => {
    const phone = await server.client('anna', { device: 'phone', at: 0 });
    const tablet = await server.client('anna', { device: 'tablet', at: 0 });
    const connected = async (index: number): Promise<unknown> =>
      ((await request(index, 'GET', '/v1/devices')).body.devices ?? []).map((one: { device: string; connected: boolean }) => [
        one.device,
        one.connected,
      ]);
    const both = [
      ['phone', true],
      ['tablet', true],
    ];
    for (const index of [0, 1, 2]) await expect.poll(() => connected(index)).toEqual(both);
    expect((await request(2, 'DELETE', '/v1/devices/tablet')).status).toBe(200);
    expect(await tablet.closed()).toBe(CLOSE_CODE_BASE + ErrorCode.deviceRemoved);
    await at(0).kill();
    await phone.closed();
    await expect.poll(() => connected(1)).toEqual([['phone', false]]);
    await at(0).restart();
  });

  test('while the node of the owner is stopped the answer is a timely 503', async () => {
    const phone = await server.client('anna', { device: 'phone', at: 0 });
    await at(0).pause();
    const { status } = await request(1, 'DELETE', '/v1/devices/phone');
    expect([503, 504]).toContain(status);
    await at(0).resume();
    phone.abort();
  });
});
