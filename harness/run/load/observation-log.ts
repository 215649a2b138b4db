/**
 * What one worker observes, while it observes it: the five tables of harness/evidence/ledger/observations.ts, growing.
 *
 * Times go in as microseconds of the machine's monotonic clock and are kept relative to the run's zero, which is known only when the load
 * starts: the writer of the file subtracts it.
 */
import type { ServedBy } from '../../contracts/driver.ts';
import { ConnectionEvent, type ForeignContent, Outcome, type Told } from '../../evidence/ledger/observations.ts';
import { type ColumnType, Table } from './observation-columns.ts';
import { refusalTally } from './reason-tally.ts';

export const TABLES = {
  attempts: {
    sender: 'u32',
    id: 'f64',
    recipient: 'u32',
    session: 'u32',
    intendedUs: 'f64',
    handledUs: 'f64',
    sentUs: 'f64',
    settledUs: 'f64',
    outcome: 'u8',
    writes: 'u8',
  },
  arrivals: { receiver: 'u32', device: 'u8', sender: 'u32', id: 'f64', seq: 'f64', atUs: 'f64', readUs: 'f64', flags: 'u8' },
  receipts: { sender: 'u32', id: 'f64', by: 'u32', kind: 'u8', atUs: 'f64' },
  presence: { watcher: 'u32', device: 'u8', watched: 'u32', told: 'u8', atUs: 'f64' },
  links: { user: 'u32', device: 'u8', event: 'u8', code: 'u16', atUs: 'f64', node: 'u16', epoch: 'f64' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;
export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

const MAX_WRITES = 255;

/** What a row is about: a device of a user. */
export interface Recorded {
  /** Of the user. */
  readonly index: number;
  readonly device: number;
}

/** A message that a user means to send: who, which of theirs, to whom, and when it was meant and handed out. */
interface Attempted {
  readonly sender: number;
  readonly id: number;
  readonly recipient: number;
  readonly intendedUs: number;
  readonly handledUs: number;
}

/** A message as a device got it; `readUs` is NaN where the user did not read it. */
interface Delivered {
  readonly sender: number;
  readonly id: number;
  readonly seq: number;
  readonly atUs: number;
  readonly readUs: number;
  /** Of DeliveryFlag. */
  readonly flags: number;
}

/** `sender` is told that `by` has the message (1), or has read it (2). */
interface Receipt {
  readonly sender: number;
  readonly id: number;
  readonly by: number;
  readonly kind: 1 | 2;
  readonly atUs: number;
}

/** Maximum number of unexpected contents kept for a worker, as evidence, of which less is shown. */
const MAX_FOREIGN_CONTENTS = 100;

/** Nodes of a server that are known by name, and letters of a name: the file's header holds them. */
const MAX_NODES = 128;
const MAX_NODE_LETTERS = 60;

export class ObservationLog {
  /** Names of the nodes that users were served by; the number in a connection event is the place here, counted from 1. */
  readonly nodes: string[] = [];
  readonly contents: ForeignContent[] = [];
  readonly attempts = new Table('attempts', TABLES.attempts);
  readonly deliveries = new Table('arrivals', TABLES.arrivals);
  readonly receipts = new Table('receipts', TABLES.receipts);
  readonly presence = new Table('presence', TABLES.presence);
  readonly connectionEvents = new Table('links', TABLES.links);
  /** By the names that they have in a file. */
  readonly tables = {
    attempts: this.attempts,
    arrivals: this.deliveries,
    receipts: this.receipts,
    presence: this.presence,
    links: this.connectionEvents,
  } satisfies Readonly<Record<TableName, unknown>>;
  /** Why messages were refused; of all workers together it is no table, for texts are not columns. */
  readonly refusals = refusalTally();

  /** A message that a user means to send; nothing is written yet. Returns its row. */
  attempt({ sender, id, recipient, intendedUs, handledUs }: Attempted): number {
    const table = this.attempts;
    const row = table.append();
    const columns = table.columns;
    columns.sender.set(row, sender);
    columns.id.set(row, id);
    columns.recipient.set(row, recipient);
    columns.intendedUs.set(row, intendedUs);
    columns.handledUs.set(row, handledUs);
    columns.sentUs.set(row, Number.NaN);
    columns.settledUs.set(row, Number.NaN);
    return row;
  }

  /** The attempt was written to a socket; true the first time. */
  written(row: number, session: number, atUs: number): boolean {
    const columns = this.attempts.columns;
    const writes = columns.writes.get(row);
    if (writes < MAX_WRITES) columns.writes.set(row, writes + 1);
    if (writes > 0) return false;
    columns.session.set(row, session);
    columns.sentUs.set(row, atUs);
    columns.outcome.set(row, Outcome.indeterminate);
    return true;
  }

  settled(row: number, outcome: typeof Outcome.acked | typeof Outcome.failed, atUs: number): void {
    const columns = this.attempts.columns;
    columns.settledUs.set(row, atUs);
    columns.outcome.set(row, outcome);
  }

  delivered({ index, device }: Recorded, { sender, id, seq, atUs, readUs, flags }: Delivered): void {
    const table = this.deliveries;
    const row = table.append();
    const columns = table.columns;
    columns.receiver.set(row, index);
    columns.device.set(row, device);
    columns.sender.set(row, sender);
    columns.id.set(row, id);
    columns.seq.set(row, seq);
    columns.atUs.set(row, atUs);
    columns.readUs.set(row, readUs);
    columns.flags.set(row, flags);
  }

  receipt({ sender, id, by, kind, atUs }: Receipt): void {
    const table = this.receipts;
    const row = table.append();
    const columns = table.columns;
    columns.sender.set(row, sender);
    columns.id.set(row, id);
    columns.by.set(row, by);
    columns.kind.set(row, kind);
    columns.atUs.set(row, atUs);
  }

  presenceOf({ index, device }: Recorded, watched: number, told: Told, atUs: number): void {
    const table = this.presence;
    const row = table.append();
    const columns = table.columns;
    columns.watcher.set(row, index);
    columns.device.set(row, device);
    columns.watched.set(row, watched);
    columns.told.set(row, told);
    columns.atUs.set(row, atUs);
  }

  /** What arrived instead of what was sent; beyond the limit it is only counted. */
  foreign(content: ForeignContent): void {
    if (this.contents.length < MAX_FOREIGN_CONTENTS) this.contents.push(content);
  }

  /** Signed in; served by that node, under that epoch, where the driver says so. */
  up(who: Recorded, atUs: number, by?: ServedBy): void {
    this.connectionEvent(who, ConnectionEvent.up, 0, atUs);
    if (by === undefined) return;
    const { node, epoch } = this.connectionEvents.columns;
    node.set(this.connectionEvents.count - 1, this.#nodeNumber(by.node));
    epoch.set(this.connectionEvents.count - 1, by.epoch);
  }

  /** 0 for one beyond the bound: it is then not known. */
  #nodeNumber(name: string): number {
    const short = name.slice(0, MAX_NODE_LETTERS);
    const known = this.nodes.indexOf(short) + 1;
    if (known > 0 || this.nodes.length === MAX_NODES) return known;
    return this.nodes.push(short);
  }

  connectionEvent({ index, device }: Recorded, event: number, code: number, atUs: number): void {
    const table = this.connectionEvents;
    const row = table.append();
    const columns = table.columns;
    columns.user.set(row, index);
    columns.device.set(row, device);
    columns.event.set(row, event);
    columns.code.set(row, code);
    columns.atUs.set(row, atUs);
  }
}
