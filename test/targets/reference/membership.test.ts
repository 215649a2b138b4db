/** A node that joins others: it serves nobody before it is connected with them, and waits for none of them for ever. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Membership } from '../../../targets/reference/membership.ts';
import type { Mesh } from '../../../targets/reference/platform/real/mesh/mesh.ts';
import type { Member, MemberRecords } from '../../../targets/reference/store/members.ts';

const record = (name: string): Member => ({
  name,
  creation: 1,
  host: '127.0.0.1',
  port: 1,
  meshPort: 2,
  state: 'ready',
  osPid: 1,
  osStart: '',
});

let members: Member[];
let connected: string[];
let joined: boolean;
let membership: Membership;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  connected = [];
  joined = false;
});
afterEach(async () => {
  await membership.leave();
  vi.useRealTimers();
});

/** Lets n1 join `others`; `joined` says when it has. */
async function join(others: readonly string[]): Promise<void> {
  members = ['n1', ...others].map(record);
  const records: MemberRecords = {
    announce: async () => {},
    leave: async () => {},
    list: () => members,
    isDead: () => false,
    evictions: () => [],
  };
  const mesh = {
    port: 2,
    setMembers() {},
    loadOf: () => null,
    close: async () => {},
    get connected() {
      return connected;
    },
  } as unknown as Mesh;
  const self = record('n1');
  membership = new Membership({ self, registry: {} as never, members: records, mesh, load: () => 0, move: () => {} });
  void membership.join({} as never, {} as never).then(() => {
    joined = true;
  });
  await turns();
}

/** Longer than the pause between two questions. */
const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

test('a node that is alone has joined at once', async () => {
  await join([]);
  expect(joined).toBe(true);
});

test('a node has joined when it is connected to all nodes that were there before it, and not earlier', async () => {
  await join(['n2', 'n3']);
  expect(joined).toBe(false);
  connected = ['n2'];
  await turns();
  expect(joined).toBe(false);
  connected = ['n2', 'n3'];
  await expect.poll(() => joined).toBe(true);
});

test('a node that comes later is not waited for, nor one that ends meanwhile', async () => {
  await join(['n2', 'n3']);
  connected = ['n2'];
  await turns();
  expect(joined).toBe(false);
  members = [record('n1'), record('n2'), record('n4')];
  vi.advanceTimersByTime(100);
  await expect.poll(() => joined).toBe(true);
});

test('half a second is enough to wait for a node that is stopped or cut off', async () => {
  await join(['n2']);
  vi.advanceTimersByTime(400);
  await turns();
  expect(joined).toBe(false);
  vi.advanceTimersByTime(101);
  await expect.poll(() => joined).toBe(true);
});
