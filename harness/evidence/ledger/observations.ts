/**
 * What the load workers saw, message by message, as columns: the ledger's input.
 *
 * Users are numbered from 0 over the whole run; times are microseconds of the machine's monotonic clock since the run's
 * own zero, the same for every worker on the machine. NaN stands for "never".
 */

/** What became of a message that a user meant to send. */
export const Outcome = {
  /** Never written to a socket: the run ended first. Nothing is owed. */
  unsent: 0,
  /** The server promised it. */
  acked: 1,
  /** The server definitely refused it. */
  failed: 2,
  /** Written, and neither promised nor refused: it may arrive or not. */
  indeterminate: 3,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** One row a message that was attempted. Row i is element i of every column. */
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
  /** When the generator got round to it; minus intendedUs this is the generator's lag. */
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

export const ArrivalFlag = {
  /** The payload's checksum, or the sender and id inside it, do not match. */
  corrupt: 1,
  /** The protocol's own rule told the client to ignore it (the native protocol: seq not above the cursor). */
  ignored: 2,
  /** The server marked it as a redelivery. */
  again: 4,
} as const;

/** One row a message that reached a device, repeats included, in order of arrival per device. */
export interface Arrivals {
  readonly count: number;
  readonly receiver: Uint32Array;
  /** Which of the receiver's devices, from 0. */
  readonly device: Uint8Array;
  /** As the server names it; SENDER_UNKNOWN when it is no user of this run. */
  readonly sender: Uint32Array;
  readonly id: Float64Array;
  readonly seq: Float64Array;
  readonly atUs: Float64Array;
  /** When the receiver told the server that it read it; NaN if it did not. */
  readonly readUs: Float64Array;
  readonly flags: Uint8Array;
}

export const SENDER_UNKNOWN = 0xffffffff;

/** One row a receipt that reached a sender. */
export interface Receipts {
  readonly count: number;
  readonly sender: Uint32Array;
  readonly id: Float64Array;
  /** Who is said to have received or read it; SENDER_UNKNOWN when no user of this run. */
  readonly by: Uint32Array;
  /** 1 delivered, 2 read. */
  readonly kind: Uint8Array;
  readonly atUs: Float64Array;
}

export const LinkEvent = {
  /** Signed in. */
  up: 1,
  /** The user left on purpose (churn, end of run). */
  left: 2,
  /** The session ended without the user's wish. */
  lost: 3,
  /** An attempt to connect failed. */
  refused: 4,
  /** The server sent a user that was signed in to another node, and the user went there at once: nothing failed. */
  moved: 5,
  /** What the server takes this device for, nobody can say from here on: its socket is not read, or was abandoned. Until `sure` or `up`. */
  unsure: 6,
  /** It is signed in, and reads again. */
  sure: 7,
} as const;
export type LinkEvent = (typeof LinkEvent)[keyof typeof LinkEvent];

/** One row a change of a device's connection, in order of time per device. */
export interface Links {
  readonly count: number;
  readonly user: Uint32Array;
  /** Which of the user's devices, from 0. */
  readonly device: Uint8Array;
  readonly event: Uint8Array;
  /** WebSocket close code of `lost` and `refused`, else 0. */
  readonly code: Uint16Array;
  readonly atUs: Float64Array;
  /** Of `up`: the place in `Observations.nodes`, counted from 1; 0 where it is not known. */
  readonly node: Uint16Array;
  /** Of `up` with a node. */
  readonly epoch: Float64Array;
}

/** How things stood with the users' devices when the drain ended. They are numbered over all users: `user * devices + device`. */
export interface DrainEnd {
  /** Those that were not signed in. */
  readonly away: readonly number[];
  /** Those that were, and that a fault kept from reading. */
  readonly deaf: readonly number[];
  /** Messages still arrived in the last round. */
  readonly restless: boolean;
  /** Why messages were refused, most frequent first. */
  readonly refusals: readonly CountedReason[];
  /** Why sessions ended without their users' wish, and who ended them, most frequent first. */
  readonly sessionsEnded: readonly (CountedReason & { readonly by: 'server' | 'client' | 'network' })[];
}

/** A reason that somebody gave, and how often. */
export interface CountedReason {
  /** The protocol's own code; 0 where there is none. */
  readonly code: number;
  readonly reason: string;
  readonly count: number;
}

export const Told = {
  /** The device signed in and asked, anew. */
  asked: 0,
  offline: 1,
  online: 2,
} as const;
export type Told = (typeof Told)[keyof typeof Told];

/** One row a question about somebody's presence, and one what a device was told of it; in order of time per device. */
export interface Presence {
  readonly count: number;
  /** Who asked or was told. */
  readonly watcher: Uint32Array;
  /** Which of the watcher's devices, from 0. */
  readonly device: Uint8Array;
  /** About whom; SENDER_UNKNOWN when no user of this run. */
  readonly watched: Uint32Array;
  readonly told: Uint8Array;
  readonly atUs: Float64Array;
}

/** Everything the workers of one run saw. */
export interface Observations {
  readonly users: number;
  /** Devices of each user; 1 as a rule. */
  readonly devices: number;
  readonly attempts: Attempts;
  readonly arrivals: Arrivals;
  readonly receipts: Receipts;
  readonly links: Links;
  readonly presence: Presence;
  /** Everybody was connected at the end, and two rounds brought nothing new. */
  readonly drained: boolean;
  /** Names of the nodes that served users, as far as the server says; absent where nobody asked. */
  readonly nodes?: readonly string[];
  /** What arrived in place of what was sent, the first of each worker; absent where nobody looked. */
  readonly contents?: readonly ForeignContent[];
}

/** The content of an arrival that is not what was sent. */
export interface ForeignContent {
  readonly receiver: number;
  readonly seq: number;
  readonly sender: number;
  readonly id: number;
  readonly bytes: number;
  /** Which message it says it is, and whether its checksum fits; null where it is no payload of a load. */
  readonly claimed: { readonly sender: number; readonly id: number; readonly whole: boolean } | null;
}
