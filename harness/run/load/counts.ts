/** What a worker has counted since it began; every field only grows, except those that describe the current state. */
export interface Counts {
  /** Messages whose intended time has come. */
  offered: number;
  /** Messages written at least once. */
  sent: number;
  /** Writes of messages that had been written before. */
  repeated: number;
  acked: number;
  failed: number;
  /** Deliveries, repeats included. */
  deliveries: number;
  /** Deliveries that the protocol told the client to ignore. */
  ignored: number;
  corrupt: number;
  receipts: number;
  /** Sessions opened. */
  opened: number;
  /** Sessions that ended without the user asking for it. */
  lost: number;
  /** Attempts to connect that failed. */
  refused: number;
  /** Redirects that were followed. */
  redirected: number;
  /** Messages that found the outbox full: recorded as unsent. */
  overflowed: number;
  /** Acknowledgements and refusals for nothing outstanding; repeats cause some. */
  stray: number;
  /** Now: signed in. */
  connected: number;
  /** Now: users that the server told not to come back. */
  stopped: number;
  /** Now: messages neither acknowledged nor refused. */
  outstanding: number;
}

export const COUNT_NAMES = [
  'offered',
  'sent',
  'repeated',
  'acked',
  'failed',
  'deliveries',
  'ignored',
  'corrupt',
  'receipts',
  'opened',
  'lost',
  'refused',
  'redirected',
  'overflowed',
  'stray',
  'connected',
  'stopped',
  'outstanding',
] as const satisfies readonly (keyof Counts)[];

export function noCounts(): Counts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, 0])) as unknown as Counts;
}

export function addCounts(all: readonly Readonly<Counts>[]): Counts {
  const sum = noCounts();
  for (const counts of all) for (const name of COUNT_NAMES) sum[name] += counts[name];
  return sum;
}
