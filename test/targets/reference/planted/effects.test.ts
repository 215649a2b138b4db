import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readConfiguration } from '../../../../targets/reference/configuration.ts';
import type { Closing } from '../../../../targets/reference/mutants/mutation.ts';
import { plantedSeams } from '../../../../targets/reference/planted/effects.ts';
import type { Pid } from '../../../../targets/reference/runtime/index.ts';
import { MemoryStore } from '../../../../targets/reference/store/memory-store.ts';
import { type Deployed, deploy } from '../deployed.ts';

const MANDATE = { user: 'anna', epoch: 0 };
const VALUE = Buffer.from('hello');
const somebody = { serial: 1 } as unknown as Pid;
const another = { serial: 2 } as unknown as Pid;

/** A store that waits to be told when to answer. */
class WaitingStore extends MemoryStore {
  override append(...write: Parameters<MemoryStore['append']>): boolean {
    super.append(...write);
    return false;
  }
}

function planted(effects: Parameters<typeof plantedSeams>[0]): {
  store: Closing;
  answer: (to: Pid, message: unknown) => void;
  told: [Pid, unknown][];
} {
  const told: [Pid, unknown][] = [];
  const give = (to: Pid, message: unknown): void => void told.push([to, message]);
  const seams = plantedSeams(effects);
  const plain = new WaitingStore(give);
  return { store: seams.mailboxes?.(plain) ?? plain, answer: seams.answer?.(give, () => undefined) ?? give, told };
}

describe('a planted cost of CPU', () => {
  test('takes the configured time longer for each message, within the call', () => {
    const { store, told } = planted({ cpuUsPerMessage: 2_000 });
    const began = performance.now();
    for (let seq = 1; seq <= 10; seq++) store.append(MANDATE, seq, VALUE, somebody);
    expect(performance.now() - began).toBeGreaterThanOrEqual(20);
    store.load('anna', somebody);
    expect(told[0]?.[1]).toMatchObject({ type: 'loaded', lastSeq: 10 });
  });
});

describe('a planted stall', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('holds the answer to every nth message, and no other', () => {
    const { store, answer, told } = planted({ stallEvery: 3, stallMs: 5 });
    for (let seq = 1; seq <= 6; seq++) {
      store.append(MANDATE, seq, VALUE, somebody);
      answer(somebody, { type: 'stored', seq });
      vi.advanceTimersByTime(4);
      expect(told.length).toBe(seq % 3 === 0 ? seq - 1 : seq);
      vi.advanceTimersByTime(1);
      expect(told.at(-1)).toEqual([somebody, { type: 'stored', seq }]);
    }
  });

  test('makes later messages of the same process wait, because an answer covers everything before it; other processes do not wait', () => {
    const { store, answer, told } = planted({ stallEvery: 2, stallMs: 5 });
    store.append(MANDATE, 1, VALUE, another);
    store.append(MANDATE, 2, VALUE, somebody);
    answer(somebody, { type: 'stored', seq: 2 });
    store.append(MANDATE, 3, VALUE, somebody);
    answer(somebody, { type: 'stored', seq: 3 });
    answer(another, { type: 'stored', seq: 1 });
    expect(told).toEqual([[another, { type: 'stored', seq: 1 }]]);
    vi.advanceTimersByTime(5);
    expect(told.slice(1)).toEqual([
      [somebody, { type: 'stored', seq: 2 }],
      [somebody, { type: 'stored', seq: 3 }],
    ]);
  });

  test('does not delay anything but the answer to the message, nor the news that the owner has lost its epoch', () => {
    const { store, answer, told } = planted({ stallEvery: 1, stallMs: 5 });
    store.append(MANDATE, 7, VALUE, somebody);
    answer(somebody, { type: 'stored', seq: 6 });
    answer(somebody, { type: 'fenced' });
    answer(somebody, { type: 'stored', seq: 7 });
    expect(told.map(([, message]) => (message as { type: string }).type)).toEqual(['stored', 'fenced', 'stored']);
  });
});

describe('a server with planted effects', () => {
  let server: Deployed;
  afterEach(() => server.stop());

  test('answers, and each of its connections holds the bytes', async () => {
    server = await deploy({ planted: { cpuUsPerMessage: 10, stallEvery: 2, stallMs: 1, bytesPerConnection: 400_000 } });
    const heap = async (): Promise<number> => (await server.node.introspect({ collectGarbage: true }))?.heapBytes ?? 0;
    const before = await heap();
    const clients = await Promise.all(Array.from({ length: 20 }, (_, index) => server.client(`user${index}`)));
    expect(await heap()).toBeGreaterThan(before + 20 * 400_000);
    const [anna, ben] = clients as [(typeof clients)[number], (typeof clients)[number]];
    for (let id = 1; id <= 4; id++) anna.send(id, 'user1', `message ${id}`);
    await anna.until(() => anna.acks.length === 4, 'four ACKs');
    await ben.until(() => ben.texts.length === 4, 'four messages');
    expect(ben.texts).toEqual(['message 1', 'message 2', 'message 3', 'message 4']);
  });
});

test('without effects changes nothing', () => {
  expect(plantedSeams({})).toEqual({});
  expect(plantedSeams({ cpuUsPerMessage: 0, bytesPerConnection: 0 })).toEqual({});
});

test('refuses effects outside of drills', () => {
  const base = { name: 'n1', host: 'h', dataDir: 'd', tokenKey: 'k'.repeat(32), controlToken: 't'.repeat(32) };
  const document = {
    ...base,
    port: 0,
    controlPort: 0,
    httpPort: 0,
    durability: 'fsync',
    limits: {},
    planted: { cpuUsPerMessage: 1 },
  };
  expect(() => readConfiguration(JSON.stringify(document))).toThrow(
    'planted: a node may have a planted effect only with chaos: true',
  );
  expect(readConfiguration(JSON.stringify({ ...document, chaos: true })).planted).toEqual({ cpuUsPerMessage: 1 });
});
