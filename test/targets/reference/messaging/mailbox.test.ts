/**
 * A mailbox, its store and its devices, without the processes around them: whatever is appended, read back by pages, acknowledged,
 * lost in a crash or taken up again, every device sees the same messages in order, memory holds no more than windows and pages,
 * and the store keeps no more than what a device has still to get and one tombstone a sender.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeviceQueue } from '../../../../targets/reference/messaging/device-queue.ts';
import {
  decodeEntry,
  type Entry,
  isStripped,
  payloadOf,
  strippedHead,
  WHOLE_BYTES,
  wholeBytes,
} from '../../../../targets/reference/messaging/entry.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../../targets/reference/messaging/limits.ts';
import { Mailbox, type OfferedMessage } from '../../../../targets/reference/messaging/mailbox.ts';
import { boundedHeads, boundedPage } from './slow-store.ts';

/** A message that `from` sent on the first connection of its only device. */
const messageOf = (from: string, id: number, receipts: boolean, payload: Buffer): OfferedMessage => ({
  sender: `${from}/d0`,
  from,
  session: 1,
  id,
  receipts,
  carried: [],
  standing: 'new',
  payload,
});

const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  window: 3,
  windowBytes: 2_500,
  maxResident: 20,
  maxResidentBytes: 3_000,
  maxMailbox: 40,
  maxMailboxBytes: 30_000,
};
const HEADS = 3;
const SIZES = [10, WHOLE_BYTES - 50, WHOLE_BYTES, 2_000];
const LARGEST = 2_100;
const SMALL = 0;

type Step =
  | { readonly do: 'send'; readonly sender: number; readonly size: number; readonly times: number }
  | { readonly do: 'commit' | 'look' | 'crash' | 'sleep' }
  | { readonly do: 'attach' | 'detach' | 'page'; readonly device: number }
  /** Takes what it is given, and acknowledges the first `share` of what is on its way. */
  | { readonly do: 'read'; readonly device: number; readonly share: number };

const device = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      sender: fc.nat({ max: 2 }),
      size: fc.nat({ max: SIZES.length - 1 }),
      times: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('commit' as const, 'look' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'sleep' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('attach' as const, 'page' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('detach' as const), device }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), device, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);

/** The owner of a mailbox, its store, and two devices that keep to the cursor rule. */
class Owner {
  mailbox = new Mailbox(LIMITS, 1);
  readonly disk = new Map<number, Buffer>();
  readonly seen: number[][] = [[], []];
  readonly cursors = [0, 0];
  readonly receipts: number[] = [];
  /** What was accepted and not lost, by its place in the mailbox. */
  readonly accepted: number[] = [];
  readonly #attached: (DeviceQueue | null)[] = [null, null];
  readonly #ids = [0, 0, 0];
  readonly #sizes = new Map<number, number>();
  #saved: [string, number][] = [];
  #uncommitted: { readonly seq: number; readonly act: () => void }[] = [];

  readonly effects = {
    first: ({ seq }: Entry) => void this.receipts.push(seq),
    remove: (seq: number) => this.#write(0, () => void this.disk.delete(seq)),
    strip: ({ seq, value }: Entry) => this.#write(0, () => void this.disk.set(seq, strippedHead(value))),
  };

  play(one: Step): void {
    switch (one.do) {
      case 'send':
        for (let i = 0; i < one.times; i++) this.#send(one.sender, SIZES[one.size] as number);
        break;
      case 'commit':
        this.commit();
        break;
      case 'look':
        this.look();
        break;
      case 'crash':
        this.#uncommitted = [];
        this.accepted.splice(0, this.accepted.length, ...this.accepted.filter((seq) => seq <= this.mailbox.durableSeq));
        this.#restart();
        break;
      case 'sleep':
        // A process does not go to sleep while it has something to look through (isLooking, session.ts).
        do this.commit();
        while (this.look());
        this.#saved = this.mailbox.devices.map(({ device: name, cursor }) => [name, cursor]);
        this.#restart();
        break;
      case 'attach':
        this.attach(one.device);
        break;
      case 'detach':
        this.#attached[one.device]?.detach();
        this.#attached[one.device] = null;
        break;
      case 'page':
        this.page(one.device);
        break;
      case 'read':
        this.read(one.device, one.share);
    }
  }

