/** The messages between the gateway, the users' processes, the store and the presence process. */
import type { ErrorCode, ReceiptKind } from '../../protocol/frames.ts';
import type { Standing } from '../../protocol/id-history.ts';
import type { DownMessage, NodeMessage } from '../runtime/messages.ts';
import type { Pid } from '../runtime/pid.ts';
import type { EndOfResident } from './directory.ts';
import type { ChaosMessage } from './drill.ts';
import type { ClientConnection } from './ports.ts';
import type {
  ClaimedMessage,
  ClaimRefusedMessage,
  FencedMessage,
  HeadsMessage,
  LoadedMessage,
  LocatedMessage,
  PageMessage,
  ProfileMessage,
  SavedMessage,
  StoredMessage,
} from './store-messages.ts';
import type { ClaimTick, OccupiedMessage, ReleasedMessage, YieldMessage } from './takeover-messages.ts';

/** From the gateway: a device signed in. */
export interface AttachMessage {
  readonly type: 'attach';
  readonly connection: ClientConnection;
  /** Highest seq the device says it has. */
  readonly cursor: number;
}

/** From the gateway: a connection is gone. `bye`: the client left on purpose. */
export interface DetachMessage {
  readonly type: 'detach';
  readonly connection: ClientConnection;
  readonly bye: boolean;
}

/** From the gateway: frames of a signed-in client. `payload` is valid for ever: the gateway never re-uses its bytes. */
export interface SendMessage {
  readonly type: 'send';
  /** The connection it came on last: a client repeats what was not answered when it comes back. */
  connection: ClientConnection;
  readonly id: number;
  readonly receipts: boolean;
  readonly to: string;
  /** Empty once the message must be refused. */
  payload: Buffer;
  /** Set by the sender's process when it is over its rate or its bytes: to be refused, unless it was accepted before. */
  refuse: ErrorCode | 0;
  /** Set by the sender's process: what is known of this id without the receiver. */
  standing: Standing;
  /** The client lost its counter since, and may mean another message by this id: it is not told what became of this one. */
  orphaned: boolean;
  /** Epoch of the connection as of which the receiver was asked last. */
  asked: number;
}
export interface DeliveredMessage {
  readonly type: 'delivered';
  readonly connection: ClientConnection;
  readonly seq: number;
}
export interface ReadMessage {
  readonly type: 'read';
  readonly connection: ClientConnection;
  readonly seq: number;
}
export interface WatchFrameMessage {
  readonly type: 'watch-frame';
  readonly connection: ClientConnection;
  readonly user: string;
}

/** A sender's process to the receiver's: take this in. Answered by accepted or refused. */
export interface IncomingMessage {
  readonly type: 'incoming';
  readonly replyTo: Pid;
  /** user "/" device, and the user alone. */
  readonly sender: string;
  readonly from: string;
  /** Epoch of the connection it was sent on. */
  readonly session: number;
  readonly id: number;
  readonly receipts: boolean;
  /** Ids that were refused in this session before this one was sent. */
  readonly carried: readonly number[];
  /** Not 0: refuse it with this code, unless it was accepted before. Only the receiver knows. */
  readonly refuse: ErrorCode | 0;
  readonly standing: Standing;
  readonly payload: Buffer;
}
export interface AcceptedMessage {
  readonly type: 'accepted';
  readonly by: string;
  readonly sender: string;
  /** As in the question. */
  readonly session: number;
  readonly id: number;
}
export interface RefusedMessage {
  readonly type: 'refused';
  readonly by: string;
  readonly sender: string;
  /** As in the question. */
  readonly session: number;
  readonly id: number;
  readonly code: ErrorCode;
  /** Highest id of this sender's that the receiver has accepted. */
  readonly highestId: number;
  /** No refusal can be noted any more: the sender's session must end. */
  readonly last: boolean;
}

/** A receiver's process to the sender's. */
export interface ReceiptMessage {
  readonly type: 'receipt';
  readonly kind: ReceiptKind;
  readonly sender: string;
  readonly id: number;
  readonly by: string;
}

