/** Where null is not "unknown" but "never", which is later than every number. Pure. */

/** Whether null is "never" where another run has a number: of a clock of recovery; of anything else it is not known. */
export function canBeNever(metric: string): boolean {
  return metric.startsWith('recovery.');
}
