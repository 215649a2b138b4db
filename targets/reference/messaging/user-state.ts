/** The state of a user's process. Fields that most users do not need most of the time are null until they are needed. */

import type { ErrorCode } from '../../protocol/frames.ts';
import type { Context } from '../runtime/context.ts';
import type { MonitorReference } from '../runtime/monitor.ts';
import type { Pid } from '../runtime/pid.ts';
import type { TimerReference } from '../runtime/timer-wheel.ts';
import type { Cluster } from './cluster.ts';
import type { Counters } from './counters.ts';
import type { DeviceQueue } from './device-queue.ts';
import type { Directory, Resident } from './directory.ts';
import type { Limits } from './limits.ts';
import type { Mailbox } from './mailbox.ts';
import type { IncomingMessage, ReceiptMessage, SendMessage } from './messages.ts';
import type { ClientConnection } from './ports.ts';
import type { MailboxStore, Mandate } from './store-port.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { UsedIds } from './used-ids.ts';

/** What all users' processes of a node share. */
export interface World {
  readonly limits: Limits;
  readonly counters: Counters;
  readonly store: MailboxStore;
  readonly directory: Directory;
  /** Null where there is one node. */
  readonly cluster: Cluster | null;
  /** See seq-base.ts. */
  readonly seqBase: number;
  /** A mailbox that nothing was put into yet. */
  readonly newMailbox: (...given: ConstructorParameters<typeof Mailbox>) => Mailbox;
}

/** What a connection's client is told when it is closed. */
export interface Ending {
  readonly code: ErrorCode;
  readonly reason: string;
}

/** A device's connection, as its user's process sees it. */
export interface Outlet {
  readonly connection: ClientConnection;
  readonly device: DeviceQueue;
  /** WELCOME was sent: messages may be. */
  welcomed: boolean;
  /** Runs while something is unacknowledged. */
  timer: TimerReference | null;
  /** The device's cursor when the timer was set. */
  markAt: number;
  redeliveries: number;
  windowFull: boolean;
  /** Users whose presence this connection asked for. */
  watching: Set<string> | null;
  /** Why the connection will be closed once its sends are answered; see ending.ts. */
  ending: Ending | null;
}

/** Another user to whom this one sends. */
export interface Peer {
  readonly user: string;
  /** Null between its death and the next attempt. */
  pid: Pid | null;
  /** The registry was asked where it lives. */
  seeking: boolean;
  monitor: MonitorReference | null;
  /** Sent and not yet answered, in order. */
  outstanding: SendMessage[];
  /** Ids refused in the sender's present session that no accepted message has carried yet. */
  refused: { readonly sender: string; readonly session: number; readonly id: number }[];
  /** Deaths since the last answer. */
  deaths: number;
}

/** What every release of the user's code has; a release's own data has it as `core` (releases/). */
export interface UserState {
  readonly world: World;
  readonly user: string;
  readonly resident: Resident;
  /** What its writes are made by. */
  mandate: Mandate;
  /** While it claims its user: refusals so far, and the epoch whose owner was asked to give it up. */
  claimRefusals: number;
  awaitedRelease: number | null;
  readonly mailbox: Mailbox;
  outlets: Outlet[];
  /** What happens once the profile is recorded: one action for each save under way, in order. */
  saving: ((context: Context) => void)[] | null;
  /** A profile of the user is on record, or asked to be. */
  onRecord: boolean;
  /** What each device has numbered its sends with. */
  usedIds: UsedIds[];
  /** The highest that devices used which are known no more. */
  forgottenId: number;
  bucket: TokenBucket | null;
  refusals: number;
  outstanding: number;
  /** Connections that will be closed once their sends are answered. */
  endings: number;
  peers: Map<string, Peer> | null;
  /** Accepted and not yet durable: the entry's seq, and whom to answer. */
  waitingSeq: number[];
  waiting: IncomingMessage[];
  /** Heads of entries are on their way (upkeep.ts). */
  looking: boolean;
  /** Messages that wait until the mailbox knows its senders; null once it does and none waits. */
  deferred: IncomingMessage[] | null;
  /** A DecideTick is on its way. */
  deciding: boolean;
  /** Bytes in the queues of its devices, as they were told to the node's count. */
  queuedBytes: number;
  /** Receipts for devices that are away. */
  receipts: ReceiptMessage[] | null;
  /** Messages acknowledged by a device whose sender wants to know when they are read: seq -> message. */
  unread: Map<number, { readonly sender: string; readonly id: number }> | null;
  presenceMonitor: MonitorReference | null;
  /** A RewatchTick is on its way. */
  rewatching: boolean;
  lastSeenMs: number;
}

/** The outlet of a connection; null when it was detached or replaced. */
export function outletOf(state: UserState, connection: ClientConnection): Outlet | null {
  for (const outlet of state.outlets) if (outlet.connection === connection) return outlet;
  return null;
}
