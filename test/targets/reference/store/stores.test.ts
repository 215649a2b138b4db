/** Both stores keep the same contract; LMDB's also outlives its process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { MailboxStore } from '../../../../targets/reference/messaging/store-port.ts';
import { createRealPlatform } from '../../../../targets/reference/platform/real/real-platform.ts';
import { createRuntime, type Pid } from '../../../../targets/reference/runtime/index.ts';
import { entryKey, seqOfKey } from '../../../../targets/reference/store/keys.ts';
import { openEnvironment } from '../../../../targets/reference/store/lmdb-environment.ts';
import { LmdbStore } from '../../../../targets/reference/store/lmdb-store.ts';
import { MemoryStore } from '../../../../targets/reference/store/memory-store.ts';

type Closing = MailboxStore & { flush(): Promise<void>; close(): Promise<void> };
type Answer = {
  readonly type: string;
  readonly seq?: number;
  readonly profile?: string | null;
  readonly entries?: readonly { seq: number; value: Buffer }[];
};

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
  directories.push(made);
  return made;
}

const runtime = createRuntime({ platform: createRealPlatform({ runawayMs: null }), name: 'n1', creation: 1 });
const nobody = { name: 'nobody', init: () => null, handle: () => null };
/** Where there is one node, nothing is checked. */
const of = (user: string) => ({ user, epoch: 0 });
const pid = (): Pid => runtime.spawn(nobody, null);

/** A store and what it answers, per process. */
function opened(kind: 'lmdb' | 'memory', path: string): { store: Closing; answers: Map<Pid, Answer[]> } {
  const answers = new Map<Pid, Answer[]>();
  const send = (to: Pid, message: unknown): void => {
    answers.set(to, [...(answers.get(to) ?? []), message as Answer]);
  };
  const failed = (error: Error): void => {
    throw error;
  };
  const store =
    kind === 'memory'
      ? new MemoryStore(send)
      : new LmdbStore({ environment: openEnvironment(path), durability: 'fsync', send, failed });
  return { store, answers };
}

describe.each(['lmdb', 'memory'] as const)('the %s store', (kind) => {
  test('gives back what was appended and not removed, in order, and nothing of other users', async () => {
    const { store, answers } = opened(kind, directory());
    const [me, other] = [pid(), pid()];
    for (const seq of [5, 7, 2 ** 40, 2 ** 52]) store.append(of('anna'), seq, Buffer.from(`v${seq}`), me);
    store.append(of('anna2'), 6, Buffer.from('not hers'), other);
    store.append(of('ann'), 6, Buffer.from('not hers'), other);
    store.remove(of('anna'), 7);
    store.saveProfile(of('anna'), 'profile', null);
    await store.flush();
    store.load('anna', me);
    const { entries, profile } = (answers.get(me) as Answer[]).at(-1) as Answer;
    expect(entries?.map(({ seq, value }) => [seq, value.toString()])).toEqual(
      [5, 2 ** 40, 2 ** 52].map((seq) => [seq, `v${seq}`]),
    );
    expect(profile).toBe('profile');
    store.page('anna', 5, 1, me);
    expect(
      answers
        .get(me)
        ?.at(-1)
        ?.entries?.map(({ seq }) => seq),
    ).toEqual([2 ** 40]);
    store.load('stranger', me);
    expect(answers.get(me)?.at(-1)).toEqual({ type: 'loaded', profile: null, entries: [] });
    await store.close();
  });

  test('says that an append is durable, at once or by a message that covers it', async () => {
    const { store, answers } = opened(kind, directory());
    const me = pid();
    let durableTo = 0;
    for (let seq = 1; seq <= 100; seq++) {
      if (store.append(of('anna'), seq, Buffer.from('x'), me)) durableTo = seq;
    }
    const saved = store.saveProfile(of('anna'), 'p', me);
    await store.flush();
    for (const { type, seq } of answers.get(me) ?? []) if (type === 'stored') durableTo = Math.max(durableTo, seq ?? 0);
    expect(durableTo).toBe(100);
    expect(saved || answers.get(me)?.some(({ type }) => type === 'saved')).toBe(true);
    await store.close();
  });

  test('a mailbox is read with what was appended a moment ago', async () => {
    const { store, answers } = opened(kind, directory());
    const [writer, reader] = [pid(), pid()];
    for (let seq = 1; seq <= 50; seq++) store.append(of('anna'), seq, Buffer.from('x'), writer);
    store.load('anna', reader);
    await expect.poll(() => answers.get(reader)?.at(-1)?.entries?.length).toBe(50);
    await store.close();
  });

  test('a profile is read as it was saved last, also a moment ago', async () => {
    const { store, answers } = opened(kind, directory());
    const me = pid();
    store.saveProfile(of('anna'), 'first', null);
    await store.flush();
    store.saveProfile(of('anna'), 'second', null);
    store.profile('anna', me);
    await expect.poll(() => answers.get(me)?.at(-1)).toEqual({ type: 'profile', user: 'anna', profile: 'second' });
    await store.close();
  });
});

test('whatever was done to it, an LMDB store opened again holds what a map would', async () => {
  const operation = fc.oneof(
    fc.record({
      do: fc.constant('append' as const),
      user: fc.constantFrom('a', 'b', 'ab'),
      value: fc.uint8Array({ maxLength: 50 }),
    }),
    fc.record({ do: fc.constant('remove' as const), user: fc.constantFrom('a', 'b', 'ab'), which: fc.nat({ max: 20 }) }),
    fc.record({ do: fc.constant('reopen' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      const path = directory();
      const model = new Map<string, Map<number, string>>([
        ['a', new Map()],
        ['b', new Map()],
        ['ab', new Map()],
      ]);
      let { store, answers } = opened('lmdb', path);
      const me = pid();
      let seq = 0;
      for (const one of [...operations, { do: 'reopen' as const }]) {
        if (one.do === 'reopen') {
          await store.close();
          ({ store, answers } = opened('lmdb', path));
        } else if (one.do === 'append') {
          seq++;
          store.append(of(one.user), seq, Buffer.from(one.value), me);
          model.get(one.user)?.set(seq, Buffer.from(one.value).toString('hex'));
        } else {
          store.remove(of(one.user), one.which);
          model.get(one.user)?.delete(one.which);
        }
      }
      for (const [user, entries] of model) {
        await store.flush();
        store.load(user, me);
        const found = answers
          .get(me)
          ?.at(-1)
          ?.entries?.map(({ seq: at, value }) => [at, value.toString('hex')]);
        expect(found).toEqual([...entries]);
      }
      await store.close();
    }),
    { numRuns: 25 },
  );
});

test('keys sort a user’s entries by seq, and keep users apart', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9._@:-]{1,64}$/);
  fc.assert(
    fc.property(name, fc.maxSafeNat(), name, fc.maxSafeNat(), (a, seqA, b, seqB) => {
      expect(seqOfKey(entryKey(a, seqA))).toBe(seqA);
      const order = Buffer.compare(entryKey(a, seqA), entryKey(b, seqB));
      if (a === b) expect(Math.sign(order)).toBe(Math.sign(seqA - seqB));
      else expect(order).not.toBe(0);
    }),
  );
});
