/** Which devices a mailbox waits for, and how it stops waiting for one: on a clock that the test moves, and a disk that survives a crash. */
import { describe, expect, test } from 'vitest';
import { ErrorCode } from '../../../../targets/protocol/frames.ts';
import { startApplication } from '../../../../targets/reference/messaging/application.ts';
import { Counters } from '../../../../targets/reference/messaging/counters.ts';
import { addConnection } from '../../../../targets/reference/messaging/directory.ts';
import { type Entry, payloadOf, senderKey } from '../../../../targets/reference/messaging/entry.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../../targets/reference/messaging/limits.ts';
import type { ClientConnection } from '../../../../targets/reference/messaging/ports.ts';
import { readProfile } from '../../../../targets/reference/messaging/profile.ts';
import { seqBase } from '../../../../targets/reference/messaging/seq-base.ts';
import type { World } from '../../../../targets/reference/messaging/user-state.ts';
import { type Behaviour, createRuntime, type Pid, type Runtime } from '../../../../targets/reference/runtime/index.ts';
import { newDisk, SlowStore } from './slow-store.ts';
import { VirtualPlatform } from './virtual-platform.ts';

const DAY_MS = 86_400_000;
const RETENTION_MS = 30 * DAY_MS;
const AWAY_MS = RETENTION_MS + 1_000;

/** A signed-in device, as the user's process sees it; it acknowledges what it is given unless told not to. */
class Device implements ClientConnection {
  readonly sender: string;
  readonly texts: string[] = [];
  readonly nacks: number[] = [];
  readonly acks: number[] = [];
  owner: Pid | null = null;
  welcomedAt: number | null = null;
  closedWith: ErrorCode | null = null;
  lastSeq = 0;

  readonly user: string;
  readonly device: string;
  readonly epoch: number;

  constructor(user: string, device: string, epoch: number) {
    this.user = user;
    this.device = device;
    this.epoch = epoch;
    this.sender = senderKey(user, device);
  }

  welcome(owner: Pid, cursor: number): void {
    this.owner = owner;
    this.welcomedAt = cursor;
  }
  ack(id: number): void {
    this.acks.push(id);
  }
  nack(id: number, code: ErrorCode): void {
    this.nacks.push(id);
    expect(code).toBe(ErrorCode.mailboxFull);
  }
  deliver(entry: Entry): void {
    this.texts.push(payloadOf(entry).toString());
    this.lastSeq = entry.seq;
  }
  receipt(): void {}
  presence(): void {}
  close(code: ErrorCode): void {
    this.closedWith = code;
  }
}

