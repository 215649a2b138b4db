/** The stretch of a run that its timeline shows. */
export interface TimelineWindow {
  /** Start of the load, on the observations' clock. */
  readonly startUs: number;
  /** End of what is shown, drain included. */
  readonly endUs: number;
}
