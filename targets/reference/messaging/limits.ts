/**
 * Every bound of the messaging server in one place. Each is counted when hit (counters.ts), and README.md lists what
 * happens then.
 */
import { HEADER_BYTES, SEND_FIXED_BYTES } from '../../protocol/frames.ts';

export interface Limits {
  /** Largest frame body a client may send, bytes. */
  readonly maxFrameBytes: number;
  /** Largest WebSocket message, a batch of frames, bytes. */
  readonly maxMessageBytes: number;
  /** Open connections of one node, those that have not signed in included. */
  readonly maxConnections: number;
  /** From accept to WELCOME, ms. */
  readonly handshakeMs: number;
  /** Silence after which a connection is taken for dead, ms. */
  readonly idleMs: number;
  /** Sign-ins a second of one user, and how many at once. */
  readonly signInsPerSecond: number;
  readonly signInBurst: number;
  /** Frames of any kind a second of one device, and how many at once. */
  readonly framesPerSecond: number;
  readonly frameBurst: number;
  /** SENDs a second of one user, and how many at once. */
  readonly sendsPerSecond: number;
  readonly sendBurst: number;
  /** SENDs over the rate that are answered by NACK before the connection is closed. */
  readonly maxRefusals: number;
  /** SENDs of one user that wait for durability. */
  readonly maxOutstandingSends: number;
  /** Receivers one user's process keeps a line to. */
  readonly maxPeers: number;
  /** Undelivered messages of one user, and their bytes. */
  readonly maxMailbox: number;
  readonly maxMailboxBytes: number;
  /** Bytes that all mailboxes of the deployment take in the store. */
  readonly maxStoreBytes: number;
  /** Messages of one connected device, and their bytes, that wait in memory to be delivered: the page that is read back at once. */
  readonly maxResident: number;
  readonly maxResidentBytes: number;
  /** Senders whose highest id one mailbox remembers; the oldest is forgotten first. */
  readonly maxSenders: number;
  /** Bytes of messages in memory: of one user's process, and of the whole node (held-bytes.ts). */
  readonly maxProcessBytes: number;
  readonly maxNodeBytes: number;
  /** Bytes of SENDs of one connection that its user's process has not handled yet; with more it is not read. */
  readonly maxUnreadBytes: number;
  /** Unacknowledged messages, and their bytes, on one connection. */
  readonly window: number;
  readonly windowBytes: number;
  /** An unacknowledged message is delivered again after this, ms, at most `maxRedeliveries` times; then the consumer is cut off. */
  readonly redeliverMs: number;
  readonly maxRedeliveries: number;
  /** Bytes a socket may hold unsent before its consumer is cut off. */
  readonly maxSocketBytes: number;
  readonly maxDevices: number;
  /** A device that was not connected for longer is known no more, ms. */
  readonly deviceRetentionMs: number;
  readonly maxWatches: number;
  readonly maxWatchers: number;
  /** Receipts that wait for a sender who is away. */
  readonly maxPendingReceipts: number;
  /** How long a user's process stays after the last connection went, ms. */
  readonly lingerMs: number;
  /** Open connections of the HTTP surface. */
  readonly httpMaxConnections: number;
  /** Requests a second of one user, and on one HTTP connection, and how many at once. */
  readonly httpRequestsPerSecond: number;
  readonly httpRequestBurst: number;
  /** Request line and headers together, and the body of one request, bytes. */
  readonly httpMaxHeaderBytes: number;
  readonly httpMaxBodyBytes: number;
  /** For a whole request to arrive, and for its answer, ms. */
  readonly httpRequestMs: number;
  /** An HTTP connection without a request is kept so long, ms. */
  readonly httpIdleMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxFrameBytes: 65_536,
  maxMessageBytes: 262_144,
  maxConnections: 19_000,
  handshakeMs: 5_000,
  idleMs: 120_000,
  signInsPerSecond: 200,
  signInBurst: 1_000,
  framesPerSecond: 10_000,
  frameBurst: 20_000,
  sendsPerSecond: 1_000,
  sendBurst: 2_000,
  maxRefusals: 64,
  maxOutstandingSends: 2_048,
  maxPeers: 32,
  maxMailbox: 10_000,
  maxMailboxBytes: 268_435_456,
  maxStoreBytes: 4_294_967_296,
  maxResident: 512,
  maxResidentBytes: 1_048_576,
  maxSenders: 10_000,
  maxProcessBytes: 16_777_216,
  maxNodeBytes: 536_870_912,
  maxUnreadBytes: 1_048_576,
  window: 256,
  windowBytes: 1_048_576,
  redeliverMs: 10_000,
  maxRedeliveries: 2,
  maxSocketBytes: 4_194_304,
  maxDevices: 4,
  deviceRetentionMs: 30 * 86_400_000,
  maxWatches: 256,
  maxWatchers: 1_024,
  maxPendingReceipts: 1_000,
  lingerMs: 30_000,
  httpMaxConnections: 2_000,
  httpRequestsPerSecond: 10_000,
  httpRequestBurst: 20_000,
  httpMaxHeaderBytes: 8_192,
  httpMaxBodyBytes: 4_096,
  httpRequestMs: 5_000,
  httpIdleMs: 30_000,
};

