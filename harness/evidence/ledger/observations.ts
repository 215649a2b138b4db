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

/** One row for each attempted message. Row i is element i of every column. */
export interface Attempts {
  readonly count: number;
  readonly sender: Uint32Array;
  /** The sender's own numbering, increasing on each of its devices: device d of D takes d + 1, d + 1 + D and so on. */
  readonly id: Float64Array;
  readonly recipient: Uint32Array;
  /** Which of the sender's sessions first wrote it; counts from 1, 0 when unsent. */
  readonly session: Uint32Array;
  /** When the arrival model meant it to be sent. */
  readonly intendedUs: Float64Array;
  /** When the generator actually handled it; the difference from intendedUs is the generator's lag. */
  readonly handledUs: Float64Array;
  /** When it was first written to a socket. */
  readonly sentUs: Float64Array;
  /** When it was acknowledged or refused. */
  readonly settledUs: Float64Array;
  readonly outcome: Uint8Array;
  /** How often it was written; above 1 after reconnects. */
  readonly writes: Uint8Array;
}

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

/** One row for each message that reached a device, including repeats, in the order in which each device got them. */
export interface Deliveries {
  readonly count: number;
  readonly receiver: Uint32Array;
  /** Which of the receiver's devices, from 0. */
  readonly device: Uint8Array;
  /** As the server names it; SENDER_UNKNOWN if it is not a user of this run. */
  readonly sender: Uint32Array;
  readonly id: Float64Array;
  readonly seq: Float64Array;
  readonly atUs: Float64Array;
  /** When the receiver told the server that it read it; NaN if it did not. */
  readonly readUs: Float64Array;
  readonly flags: Uint8Array;
}

export const SENDER_UNKNOWN = 0xffffffff;

/** One row for each receipt that reached a sender. */
export interface Receipts {
  readonly count: number;
  readonly sender: Uint32Array;
  readonly id: Float64Array;
  /** Who is said to have received or read it; SENDER_UNKNOWN if it is not a user of this run. */
  readonly by: Uint32Array;
  /** 1 delivered, 2 read. */
  readonly kind: Uint8Array;
  readonly atUs: Float64Array;
}

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

/** One row for each change of a device's connection, in order of time for each device. */
export interface ConnectionEvents {
  readonly count: number;
  readonly user: Uint32Array;
  /** Which of the user's devices, from 0. */
  readonly device: Uint8Array;
  readonly event: Uint8Array;
  /** WebSocket close code of `lost` and `refused`, else 0. */
  readonly code: Uint16Array;
  readonly atUs: Float64Array;
  /** For `up`: the place in `Observations.nodes`, counted from 1; 0 if it is not known. */
  readonly node: Uint16Array;
  /** For `up` with a node. */
  readonly epoch: Float64Array;
}

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

/** One row for each question about a user's presence, and one for each answer to a device; in order of time for each device. */
export interface Presence {
  readonly count: number;
  /** Who asked or was told. */
  readonly watcher: Uint32Array;
  /** Which of the watcher's devices, from 0. */
  readonly device: Uint8Array;
  /** The user it is about; SENDER_UNKNOWN if it is not a user of this run. */
  readonly watched: Uint32Array;
  readonly told: Uint8Array;
  readonly atUs: Float64Array;
}

/** Everything the workers of one run saw. */
export interface Observations {
  readonly users: number;
  /** Devices of each user; normally 1. */
  readonly devices: number;
  readonly attempts: Attempts;
  readonly deliveries: Deliveries;
  readonly receipts: Receipts;
  readonly connectionEvents: ConnectionEvents;
  readonly presence: Presence;
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
