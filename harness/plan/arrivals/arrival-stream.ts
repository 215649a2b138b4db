/** When messages should be sent: the stream of a worker's intended times, and the worker's share of the whole. */

/** Worker `index` of `of`. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export interface ArrivalStream {
  /** The next intended time in microseconds, never before the last one; null when the load is over. */
  next(): number | null;
}