  attach(index: number): void {
    const name = `d${index}`;
    const isNew = this.mailbox.find(name) === null;
    this.#attached[index] = this.mailbox.attach(name, this.cursors[index] as number);
    // A new device is on record before it is welcomed.
    if (isNew) this.#saved = this.mailbox.devices.map(({ device: known, cursor }) => [known, cursor]);
  }

  commit(): void {
    for (const { seq, act } of this.#uncommitted.splice(0)) {
      act();
      this.mailbox.settle(seq);
    }
  }

  /** Whether there was something to look through. */
  look(): boolean {
    const after = this.mailbox.askHeads();
    if (after === null) return false;
    const { entries, more } = boundedHeads(this.disk, after, HEADS);
    this.mailbox.takeHeads(entries, more, this.effects);
    return true;
  }

  page(index: number): void {
    const queue = this.#attached[index];
    const asked = queue === null || queue === undefined ? null : this.mailbox.askPage(queue);
    if (asked === null) return;
    const { entries, more } = boundedPage(this.disk, asked.after, asked.bounds);
    this.mailbox.takePage(asked.after, entries, more);
  }

  read(index: number, share: number): void {
    const queue = this.#attached[index];
    if (queue === null || queue === undefined) return;
    for (let entry = this.mailbox.next(queue); entry !== null; entry = this.mailbox.next(queue)) {
      expect(payloadOf(entry).length, `bytes of ${entry.seq}`).toBe(this.#sizes.get(entry.seq));
      if (entry.seq <= (this.cursors[index] as number)) continue;
      this.cursors[index] = entry.seq;
      this.seen[index]?.push(entry.seq);
    }
    const onTheWay = queue.unacknowledged();
    const last = onTheWay[Math.ceil(onTheWay.length * share) - 1];
    if (last !== undefined) expect(this.mailbox.acknowledge(queue, last.seq, this.effects)).toBe('ok');
  }

  /** Everybody gets everything and says so. */
  heal(): void {
    for (const index of [0, 1]) this.attach(index);
    for (let round = 0; round < 200; round++) {
      this.commit();
      this.look();
      for (const index of [0, 1]) {
        this.page(index);
        this.read(index, 1);
      }
    }
    this.commit();
  }

  /** Windows and pages, each with one entry on top, for that is let through whatever its size. */
  checkMemory(): void {
    const most = LIMITS.windowBytes + LIMITS.maxResidentBytes + 2 * LARGEST;
    for (const queue of this.mailbox.devices) expect(queue.bytes).toBeLessThanOrEqual(queue.attached ? most : 0);
  }

  #send(index: number, size: number): void {
    if (!this.mailbox.scanned) return;
    const id = ++(this.#ids[index] as number);
    const payload = Buffer.alloc(size);
    const offer = this.mailbox.offer(messageOf(`s${index}`, id, true, payload), 0, false);
    if (offer.kind !== 'accepted') return;
    const { entry, superseded } = offer;
    this.accepted.push(entry.seq);
    this.#sizes.set(entry.seq, size);
    this.#write(entry.seq, () => void this.disk.set(entry.seq, entry.value));
    if (superseded !== 0) this.effects.remove(superseded);
  }

  #write(seq: number, act: () => void): void {
    this.#uncommitted.push({ seq, act });
  }