/** A smallest and largest sensible value of each limit, for the check of a configuration. */
const RANGES: Readonly<Record<keyof Limits, readonly [low: number, high: number]>> = {
  maxFrameBytes: [64, 1_048_576],
  maxMessageBytes: [64, 16_777_216],
  maxConnections: [1, 1_000_000],
  handshakeMs: [50, 60_000],
  idleMs: [100, 86_400_000],
  signInsPerSecond: [1, 10_000_000],
  signInBurst: [1, 10_000_000],
  framesPerSecond: [1, 10_000_000],
  frameBurst: [1, 10_000_000],
  sendsPerSecond: [1, 10_000_000],
  sendBurst: [1, 10_000_000],
  maxRefusals: [1, 200],
  maxOutstandingSends: [1, 1_000_000],
  maxPeers: [1, 100_000],
  maxMailbox: [1, 10_000_000],
  maxMailboxBytes: [1_024, 1_099_511_627_776],
  maxStoreBytes: [1_024, 1_125_899_906_842_624],
  maxResident: [1, 1_000_000],
  maxResidentBytes: [64, 1_073_741_824],
  maxSenders: [1, 10_000_000],
  maxProcessBytes: [1_024, 1_099_511_627_776],
  maxNodeBytes: [1_024, 1_099_511_627_776],
  maxUnreadBytes: [1_024, 1_073_741_824],
  window: [1, 65_535],
  windowBytes: [64, 1_073_741_824],
  redeliverMs: [20, 3_600_000],
  maxRedeliveries: [0, 1_000],
  maxSocketBytes: [1_024, 1_073_741_824],
  maxDevices: [1, 64],
  deviceRetentionMs: [1_000, 3_650 * 86_400_000],
  maxWatches: [1, 100_000],
  maxWatchers: [1, 1_000_000],
  maxPendingReceipts: [1, 1_000_000],
  lingerMs: [0, 86_400_000],
  httpMaxConnections: [1, 1_000_000],
  httpRequestsPerSecond: [1, 10_000_000],
  httpRequestBurst: [1, 10_000_000],
  httpMaxHeaderBytes: [1_024, 65_536],
  httpMaxBodyBytes: [64, 1_048_576],
  httpRequestMs: [50, 60_000],
  httpIdleMs: [50, 3_600_000],
};

/** The largest payload of a message to a user whose name has this many bytes. */
export function largestPayloadBytes(settings: Partial<Limits>, nameBytes: number): number {
  return (settings.maxFrameBytes ?? DEFAULT_LIMITS.maxFrameBytes) - SEND_FIXED_BYTES - nameBytes;
}

/** What `maxFrameBytes` can be at most. */
export const HIGHEST_FRAME_BYTES = RANGES.maxFrameBytes[1];

/** One message a fault in `settings`, each naming the key, the value and what would be right. */
export function checkLimits(settings: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (!Object.hasOwn(RANGES, key)) {
      faults.push(`${key}: there is no such setting; the settings are ${Object.keys(RANGES).join(', ')}`);
      continue;
    }
    const [low, high] = RANGES[key as keyof Limits];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
      faults.push(`${key}: ${JSON.stringify(value)} is not an integer from ${low} to ${high}`);
    }
  }
  if (faults.length > 0) return faults;
  const { maxFrameBytes, maxMessageBytes, windowBytes, maxSocketBytes } = { ...DEFAULT_LIMITS, ...settings };
  if (maxMessageBytes < maxFrameBytes + HEADER_BYTES)
    faults.push(
      `maxMessageBytes: ${maxMessageBytes} does not hold one frame of maxFrameBytes, ${maxFrameBytes + HEADER_BYTES} bytes`,
    );
  if (maxSocketBytes < 2 * windowBytes)
    faults.push(
      `maxSocketBytes: ${maxSocketBytes} would cut off a consumer within its window; it must be at least 2 * windowBytes, ${2 * windowBytes}`,
    );
  return faults;
}
