/**
 * A device that keeps to the rules of the protocol, and remembers what it was promised. It speaks to the users' processes
 * directly: its connection stands where the gateway's connection would.
 *
 * A message has a count, which is the test's, and an id, which is the protocol's: a device that lost its counter may have given an id
 * to several messages.
 */

import { ErrorCode } from '../../../../targets/protocol/frames.ts';
import { addConnection } from '../../../../targets/reference/messaging/directory.ts';
import { decodeEntry, type Entry, payloadOf, senderKey, userOf } from '../../../../targets/reference/messaging/entry.ts';
import type { ClientConnection } from '../../../../targets/reference/messaging/ports.ts';
import type { World } from '../../../../targets/reference/messaging/user-state.ts';
import type { Pid, Runtime } from '../../../../targets/reference/runtime/index.ts';

export interface Network {
  readonly runtime: Runtime;
  readonly world: World;
  nextEpoch(): number;
  /** Counts up. */
  tick(): number;
  /** What the gateway asks before it delivers to this user: connections that must not deliver are closed. */
  beforeDelivery(user: string): void;
}

/**
 * How a device that breaks down goes on numbering. `none`: it never loses its counter, and says nothing of it, as version 1. `by-welcome`: above
 * what WELCOME tells. `by-refusal`: it writes nothing down, begins every connection at 1, and goes above what a refusal tells.
 */
export type Recovery = 'none' | 'by-welcome' | 'by-refusal';

export interface Outgoing {
  /** Which of this device's messages it is, from 1. */
  readonly count: number;
  /** 0 as long as the device does not know which ids are free. */
  id: number;
  /** When it was first meant to be sent, in ticks of the network. */
  readonly tick: number;
  readonly to: string;
}

interface Received {
  readonly from: string;
  readonly id: number;
  readonly count: number;
}

/** What the server wrote and the client has not read yet. */
type FromServer =
  | { readonly kind: 'welcome'; readonly highestId: number }
  | { readonly kind: 'ack'; readonly id: number }
  | { readonly kind: 'nack'; readonly id: number; readonly code: number; readonly reason: string }
  | { readonly kind: 'deliver'; readonly entry: Entry }
  | { readonly kind: 'receipt'; readonly receipt: number; readonly id: number; readonly by: string }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

class TestConnection implements ClientConnection {
  readonly user: string;
  readonly device: string;
  readonly sender: string;
  readonly epoch: number;
  readonly usedId: number | undefined;
  owner: Pid | null = null;
  readonly inbox: FromServer[] = [];

  readonly #network: Network;
  #closed = false;

  constructor(network: Network, { user, device }: HonestClient, usedId: number | undefined) {
    this.#network = network;
    this.usedId = usedId;
    this.user = user;
    this.device = device;
    this.sender = senderKey(user, device);
    this.epoch = network.nextEpoch();
  }
  welcome(owner: Pid, _cursor: number, highestId: number): void {
    this.owner = owner;
    this.inbox.push({ kind: 'welcome', highestId });
  }
  ack(id: number): void {
    this.inbox.push({ kind: 'ack', id });
  }
  nack(id: number, code: number, reason: string): void {
    this.inbox.push({ kind: 'nack', id, code, reason });
  }
  deliver(entry: Entry): void {
    this.#network.beforeDelivery(this.user);
    if (this.#closed) return;
    this.inbox.push({ kind: 'deliver', entry: decodeEntry(entry.seq, Buffer.from(entry.value)) });
  }
  receipt(receipt: number, id: number, by: string): void {
    this.inbox.push({ kind: 'receipt', receipt, id, by });
  }
  presence(): void {}
  close(code: number, reason: string): void {
    this.#closed = true;
    this.detach();
    this.inbox.push({ kind: 'close', code, reason });
  }
  detach(): void {
    if (this.owner !== null) this.#network.runtime.send(this.owner, { type: 'detach', connection: this, bye: false });
    this.owner = null;
  }
}

export class HonestClient {
  readonly user: string;
  readonly device: string;
  readonly recovery: Recovery;
  /** Promised by the server and refused by it, as receiver:count; and everything ever sent. */
  readonly acked = new Set<string>();
  readonly refused = new Set<string>();
  readonly attempted: Outgoing[] = [];
  /** What is left after the cursor rule. */
  readonly seen: Received[] = [];
  /** Of these, those whose payload is not what was sent. */
  readonly damaged: Received[] = [];
  readonly receipts: string[] = [];
  readonly closes: number[] = [];
  /** Where the server sent it from a connection that was open, until `follow`; null for nowhere. */
  movedTo: string | null = null;
  /** When it was first welcomed: from then on it must get everything. */
  welcomedTick = Infinity;
  #unsettled: Outgoing[] = [];
  #nextId = 1;
  /** It does not know which ids it has used. */
  #lostCount = false;
  #cursor = 0;
  #connection: TestConnection | null = null;
  #open = false;

  constructor(user: string, device: string, recovery: Recovery = 'none') {
    this.user = user;
    this.device = device;
    this.recovery = recovery;
  }

  get connected(): boolean {
    return this.#connection !== null;
  }

  get unsettled(): number {
    return this.#unsettled.length;
  }

