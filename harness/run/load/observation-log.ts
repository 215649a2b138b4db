/**
 * What one worker observes, while it observes it: the five tables of harness/evidence/ledger/observations.ts, growing.
 *
 * Times go in as microseconds of the machine's monotonic clock and are kept relative to the run's zero, which is known only when the load
 * starts: the writer of the file subtracts it.
 */
import type { ServedBy } from '../../contracts/driver.ts';
import {
  ConnectionEvent,
  type ForeignContent,
  Outcome,
  TABLES,
  type TableName,
  type Told,
} from '../../evidence/ledger/observations.ts';
import { Table } from './observation-columns.ts';
import { refusalTally } from './reason-tally.ts';

const MAX_WRITES = 255;

/** What a row is about: a device of a user. */
export interface Recorded {
  /** Of the user. */
  readonly index: number;
  readonly device: number;
}

/** Some columns of a row. */
type Row<Name extends TableName, Column extends keyof (typeof TABLES)[Name]> = Readonly<Record<Column, number>>;

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
  readonly deliveries = new Table('deliveries', TABLES.deliveries);
  readonly receipts = new Table('receipts', TABLES.receipts);
  readonly presence = new Table('presence', TABLES.presence);
  readonly connectionEvents = new Table('connection events', TABLES.connectionEvents);
  /** Why messages were refused; of all workers together it is no table, for texts are not columns. */
  readonly refusals = refusalTally();

  /** A message that a user means to send; nothing is written yet. Returns its row. */
  attempt({
    sender,
    id,
    recipient,
    intendedUs,
    handledUs,
  }: Row<'attempts', 'sender' | 'id' | 'recipient' | 'intendedUs' | 'handledUs'>): number {
    // Column by column, here and for deliveries: each message has these rows, and a loop over the columns takes three times as long.
    const row = this.attempts.append();
    const columns = this.attempts.columns;
    columns.sender.set(row, sender);
    columns.id.set(row, id);
    columns.recipient.set(row, recipient);
    columns.intendedUs.set(row, intendedUs);
    columns.handledUs.set(row, handledUs);
    columns.sentUs.set(row, Number.NaN);
    columns.settledUs.set(row, Number.NaN);
    columns.releasedUs.set(row, Number.NaN);
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

  /** Its sender does not wait for it at this time; the first time counts. */
  released(row: number, atUs: number): void {
    const { releasedUs } = this.attempts.columns;
    if (Number.isNaN(releasedUs.get(row))) releasedUs.set(row, atUs);
  }

  settled(row: number, outcome: typeof Outcome.acked | typeof Outcome.failed, atUs: number): void {
    const columns = this.attempts.columns;
    columns.settledUs.set(row, atUs);
    columns.outcome.set(row, outcome);
  }

  /** `readUs` is NaN where the user did not read it. */
  delivered(
    { index, device }: Recorded,
    { sender, id, seq, atUs, readUs, flags }: Row<'deliveries', 'sender' | 'id' | 'seq' | 'atUs' | 'readUs' | 'flags'>,
  ): void {
    const row = this.deliveries.append();
    const columns = this.deliveries.columns;
    columns.receiver.set(row, index);
    columns.device.set(row, device);
    columns.sender.set(row, sender);
    columns.id.set(row, id);
    columns.seq.set(row, seq);
    columns.atUs.set(row, atUs);
    columns.readUs.set(row, readUs);
    columns.flags.set(row, flags);
  }

  receipt(given: Row<'receipts', keyof (typeof TABLES)['receipts']>): void {
    this.receipts.append(given);
  }

  presenceOf({ index, device }: Recorded, watched: number, told: Told, atUs: number): void {
    this.presence.append({ watcher: index, device, watched, told, atUs });
  }

  /** What arrived instead of what was sent; beyond the limit it is only counted. */
  foreign(content: ForeignContent): void {
    if (this.contents.length < MAX_FOREIGN_CONTENTS) this.contents.push(content);
  }

  /** Signed in; served by that node, under that epoch, where the driver says so. */
  up({ index, device }: Recorded, atUs: number, by?: ServedBy): void {
    const served = by === undefined ? {} : { node: this.#nodeNumber(by.node), epoch: by.epoch };
    this.connectionEvents.append({ user: index, device, event: ConnectionEvent.up, atUs, ...served });
  }

  /** 0 for one beyond the bound: it is then not known. */
  #nodeNumber(name: string): number {
    const short = name.slice(0, MAX_NODE_LETTERS);
    const known = this.nodes.indexOf(short) + 1;
    if (known > 0 || this.nodes.length === MAX_NODES) return known;
    return this.nodes.push(short);
  }

  connectionEvent({ index, device }: Recorded, event: number, code: number, atUs: number): void {
    this.connectionEvents.append({ user: index, device, event, code, atUs });
  }
}
