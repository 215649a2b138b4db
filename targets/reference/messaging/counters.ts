/** The counters of a node: plain numbers, so that counting costs one addition; the control plane turns them into metrics. */

/** One counter a bound: how often it was hit. */
export const BOUNDS = [
  'frame-size',
  'connections',
  'handshake-time',
  'idle-time',
  'sign-in-rate',
  'frame-rate',
  'send-rate',
  'refusals',
  'outstanding-sends',
  'peers',
  'mailbox',
  'mailbox-bytes',
  'store-bytes',
  'process-bytes',
  'node-bytes',
  'unread-bytes',
  'senders',
  'window',
  'redeliveries',
  'socket-bytes',
  'devices',
  'device-retention',
  'watches',
  'watchers',
  'pending-receipts',
  'mesh-congestion',
  'control-connections',
  'http-connections',
  'http-rate',
  'http-headers',
  'http-body',
  'http-time',
] as const;
export type Bound = (typeof BOUNDS)[number];

export class Counters {
  sends = 0;
  acks = 0;
  nacks = 0;
  delivers = 0;
  redelivers = 0;
  deliveredAcks = 0;
  receipts = 0;
  repeats = 0;
  resends = 0;
  signIns = 0;
  framesIn = 0;
  messagesOut = 0;
  bytesOut = 0;
  userCrashes = 0;
  devicesRemoved = 0;
  claims = 0;
  forcedClaims = 0;
  yields = 0;
  moves = 0;
  evictions = 0;
  fenced = 0;
  httpRequests = 0;
  readonly bounds: Record<Bound, number> = Object.fromEntries(BOUNDS.map((bound) => [bound, 0])) as Record<Bound, number>;
  /** Connections closed by the server, by ErrorCode. */
  readonly closes: number[] = new Array<number>(32).fill(0);
}
