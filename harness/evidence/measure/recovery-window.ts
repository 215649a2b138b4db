/** What recovery is measured for: a fault as it was injected and healed, and the part of the run that is examined. */

export interface InjectedFault {
  readonly id: string;
  readonly injectedAtUs: number;
  /** Null if nothing was undone. */
  readonly healedAtUs: number | null;
  readonly affected: readonly number[] | 'everybody';
}

export interface RecoveryWindow {
  /** The steady state begins here, after the warm-up. */
  readonly steadyFromUs: number;
  readonly loadEndUs: number;
  /** When watching ended, including the drain. */
  readonly endUs: number;
}
