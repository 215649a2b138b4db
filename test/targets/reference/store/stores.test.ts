/** Both stores keep the same contract; LMDB's also outlives its process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  decodeEntry,
  encodeEntry,
  isStripped,
  payloadOf,
  strippedHead,
  WHOLE_BYTES,
  wholeBytes,
} from '../../../../targets/reference/messaging/entry.ts';
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
  readonly lastSeq?: number;
  readonly entries?: readonly { seq: number; value: Buffer }[];
  readonly more?: boolean;
};
const EVERYTHING = { entries: 10_000, bytes: 1e9 };
/** An entry as a mailbox would append it. */
const value = (seq: number, text: string, sender = 'ben'): Buffer =>
  encodeEntry(
    { id: seq, sender: `${sender}/d0`, from: sender, session: 0, receipts: false, payload: Buffer.from(text) },
    seq,
    0,
    [],
  ).value;
const textOf = ({ seq, value: stored }: { seq: number; value: Buffer }): string => payloadOf(decodeEntry(seq, stored)).toString();

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
  test('returns what was appended and not removed, in order, and nothing of other users', async () => {
    const { store, answers } = opened(kind, directory());
    const [me, other] = [pid(), pid()];
    for (const seq of [5, 7, 2 ** 40, 2 ** 52]) store.append(of('anna'), seq, value(seq, `v${seq}`), me);
    store.append(of('anna2'), 6, value(6, 'not hers'), other);
    store.append(of('ann'), 6, value(6, 'not hers'), other);
    store.remove(of('anna'), 7, 0);
    store.saveProfile(of('anna'), 'profile', null);
    await store.flush();
    store.load('anna', me);
    expect(answers.get(me)?.at(-1)).toEqual({ type: 'loaded', profile: 'profile', lastSeq: 2 ** 52 });
    store.page('anna', 0, EVERYTHING, me);
    const { entries, more, ...rest } = (answers.get(me) as Answer[]).at(-1) as Answer;
    expect(entries?.map((entry) => [entry.seq, textOf(entry)])).toEqual([5, 2 ** 40, 2 ** 52].map((seq) => [seq, `v${seq}`]));
    expect([more, rest]).toEqual([false, { type: 'page', after: 0 }]);
    store.page('anna', 5, { entries: 1, bytes: 1e9 }, me);
    expect(answers.get(me)?.at(-1)).toMatchObject({ after: 5, entries: [{ seq: 2 ** 40 }], more: true });
    store.load('stranger', me);
    expect(answers.get(me)?.at(-1)).toEqual({ type: 'loaded', profile: null, lastSeq: 0 });
    await store.close();
  });

  test('ends a page at its byte limit, whatever the number of entries, and has at least one entry', async () => {
    const { store, answers } = opened(kind, directory());
    const me = pid();
    const large = 'x'.repeat(WHOLE_BYTES);
    for (let seq = 1; seq <= 5; seq++) store.append(of('anna'), seq, value(seq, `${seq}${large}`), me);
    await store.flush();
    const bytes = value(1, `1${large}`).length;
    const seqsOf = (after: number, most: number): number[] | undefined => {
      store.page('anna', after, { entries: 100, bytes: most }, me);
      return answers
        .get(me)
        ?.at(-1)
        ?.entries?.map(({ seq }) => seq);
    };
    expect(seqsOf(0, 2 * bytes)).toEqual([1, 2]);
    expect(seqsOf(2, 3 * bytes - 1)).toEqual([3, 4]);
    expect(seqsOf(2, 0)).toEqual([3]);
    await store.close();
  });

  test('gives heads that say who sent what and how large it is, without the payload if that is large, in a later turn', async () => {
    const { store, answers } = opened(kind, directory());
    const me = pid();
    const sizes = [1, WHOLE_BYTES, 60_000];
    for (const [index, size] of sizes.entries()) store.append(of('anna'), index + 1, value(index + 1, 'x'.repeat(size)), me);
    await store.flush();
    store.heads('anna', 0, 2, me);
    expect(answers.get(me)?.some(({ type }) => type === 'heads') ?? false).toBe(false);
    await expect.poll(() => answers.get(me)?.at(-1)).toMatchObject({ type: 'heads', after: 0, more: true });
    store.heads('anna', 1, 2, me);
    await expect.poll(() => answers.get(me)?.at(-1)).toMatchObject({ type: 'heads', after: 1, more: false });
    const heads = answers.get(me)?.at(-1)?.entries ?? [];
    const decoded = heads.map(({ seq, value: stored }) => decodeEntry(seq, stored));
    expect(decoded.map(({ sender, id }) => [sender, id])).toEqual([
      ['ben/d0', 2],
      ['ben/d0', 3],
    ]);
    expect(decoded.map(wholeBytes)).toEqual([2, 3].map((seq) => value(seq, 'x'.repeat(sizes[seq - 1] as number)).length));
    if (kind === 'lmdb') for (const { value: stored } of decoded) expect(stored.length).toBeLessThan(100);
    await store.close();
  });

  test('keeps the head of a stripped entry, and frees the room of its payload', async () => {
    const { store, answers } = opened(kind, directory());
    const me = pid();
    const whole = value(1, 'x'.repeat(60_000));
    store.append(of('anna'), 1, whole, me);
    await store.flush();
    await expect.poll(() => store.usedBytes()).toBeGreaterThanOrEqual(whole.length);
    store.strip(of('anna'), 1, whole);
    await store.flush();
    await expect.poll(() => store.usedBytes()).toBeLessThan(10_000);
    store.page('anna', 0, EVERYTHING, me);
    const [left] = answers.get(me)?.at(-1)?.entries ?? [];
    const entry = decodeEntry(1, left?.value as Buffer);
    expect([isStripped(entry), entry.sender, entry.id]).toEqual([true, 'ben/d0', 1]);
    store.remove(of('anna'), 1, 0);
    await store.flush();
    await expect.poll(() => store.usedBytes()).toBe(0);
    await store.close();
  });

  test('says that an append is durable, at once or by a message that covers it', async () => {
    const { store, answers } = opened(kind, directory());
    const me = pid();
    let durableTo = 0;
    for (let seq = 1; seq <= 100; seq++) {
      if (store.append(of('anna'), seq, value(seq, 'x'), me)) durableTo = seq;
    }
    const saved = store.saveProfile(of('anna'), 'p', me);
    await store.flush();
    for (const { type, seq } of answers.get(me) ?? []) if (type === 'stored') durableTo = Math.max(durableTo, seq ?? 0);
    expect(durableTo).toBe(100);
    expect(saved || answers.get(me)?.some(({ type }) => type === 'saved')).toBe(true);
    await store.close();
  });

  test('reads a mailbox with what was appended a moment ago', async () => {
    const { store, answers } = opened(kind, directory());
    const [writer, reader] = [pid(), pid()];
    for (let seq = 1; seq <= 50; seq++) store.append(of('anna'), seq, value(seq, 'x'), writer);
    store.load('anna', reader);
    await expect.poll(() => answers.get(reader)?.at(-1)?.lastSeq).toBe(50);
    await store.close();
  });

  test('reads a profile as it was saved last, even a moment ago', async () => {
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

test('whatever was done to it, an LMDB store opened again holds what a map would, in pages of any size', async () => {
  const user = fc.constantFrom('a', 'b', 'ab');
  const operation = fc.oneof(
    fc.record({
      do: fc.constant('append' as const),
      user,
      bytes: fc.oneof(fc.nat({ max: 50 }), fc.integer({ min: WHOLE_BYTES - 60, max: WHOLE_BYTES + 60 }), fc.constant(20_000)),
    }),
    fc.record({ do: fc.constantFrom('remove' as const, 'strip' as const), user, which: fc.nat({ max: 20 }) }),
    fc.record({ do: fc.constant('reopen' as const) }),
  );
  const bounds = fc.record({ entries: fc.integer({ min: 1, max: 5 }), bytes: fc.nat({ max: 3_000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), bounds, async (operations, page) => {
      const path = directory();
      const model = new Map<string, Map<number, Buffer>>([
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
          continue;
        }
        const entries = model.get(one.user) as Map<number, Buffer>;
        if (one.do === 'append') {
          seq++;
          const appended = value(seq, 'x'.repeat(one.bytes));
          store.append(of(one.user), seq, appended, me);
          entries.set(seq, appended);
          continue;
        }
        const known = entries.get(one.which);
        if (one.do === 'remove') {
          store.remove(of(one.user), one.which, known?.length ?? 0);
          entries.delete(one.which);
        } else if (known !== undefined && known.length > WHOLE_BYTES) {
          store.strip(of(one.user), one.which, known);
          entries.set(one.which, strippedHead(known));
        }
      }
      await store.flush();
      for (const [name, entries] of model) {
        store.load(name, me);
        expect(answers.get(me)?.at(-1)?.lastSeq).toBe([...entries.keys()].at(-1) ?? 0);
        const found: (readonly [number, string])[] = [];
        for (let more = true, after = 0; more; ) {
          store.page(name, after, page, me);
          const answer = answers.get(me)?.at(-1) as Required<Answer>;
          expect(answer.entries.length).toBeLessThanOrEqual(page.entries);
          const bytes = answer.entries.reduce((sum, one) => sum + one.value.length, 0);
          if (answer.entries.length > 1) expect(bytes).toBeLessThanOrEqual(page.bytes);
          found.push(...answer.entries.map((one) => [one.seq, one.value.toString('hex')] as const));
          more = answer.more;
          after = found.at(-1)?.[0] ?? 0;
        }
        expect(found).toEqual([...entries].map(([at, stored]) => [at, stored.toString('hex')]));
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
