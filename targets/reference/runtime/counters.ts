/** Counts of what happened on a node since it started. */
export interface Counters {
  spawned: number;
  exited: number;
  /** Processes that ended with a reason that is not orderly. */
  crashed: number;
  /** Messages handled. */
  reductions: number;
  /** Slices: times the scheduler had the event loop. */
  slices: number;
  /** Slices that ended because their time was up, with work left. */
  slicesCut: number;
  /** Messages and replies to processes that had ended, or to callers who no longer waited. */
  toNobody: number;
  lateReplies: number;
  /** Processes killed because their message queue passed its limit. */
  messageQueueOverflows: number;
  /** Processes interrupted because a handler did not return. */
  runaways: number;
  /** To and from other nodes: messages, requests, replies, monitors, links and so on. */
  signalsSent: number;
  signalsReceived: number;
  /** Signals that were none; each cost its sender the connection. */
  malformedSignals: number;
}

export function newCounters(): Counters {
  return {
    spawned: 0,
    exited: 0,
    crashed: 0,
    reductions: 0,
    slices: 0,
    slicesCut: 0,
    toNobody: 0,
    lateReplies: 0,
    messageQueueOverflows: 0,
    runaways: 0,
    signalsSent: 0,
    signalsReceived: 0,
    malformedSignals: 0,
  };
}