  connect(network: Network): void {
    if (this.#connection !== null) return;
    this.movedTo = null;
    const usedId = this.#lostCount ? 0 : this.#nextId - 1;
    const connection = new TestConnection(network, this, this.recovery === 'none' ? undefined : usedId);
    this.#connection = connection;
    this.#open = false;
    const resident = network.world.directory.ensure(this.user);
    addConnection(resident, connection);
    connection.owner = resident.pid;
    network.runtime.send(resident.pid, { type: 'attach', connection, cursor: this.#cursor });
  }

  /** The connection breaks: what was under way to the client is lost. */
  cut(): void {
    this.#connection?.detach();
    this.#connection = null;
    this.#open = false;
    if (this.recovery === 'by-refusal') this.forget();
  }

  /** It breaks down: its counter is lost, and what was not answered. What it received, and how far it had come, it keeps. */
  forget(): void {
    this.#connection?.detach();
    this.#connection = null;
    this.#open = false;
    this.#unsettled = [];
    this.#nextId = 1;
    this.#lostCount = this.recovery !== 'none';
  }

  send(network: Network, to: string): void {
    const id = this.#lostCount ? 0 : this.#nextId++;
    const message = { count: this.attempted.length + 1, id, to, tick: network.tick() };
    this.attempted.push(message);
    this.#unsettled.push(message);
    if (this.#open) this.#write(network, message);
  }

  /** Reads up to `count` frames; acknowledges at the end if told to. */
  read(network: Network, count: number, acknowledge: boolean): void {
    for (let i = 0; i < count; i++) {
      const frame = this.#connection?.inbox.shift();
      if (frame === undefined) break;
      this.#take(network, frame);
    }
    const connection = this.#connection;
    if (acknowledge && this.#open && connection !== null && connection.owner !== null && this.#deliveredHere > 0) {
      network.runtime.send(connection.owner, { type: 'delivered', connection, seq: this.#deliveredHere });
    }
  }

  /** Highest seq delivered on this connection. */
  #deliveredHere = 0;

  #take(network: Network, frame: FromServer): void {
    switch (frame.kind) {
      case 'welcome':
        if (this.welcomedTick === Infinity) this.welcomedTick = network.tick();
        this.#open = true;
        this.#deliveredHere = 0;
        if (this.#lostCount) this.#goOnAbove(this.recovery === 'by-welcome' ? frame.highestId : 0);
        for (const message of this.#unsettled) this.#write(network, message);
        break;
      case 'ack':
        this.#settle(frame.id, this.acked);
        break;
      case 'nack':
        if (frame.code === ErrorCode.staleId && this.recovery === 'by-refusal')
          this.#sendAbove(network, frame.id, Number(frame.reason));
        else this.#settle(frame.id, this.refused);
        break;
      case 'deliver': {
        const { seq, id, sender } = frame.entry;
        if (seq > this.#deliveredHere) this.#deliveredHere = seq;
        if (seq <= this.#cursor) break;
        this.#cursor = seq;
        const payload = payloadOf(frame.entry);
        const received = { from: userOf(sender), id, count: countIn(payload) };
        this.seen.push(received);
        if (!payload.equals(payloadFor(received.from, this.user, received.count))) this.damaged.push(received);
        break;
      }
      case 'receipt':
        this.receipts.push(`${frame.receipt}:${frame.id}:${frame.by}`);
        break;
      case 'close':
        this.closes.push(frame.code);
        if (frame.code === ErrorCode.moved) this.movedTo = frame.reason;
        this.cut();
        break;
    }
  }

  #settle(id: number, into: Set<string>): void {
    const message = this.#unsettled.find((one) => one.id === id);
    if (message === undefined) return;
    this.#unsettled = this.#unsettled.filter((one) => one !== message);
    into.add(`${message.to}:${message.count}`);
  }

  #goOnAbove(highestId: number): void {
    this.#nextId = highestId + 1;
    this.#lostCount = false;
    for (const message of this.#unsettled) message.id = this.#nextId++;
  }

  /** Sends what was refused again, above `highestId`. */
  #sendAbove(network: Network, refusedId: number, highestId: number): void {
    const message = this.#unsettled.find(({ id }) => id === refusedId);
    if (message === undefined) return;
    this.#nextId = Math.max(this.#nextId, highestId + 1);
    message.id = this.#nextId++;
    this.#write(network, message);
  }

  #write(network: Network, { id, to, count }: Outgoing): void {
    const connection = this.#connection;
    if (connection === null || connection.owner === null) return;
    network.runtime.send(connection.owner, {
      type: 'send',
      connection,
      id,
      receipts: id % 2 === 0,
      to,
      payload: payloadFor(this.user, to, count),
      refuse: 0,
      standing: 'unknown',
      orphaned: false,
      asked: 0,
    });
  }
}

/** Which of its sender's messages it is. */
function countIn(payload: Buffer): number {
  return Number.parseInt(payload.toString().split(':')[1] ?? '', 10);
}

/** What the sender's message of this count says: of every third, more than a store keeps in one piece. */
function payloadFor(from: string, to: string, count: number): Buffer {
  const text = `${from}>${to}:${count}`;
  return Buffer.from(count % 3 === 0 ? text.padEnd(1_100, '.') : text);
}
