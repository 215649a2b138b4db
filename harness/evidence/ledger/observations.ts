/**
 * What the load workers observed, message by message, as columns: the ledger's input.
 *
 * Users are numbered from 0 over the whole run; times are microseconds of the machine's monotonic clock since the run's own zero, the same
 * for every worker on the machine. NaN means "never".
 */

/** What became of a message that a user meant to send. */
export const Outcome = {
  /** Never written to a socket: the run ended first. Nothing is owed. */
  unsent: 0,
  /** The server promised it. */
  acked: 1,
  /** The server definitely refused it. */
  failed: 2,
  /** Written, but neither promised nor refused: it may arrive or not. */
  indeterminate: 3,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Which of its sender's devices sent a message with this id. */
export function sendingDevice(id: number, devices: number): number {
  return (id - 1) % devices;
}

export const DeliveryFlag = {
  /** The payload's checksum, or the sender and id inside it, do not match. */
  corrupt: 1,
  /** The protocol's own rule told the client to ignore it (the native protocol: seq not above the cursor). */
  ignored: 2,
  /** The server marked it as a redelivery. */
  again: 4,
} as const;

export const SENDER_UNKNOWN = 0xffffffff;

export const ConnectionEvent = {
  /** Signed in. */
  up: 1,
  /** The user left on purpose (churn, end of run). */
  left: 2,
  /** The session ended without the user asking for it. */
  lost: 3,
  /** An attempt to connect failed. */
  refused: 4,
  /** The server sent a signed-in user to another node, and the user went there at once: nothing failed. */
  moved: 5,
  /**
   * From here on it is not known what the server takes this device for: its socket is not read, or was abandoned. Lasts until `sure` or
   * `up`.
   */
  unsure: 6,
  /** It is signed in, and reads again. */
  sure: 7,
} as const;
export type ConnectionEvent = (typeof ConnectionEvent)[keyof typeof ConnectionEvent];

/** The state of the users' devices when the drain ended. Devices are numbered over all users: `user * devices + device`. */
export interface DrainEnd {
  /** Devices that were not signed in. */
  readonly away: readonly number[];
  /** Devices that were signed in but that a fault kept from reading. */
  readonly deaf: readonly number[];
  /** Messages were still arriving in the last round. */
  readonly restless: boolean;
  /** Why messages were refused, most frequent first. */
  readonly refusals: readonly CountedReason[];
  /** Why sessions ended without the users asking for it, and who ended them, most frequent first. */
  readonly sessionsEnded: readonly (CountedReason & { readonly by: 'server' | 'client' | 'network' })[];
}

/** A reason that was given, and how often. */
export interface CountedReason {
  /** The protocol's own code; 0 if there is none. */
  readonly code: number;
  readonly reason: string;
  readonly count: number;
}

export const Told = {
  /** The device signed in and asked again. */
  asked: 0,
  offline: 1,
  online: 2,
} as const;
export type Told = (typeof Told)[keyof typeof Told];

/** How the numbers of a column lie in memory, and in the workers' files. */
export const COLUMN_TYPES = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f64: Float64Array } as const;
export type ColumnType = keyof typeof COLUMN_TYPES;

interface ColumnArrays {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
}
export type ColumnArray = ColumnArrays[ColumnType];

/** The tables with their columns, for whoever fills, writes, reads and judges them. Row i is element i of every column. */
export const TABLES = {
  /** One row for each attempted message. */
  attempts: {
    sender: 'u32',
    /** The sender's own numbering, increasing on each of its devices: device d of D takes d + 1, d + 1 + D and so on. */
    id: 'f64',
    recipient: 'u32',
    /** Which of the sender's sessions first wrote it; counts from 1, 0 when unsent. */
    session: 'u32',
    /** When the arrival model meant it to be sent. */
    intendedUs: 'f64',
    /** When the generator actually handled it; the difference from intendedUs is the generator's lag. */
    handledUs: 'f64',
    /** When it was first written to a socket. */
    sentUs: 'f64',
    /** When it was acknowledged or refused. */
    settledUs: 'f64',
    /**
     * When its sender first left by choice, or was kept away by a fault of its own side, while it was not settled: from then on its wait is
     * not the server's. The intended time if the sender was away already.
     */
    releasedUs: 'f64',
    outcome: 'u8',
    /** How often it was written; above 1 after reconnects. */
    writes: 'u8',
  },
  /** One row for each message that reached a device, including repeats, in the order in which each device got them. */
  deliveries: {
    receiver: 'u32',
    /** Which of the receiver's devices, from 0. */
    device: 'u8',
    /** As the server names it; SENDER_UNKNOWN if it is not a user of this run. */
    sender: 'u32',
    id: 'f64',
    seq: 'f64',
    atUs: 'f64',
    /** When the receiver told the server that it read it; NaN if it did not. */
    readUs: 'f64',
    flags: 'u8',
  },
  /** One row for each receipt that reached a sender. */
  receipts: {
    sender: 'u32',
    id: 'f64',
    /** Who is said to have received or read it; SENDER_UNKNOWN if it is not a user of this run. */
    by: 'u32',
    /** 1 delivered, 2 read. */
    kind: 'u8',
    atUs: 'f64',
  },
  /** One row for each question about a user's presence, and one for each answer to a device; in order of time for each device. */
  presence: {
    /** Who asked or was told. */
    watcher: 'u32',
    /** Which of the watcher's devices, from 0. */
    device: 'u8',
    /** The user it is about; SENDER_UNKNOWN if it is not a user of this run. */
    watched: 'u32',
    told: 'u8',
    atUs: 'f64',
  },
  /** One row for each change of a device's connection, in order of time for each device. */
  connectionEvents: {
    user: 'u32',
    /** Which of the user's devices, from 0. */
    device: 'u8',
    event: 'u8',
    /** WebSocket close code of `lost` and `refused`, else 0. */
    code: 'u16',
    atUs: 'f64',
    /** For `up`: the place in `Observations.nodes`, counted from 1; 0 if it is not known. */
    node: 'u16',
    /** For `up` with a node. */
    epoch: 'f64',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;
export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

type Columns<Types> = { readonly [Name in keyof Types]: ColumnArrays[Types[Name] & ColumnType] };
export type Rows<Name extends TableName> = { readonly count: number } & Columns<(typeof TABLES)[Name]>;
export type Attempts = Rows<'attempts'>;
export type Deliveries = Rows<'deliveries'>;
export type Receipts = Rows<'receipts'>;
export type Presence = Rows<'presence'>;
export type ConnectionEvents = Rows<'connectionEvents'>;
export type Tables = { readonly [Name in TableName]: Rows<Name> };

/** Everything the workers of one run saw. */
export interface Observations extends Tables {
  readonly users: number;
  /** Devices of each user; normally 1. */
  readonly devices: number;
  /** Everybody was connected at the end, and two rounds brought nothing new. */
  readonly drained: boolean;
  /** Names of the nodes that served users, as far as the server reports them; absent if they were not recorded. */
  readonly nodes?: readonly string[];
  /** What arrived instead of what was sent, the first of each worker; absent if it was not recorded. */
  readonly contents?: readonly ForeignContent[];
}

/** The content of a delivery that differs from what was sent. */
export interface ForeignContent {
  readonly receiver: number;
  readonly seq: number;
  readonly sender: number;
  readonly id: number;
  readonly bytes: number;
  /** Which message it claims to be, and whether its checksum matches; null if it is not a payload of a load. */
  readonly claimed: { readonly sender: number; readonly id: number; readonly whole: boolean } | null;
}
