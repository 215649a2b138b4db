/** What recovery is measured of: a fault as it was injected and healed, and the stretch of the run that is looked at. */

export interface InjectedFault {
  readonly id: string;
  readonly injectedAtUs: number;
  /** Null where nothing was undone. */
  readonly healedAtUs: number | null;
  readonly affected: readonly number[] | 'everybody';
}

export interface RecoveryWindow {
  /** The steady state begins here, after the warm-up. */
  readonly steadyFromUs: number;
  readonly loadEndUs: number;
  /** When watching ended, drain included. */
  readonly endUs: number;
}