/** To the presence process. */
export interface WatchMessage {
  readonly type: 'watch';
  readonly user: string;
  readonly watcher: Pid;
}
/** None of these is watched any more. */
export interface UnwatchMessage {
  readonly type: 'unwatch';
  readonly users: readonly string[];
  readonly watcher: Pid;
}
/** As the watcher's first answer, and no more than that. */
export interface AskMessage {
  readonly type: 'ask';
  readonly user: string;
  readonly asker: Pid;
}
export interface ChangedMessage {
  readonly type: 'changed';
  readonly user: string;
  readonly online: boolean;
  readonly lastSeenMs: number;
  /** Offline here because another node has the user, whose device is there: it will be online there in a moment. */
  readonly moved: boolean;
}
/** From the directory: the process of a user that was online ended, and not by going to sleep. */
export interface GoneMessage {
  readonly type: 'gone';
  readonly user: string;
  readonly end: EndOfResident;
}
/** From the presence process of another node: a user of that node came or went; or all that are online there. */
export interface ChangedElsewhereMessage extends Omit<ChangedMessage, 'type'> {
  readonly type: 'changed-elsewhere';
  readonly node: string;
}
export interface OnlineElsewhereMessage {
  readonly type: 'online-elsewhere';
  readonly node: string;
  readonly users: readonly string[];
  /** The sender is new, and wants to be told the same of this node. */
  readonly asks: boolean;
}
/** The presence process's timer: a user that moved away has had the time to come online elsewhere. */
export interface MovedTick {
  readonly type: 'moved-tick';
  readonly user: string;
  readonly lastSeenMs: number;
}
/** From the presence process to a watcher. */
export interface PresenceMessage {
  readonly type: 'presence';
  readonly user: string;
  readonly online: boolean;
  readonly lastSeenMs: number;
}

/** Timers of a user's process. */
export interface RedeliverTick {
  readonly type: 'redeliver';
  readonly connection: ClientConnection;
}
export interface ResendTick {
  readonly type: 'resend';
  readonly user: string;
}
export interface EndTick {
  readonly type: 'end';
  readonly connection: ClientConnection;
}
export interface RewatchTick {
  readonly type: 'rewatch';
}
export interface DecideTick {
  readonly type: 'decide';
}
/** Another node has clearly fewer users: send the user's devices there, if they are idle. */
export interface MoveMessage {
  readonly type: 'move';
  /** Where clients reach that node, `host:port`. */
  readonly address: string;
}
/** The node shuts down: write down what is only in memory. */
export interface SaveMessage {
  readonly type: 'save';
}

/** From the registry process: write down that the devices which are connected are there. */
export interface NoteSeenMessage {
  readonly type: 'note-seen';
}
/** From anybody: which devices are known? Answered by a DeviceListMessage. */
export interface DevicesMessage {
  readonly type: 'devices';
  readonly asker: Pid;
}
export interface DeviceListMessage {
  readonly type: 'device-list';
  readonly devices: readonly {
    readonly device: string;
    readonly cursor: number;
    readonly connected: boolean;
    /** Now, for one that is connected. */
    readonly lastSeenMs: number;
  }[];
}
/** From anybody on the user's behalf: know this device no more. Answered by a DeviceRemovedMessage, once that is on record. */
export interface RemoveDeviceMessage {
  readonly type: 'remove-device';
  readonly device: string;
  readonly asker: Pid;
}
export interface DeviceRemovedMessage {
  readonly type: 'device-removed';
  readonly device: string;
  /** Whether it was known. */
  readonly known: boolean;
}

export type UserMessage =
  | AttachMessage
  | DetachMessage
  | SendMessage
  | DeliveredMessage
  | ReadMessage
  | WatchFrameMessage
  | IncomingMessage
  | AcceptedMessage
  | RefusedMessage
  | LoadedMessage
  | PageMessage
  | HeadsMessage
  | StoredMessage
  | SavedMessage
  | FencedMessage
  | LocatedMessage
  | ClaimedMessage
  | ClaimRefusedMessage
  | ReleasedMessage
  | OccupiedMessage
  | YieldMessage
  | ClaimTick
  | ReceiptMessage
  | PresenceMessage
  | RedeliverTick
  | ResendTick
  | RewatchTick
  | EndTick
  | DecideTick
  | MoveMessage
  | SaveMessage
  | NoteSeenMessage
  | DevicesMessage
  | RemoveDeviceMessage
  | ChaosMessage
  | DownMessage;

export type PresenceProcessMessage =
  | WatchMessage
  | UnwatchMessage
  | AskMessage
  | ChangedMessage
  | GoneMessage
  | ChangedElsewhereMessage
  | OnlineElsewhereMessage
  | MovedTick
  | ProfileMessage
  | NodeMessage
  | ChaosMessage
  | DownMessage;
