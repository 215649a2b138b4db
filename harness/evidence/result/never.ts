/** Where null means not "unknown" but "never", which is later than every number. Pure. */

/** Whether null means "never" if another run has a number: this is so for a recovery clock; for anything else null means unknown. */
export function canBeNever(metric: string): boolean {
  return metric.startsWith('recovery.');
}
