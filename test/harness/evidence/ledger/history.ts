/** Observations from rows written by hand or by a generator, for the tests of what is computed from observations. */
import {
  ConnectionEvent,
  DeliveryFlag,
  type Observations,
  Outcome,
  Told,
} from '../../../../harness/evidence/ledger/observations.ts';

export interface SendRow {
  sender: number;
  id: number;
  recipient: number;
  session: number;
  intendedUs: number;
  handledUs: number;
  sentUs: number;
  settledUs: number;
  /** NaN, not released, unless said. */
  releasedUs?: number;
  outcome: Outcome;
  writes: number;
}
export interface DeliveryRow {
  receiver: number;
  /** 0 unless said. */
  device?: number;
  sender: number;
  id: number;
  seq: number;
  atUs: number;
  readUs: number;
  flags: number;
}
interface ReceiptRow {
  sender: number;
  id: number;
  by: number;
  kind: 1 | 2;
  atUs: number;
}
interface ConnectionRow {
  user: number;
  /** 0 unless said. */
  device?: number;
  event: ConnectionEvent;
  code: number;
  atUs: number;
  /** 0, unknown, unless said. */
  node?: number;
  epoch?: number;
}

interface PresenceRow {
  watcher: number;
  /** 0 unless said. */
  device?: number;
  watched: number;
  told: Told;
  atUs: number;
}

export interface History {
  users: number;
  /** Of each user; 1 unless said. */
  devices?: number;
  sends: SendRow[];
  deliveries: DeliveryRow[];
  receipts: ReceiptRow[];
  connectionEvents: ConnectionRow[];
  presence?: PresenceRow[];
  drained: boolean;
}

export function emptyHistory(users: number): History {
  return { users, sends: [], deliveries: [], receipts: [], connectionEvents: [], drained: true };
}

/** An acknowledged message: intended, handled and sent at `atUs`, acknowledged and arrived `latencyUs` later. */
export function exchange(history: History, sender: number, recipient: number, atUs: number, latencyUs = 1000): SendRow {
  const id = 1 + (history.sends.findLast((send) => send.sender === sender)?.id ?? 0);
  const send: SendRow = {
    sender,
    id,
    recipient,
    session: 1,
    intendedUs: atUs,
    handledUs: atUs,
    sentUs: atUs,
    settledUs: atUs + latencyUs,
    outcome: Outcome.acked,
    writes: 1,
  };
  history.sends.push(send);
  history.deliveries.push({
    receiver: recipient,
    sender,
    id,
    seq: history.deliveries.length + 1,
    atUs: atUs + latencyUs,
    readUs: Number.NaN,
    flags: 0,
  });
  return send;
}

export function observe(history: History): Observations {
  const { sends, deliveries, receipts, connectionEvents, presence = [] } = history;
  return {
    users: history.users,
    devices: history.devices ?? 1,
    drained: history.drained,
    attempts: {
      count: sends.length,
      sender: Uint32Array.from(sends, (row) => row.sender),
      id: Float64Array.from(sends, (row) => row.id),
      recipient: Uint32Array.from(sends, (row) => row.recipient),
      session: Uint32Array.from(sends, (row) => row.session),
      intendedUs: Float64Array.from(sends, (row) => row.intendedUs),
      handledUs: Float64Array.from(sends, (row) => row.handledUs),
      sentUs: Float64Array.from(sends, (row) => row.sentUs),
      settledUs: Float64Array.from(sends, (row) => row.settledUs),
      releasedUs: Float64Array.from(sends, (row) => row.releasedUs ?? Number.NaN),
      outcome: Uint8Array.from(sends, (row) => row.outcome),
      writes: Uint8Array.from(sends, (row) => row.writes),
    },
    deliveries: {
      count: deliveries.length,
      receiver: Uint32Array.from(deliveries, (row) => row.receiver),
      device: Uint8Array.from(deliveries, (row) => row.device ?? 0),
      sender: Uint32Array.from(deliveries, (row) => row.sender),
      id: Float64Array.from(deliveries, (row) => row.id),
      seq: Float64Array.from(deliveries, (row) => row.seq),
      atUs: Float64Array.from(deliveries, (row) => row.atUs),
      readUs: Float64Array.from(deliveries, (row) => row.readUs),
      flags: Uint8Array.from(deliveries, (row) => row.flags),
    },
    receipts: {
      count: receipts.length,
      sender: Uint32Array.from(receipts, (row) => row.sender),
      id: Float64Array.from(receipts, (row) => row.id),
      by: Uint32Array.from(receipts, (row) => row.by),
      kind: Uint8Array.from(receipts, (row) => row.kind),
      atUs: Float64Array.from(receipts, (row) => row.atUs),
    },
    presence: {
      count: presence.length,
      watcher: Uint32Array.from(presence, (row) => row.watcher),
      device: Uint8Array.from(presence, (row) => row.device ?? 0),
      watched: Uint32Array.from(presence, (row) => row.watched),
      told: Uint8Array.from(presence, (row) => row.told),
      atUs: Float64Array.from(presence, (row) => row.atUs),
    },
    connectionEvents: {
      count: connectionEvents.length,
      user: Uint32Array.from(connectionEvents, (row) => row.user),
      device: Uint8Array.from(connectionEvents, (row) => row.device ?? 0),
      event: Uint8Array.from(connectionEvents, (row) => row.event),
      code: Uint16Array.from(connectionEvents, (row) => row.code),
      atUs: Float64Array.from(connectionEvents, (row) => row.atUs),
      node: Uint16Array.from(connectionEvents, (row) => row.node ?? 0),
      epoch: Float64Array.from(connectionEvents, (row) => row.epoch ?? 0),
    },
  };
}

export { ConnectionEvent, DeliveryFlag, Outcome, Told };