/** One node whose disk outlives it. */
class Node {
  readonly platform = new VirtualPlatform();
  readonly disk = newDisk();
  readonly counters = new Counters();
  readonly limits: Limits;
  runtime!: Runtime;
  world!: World;
  store!: SlowStore;
  #starts = 0;
  #epoch = 0;
  #id = 0;
  readonly answers: unknown[] = [];

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, deviceRetentionMs: RETENTION_MS, lingerMs: 0, ...limits };
    this.start();
  }

  start(): void {
    const { platform, limits, counters } = this;
    this.runtime = createRuntime({ platform, name: 'n1', creation: ++this.#starts });
    const { runtime } = this;
    this.store = new SlowStore(this.disk, (to, message) => void runtime.send(to, message));
    const base = seqBase(platform.clock.wallMs());
    this.world = startApplication(runtime, { limits, counters, store: this.store, cluster: null, seqBase: base });
    platform.settle();
  }

  /** Without warning: what was not written is gone. */
  crash(): void {
    this.runtime.halt();
    this.store.crash(0);
    this.start();
  }

  /** Lets everything that can happen now happen. */
  flow(): void {
    for (let round = 0; round < 8; round++) {
      this.platform.settle();
      this.store.write();
    }
    this.platform.settle();
  }

  pass(ms: number): void {
    this.platform.advance(ms);
    this.flow();
  }

  signIn(user: string, device: string, cursor = 0): Device {
    const connection = new Device(user, device, ++this.#epoch);
    const resident = this.world.directory.ensure(user);
    addConnection(resident, connection);
    this.runtime.send(resident.pid, { type: 'attach', connection, cursor });
    this.flow();
    return connection;
  }

  signOut(connection: Device): void {
    const pid = this.world.directory.find(connection.user)?.pid as Pid;
    this.runtime.send(pid, { type: 'detach', connection, bye: true });
    this.flow();
  }

  acknowledge(connection: Device): void {
    if (connection.lastSeq > 0)
      this.runtime.send(connection.owner as Pid, { type: 'delivered', connection, seq: connection.lastSeq });
    this.flow();
  }

  /** One message to the receiver; returns whether it was accepted. */
  send(from: Device, to: string, text: string): boolean {
    const id = ++this.#id;
    const payload = Buffer.from(text);
    this.runtime.send(from.owner as Pid, { type: 'send', connection: from, id, receipts: false, to, payload, refuse: 0 });
    this.flow();
    expect([...from.acks, ...from.nacks]).toContain(id);
    return from.acks.includes(id);
  }

  remove(user: string, device: string): void {
    this.runtime.send(this.world.directory.ensure(user).pid, { type: 'remove-device', device, asker: this.asker });
  }

  devices(user: string): readonly { readonly device: string; readonly connected: boolean; readonly lastSeenMs: number }[] {
    this.answers.length = 0;
    this.runtime.send(this.world.directory.ensure(user).pid, { type: 'devices', asker: this.asker });
    this.flow();
    return (this.answers[0] as { readonly devices: ReturnType<Node['devices']> }).devices;
  }

  names(user: string): string[] {
    return this.devices(user).map(({ device }) => device);
  }

  onDisk(user: string): { readonly devices: string[]; readonly entries: number } {
    const devices = readProfile(this.disk.profiles.get(user) ?? null).cursors.map(([device]) => device);
    return { devices, entries: this.disk.mailboxes.get(user)?.size ?? 0 };
  }

  get asker(): Pid {
    const { answers } = this;
    const listener: Behaviour<null, unknown, null> = {
      name: 'asker',
      init: () => null,
      handle: (message) => {
        answers.push(message);
        return null;
      },
    };
    return this.runtime.spawn(listener, null);
  }
}

/** Anna's phone and tablet signed in once; the tablet has not come back. Ben can write to her. */
function lostTablet(limits: Partial<Limits> = {}): { readonly node: Node; readonly phone: Device; readonly ben: Device } {
  const node = new Node(limits);
  const phone = node.signIn('anna', 'phone');
  node.signOut(node.signIn('anna', 'tablet'));
  return { node, phone, ben: node.signIn('ben', 'd0') };
}

/** Fills Anna's mailbox with what the phone takes and the tablet does not, until Ben is refused. Returns how many were accepted. */
function fill({ node, phone, ben }: ReturnType<typeof lostTablet>): number {
  for (let count = 0; ; count++) {
    if (!node.send(ben, 'anna', `m${count + 1}`)) return count;
    node.acknowledge(phone);
    expect(count).toBeLessThan(1_000);
  }
}

describe('a device that its user removed', () => {
  test('no longer fills the mailbox: refused senders are accepted, and what only that device had not received is gone', () => {
    const scene = lostTablet({ maxMailbox: 20 });
    const { node, phone, ben } = scene;
    expect(fill(scene)).toBe(20);
    node.remove('anna', 'tablet');
    node.flow();
    expect(node.answers).toEqual([{ type: 'device-removed', device: 'tablet', known: true }]);
    expect(node.send(ben, 'anna', 'at last')).toBe(true);
    expect(phone.texts.at(-1)).toBe('at last');
    // The newest of each sender stays as its tombstone.
    node.acknowledge(phone);
    expect(node.onDisk('anna')).toEqual({ devices: ['phone'], entries: 1 });
    expect(node.counters.devicesRemoved).toBe(1);
  });

  test('is removed from the disk before anybody is told, and stays removed after a crash', () => {
    const { node } = lostTablet();
    node.remove('anna', 'tablet');
    node.platform.settle();
    expect(node.answers).toEqual([]);
    expect(node.onDisk('anna').devices).toEqual(['phone', 'tablet']);
    node.flow();
    expect(node.answers).toHaveLength(1);
    node.crash();
    expect(node.names('anna')).toEqual(['phone']);
  });

  test('that was not recorded yet when the node crashed is still known, with everything that waits for it', () => {
    const { node, phone, ben } = lostTablet();
    node.send(ben, 'anna', 'for both');
    node.acknowledge(phone);
    node.remove('anna', 'tablet');
    node.platform.settle();
    node.crash();
    expect(node.names('anna')).toEqual(['phone', 'tablet']);
    expect(node.signIn('anna', 'tablet').texts).toEqual(['for both']);
  });

  test('is disconnected with an error that says so, and what it sends afterwards counts for nothing', () => {
    const node = new Node();
    node.signIn('anna', 'phone');
    const tablet = node.signIn('anna', 'tablet');
    node.remove('anna', 'tablet');
    node.flow();
    expect(tablet.closedWith).toBe(ErrorCode.deviceRemoved);
    expect(node.names('anna')).toEqual(['phone']);
  });

  test('starts as a new device when it signs in again, where the others are, without what was kept for it', () => {
    const scene = lostTablet();
    const { node, phone, ben } = scene;
    node.send(ben, 'anna', 'before');
    node.acknowledge(phone);
    node.remove('anna', 'tablet');
    node.flow();
    const again = node.signIn('anna', 'tablet');
    expect(again.texts).toEqual([]);
    expect(again.welcomedAt).toBe(phone.lastSeq);
    node.send(ben, 'anna', 'after');
    expect(again.texts).toEqual(['after']);
  });

  test('and was the last one leaves the user as one who never signed in: what no device received waits for the next, and nothing else', () => {
    const node = new Node();
    const [ben, carl] = [node.signIn('ben', 'd0'), node.signIn('carl', 'd0')];
    const phone = node.signIn('anna', 'phone');
    // It stays on the disk as Carl's tombstone, and must not rise from the dead.
    node.send(carl, 'anna', 'taken');
    node.send(ben, 'anna', 'taken as well');
    node.acknowledge(phone);
    node.signOut(phone);
    node.send(ben, 'anna', 'not taken');
    node.remove('anna', 'phone');
    node.flow();
    expect(node.names('anna')).toEqual([]);
    node.crash();
    expect(node.names('anna')).toEqual([]);
    expect(node.signIn('anna', 'new phone').texts).toEqual(['not taken']);
  });

  test('from a mailbox that is mostly in the store frees all of its room, with nobody connected', () => {
    const scene = lostTablet({ maxMailbox: 40, maxResident: 4 });
    const { node, phone, ben } = scene;
    expect(fill(scene)).toBe(40);
    node.signOut(phone);
    node.crash();
    const again = node.signIn('ben', 'd0');
    node.remove('anna', 'tablet');
    node.flow();
    for (let count = 0; count < 40; count++) expect(node.send(again, 'anna', `n${count}`), `message ${count}`).toBe(true);
    expect(ben.sender).toBe(again.sender);
    // The forty, and no more than Ben's tombstone, which the first of them replaced.
    expect(node.onDisk('anna').entries).toBeLessThanOrEqual(41);
  });

  test('is distinguished from one that never existed', () => {
    const { node } = lostTablet();
    node.remove('anna', 'watch');
    node.flow();
    expect(node.answers).toEqual([{ type: 'device-removed', device: 'watch', known: false }]);
  });
});

describe('a device that was away for longer than the retention', () => {
  test('is known until then, and not afterwards', () => {
    const { node } = lostTablet();
    node.pass(RETENTION_MS - 1_000);
    expect(node.names('anna')).toEqual(['phone', 'tablet']);
    node.pass(2_000);
    expect(node.names('anna')).toEqual(['phone']);
    expect(node.counters.bounds['device-retention']).toBe(1);
    expect(node.onDisk('anna').devices).toEqual(['phone']);
  });

  test('no longer causes new messages to be refused', () => {
    const scene = lostTablet({ maxMailbox: 20 });
    const { node, ben } = scene;
    fill(scene);
    node.pass(AWAY_MS);
    expect(node.send(ben, 'anna', 'at last')).toBe(true);
  });

  test('makes room for another one if there are as many as permitted', () => {
    const { node } = lostTablet({ maxDevices: 2 });
    expect(node.signIn('anna', 'watch').closedWith).toBe(ErrorCode.overloaded);
    node.pass(AWAY_MS);
    expect(node.signIn('anna', 'watch').welcomedAt).not.toBeNull();
    expect(node.names('anna')).toEqual(['phone', 'watch']);
  });

  test('is dropped when the mailbox is read back from the disk', () => {
    const { node, phone, ben } = lostTablet();
    node.send(ben, 'anna', 'for both');
    node.acknowledge(phone);
    node.signOut(phone);
    node.pass(AWAY_MS - 1_000);
    node.signIn('anna', 'phone');
    node.pass(1_000);
    node.crash();
    expect(node.names('anna')).toEqual(['phone']);
    expect(node.onDisk('anna').devices).toEqual(['phone']);
  });

  test('starts anew when it returns, also to a process that has been running all the time', () => {
    const { node, phone, ben } = lostTablet();
    node.send(ben, 'anna', 'for both');
    node.acknowledge(phone);
    node.pass(AWAY_MS);
    const back = node.signIn('anna', 'tablet');
    expect(back.texts).toEqual([]);
    expect(back.welcomedAt).toBe(phone.lastSeq);
  });

  test('is never one that is connected, whatever happens to the node in between', () => {
    const { node, phone, ben } = lostTablet();
    for (let round = 0; round < 3; round++) node.pass(AWAY_MS);
    node.send(ben, 'anna', 'for the phone');
    expect(phone.texts).toEqual(['for the phone']);
    node.crash();
    expect(node.names('anna')).toEqual(['phone']);
    const back = node.signIn('anna', 'phone');
    expect(back.texts).toEqual(['for the phone']);
  });

  test('is not one that returned shortly before the limit and was there when the node crashed', () => {
    const { node } = lostTablet();
    node.pass(RETENTION_MS - DAY_MS);
    node.signIn('anna', 'tablet');
    node.pass(2_000);
    node.crash();
    node.pass(2 * DAY_MS);
    expect(node.names('anna')).toEqual(['phone', 'tablet']);
  });

  test('is counted from now on if the record does not say when it was seen', () => {
    const node = new Node();
    node.disk.profiles.set('anna', JSON.stringify({ seen: 0, cursors: [['old', 0]], receipts: [] }));
    expect(node.names('anna')).toEqual(['old']);
    node.pass(AWAY_MS);
    expect(node.names('anna')).toEqual([]);
  });
});