  #restart(): void {
    this.#uncommitted = [];
    this.#attached.fill(null);
    this.mailbox = new Mailbox(LIMITS, 1 + Math.max(0, ...this.#sizes.keys()));
    this.mailbox.restore(Math.max(0, ...this.disk.keys()), this.#saved);
  }
}

function everybodyIn(steps: readonly Step[]): Owner {
  const owner = new Owner();
  for (const index of [0, 1]) owner.attach(index);
  for (const one of steps) {
    owner.play(one);
    owner.checkMemory();
  }
  owner.heal();
  return owner;
}

const RUNS = Number(process.env.MODEL_RUNS ?? 500);

/** What a device has by its own word is acknowledged before the process sleeps. */
const HAD_BY_ITS_OWN_WORD: readonly Step[] = [
  { do: 'send', sender: 0, size: 0, times: 1 },
  { do: 'commit' },
  { do: 'read', device: 1, share: 0 },
  { do: 'attach', device: 1 },
  { do: 'sleep' },
];

/** A receipt that has to be looked up must be given before its entry leaves the store by another way. */
const ACKNOWLEDGED_BEFORE_A_CRASH: readonly Step[] = [
  { do: 'send', sender: 0, size: 0, times: 4 },
  { do: 'commit' },
  { do: 'read', device: 0, share: 0 },
  { do: 'crash' },
  { do: 'look' },
];

test('whatever is appended, acknowledged, lost and read back, every device sees what was accepted, once and in order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const owner = everybodyIn(steps);
      for (const seen of owner.seen) {
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
        expect(owner.accepted.filter((seq) => !seen.includes(seq))).toEqual([]);
      }
      expect(owner.accepted.filter((seq) => !owner.receipts.includes(seq))).toEqual([]);
    }),
    { numRuns: RUNS, examples: [[[...ACKNOWLEDGED_BEFORE_A_CRASH]], [[...HAD_BY_ITS_OWN_WORD]]] },
  );
});

test('a message that every device has received leaves the store, except for one small tombstone for each sender, and no longer counts', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { disk, mailbox } = everybodyIn(steps);
      const left = [...disk].map(([seq, value]) => decodeEntry(seq, value));
      const senders = left.map(({ sender }) => sender);
      expect(senders.toSorted()).toEqual([...new Set(senders)].toSorted());
      for (const entry of left) expect(isStripped(entry) || wholeBytes(entry) <= WHOLE_BYTES).toBe(true);
      expect([mailbox.length, mailbox.bytes]).toEqual([0, 0]);
    }),
    { numRuns: RUNS },
  );
});

test('no more messages wait in memory than there is room for, and the rest is read in pages', () => {
  const owner = new Owner();
  owner.attach(0);
  owner.play({ do: 'send', sender: 0, size: SMALL, times: 2 * LIMITS.maxResident });
  owner.commit();
  for (let round = 0; round < LIMITS.maxResident; round++) owner.read(0, 1);
  expect(owner.seen[0]).toEqual(owner.accepted.slice(0, LIMITS.maxResident));
  owner.page(0);
  for (let round = 0; round < LIMITS.maxResident; round++) owner.read(0, 1);
  expect(owner.seen[0]).toEqual(owner.accepted);
});

test('a mailbox is full by number or by bytes, and its counts outlive its process', () => {
  const owner = new Owner();
  const fill = (size: number, times: number): void => {
    for (let i = 0; i < times; i++) owner.play({ do: 'send', sender: 0, size, times: 1 });
    owner.commit();
  };
  fill(3, 100);
  const { length, bytes } = owner.mailbox;
  expect(length).toBe(owner.accepted.length);
  expect(bytes).toBeLessThanOrEqual(LIMITS.maxMailboxBytes);
  expect(bytes).toBeGreaterThan(LIMITS.maxMailboxBytes - LARGEST);
  owner.play({ do: 'crash' });
  while (!owner.mailbox.scanned) owner.look();
  expect([owner.mailbox.length, owner.mailbox.bytes]).toEqual([length, bytes]);
  const offer = owner.mailbox.offer(messageOf('s9', 1, false, Buffer.alloc(2_000)), 0, false);
  expect(offer).toEqual({ kind: 'refused', stale: false, bound: 'mailbox-bytes', last: false });
});
