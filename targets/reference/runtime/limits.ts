/** The bounds of a node. Each is counted or reported when it is hit. */
export interface Limits {
  /** Processes alive at once; a spawn beyond throws `system_limit`. */
  readonly processes: number;
  /** Messages waiting for one process; the process is killed when it has more. */
  readonly messageQueue: number;
  /** Messages a process may handle before the others have their turn. */
  readonly budget: number;
  /** Milliseconds after which the scheduler gives the event loop back, once the handler at work returns. */
  readonly sliceMs: number;
  /** Reports of each kind kept; the oldest goes. */
  readonly reports: number;
}

export const DEFAULT_LIMITS: Limits = {
  processes: 2 ** 20,
  messageQueue: 1_000_000,
  budget: 200,
  sliceMs: 4,
  reports: 100,
};
