/** When repeats of a fault were recovered from, as a curve that says what share had come by a time. */

export interface RecoveredCurve {
  /** Corners of a staircase: [milliseconds, share that had come by then], from [0, 0] on. */
  readonly steps: readonly (readonly [ms: number, share: number])[];
  /** Where watching a repeat ended before it came, on the staircase. */
  readonly cut: readonly (readonly [ms: number, share: number])[];
}

/** One repeat's clock: what was seen, or null and how long it was watched. */
export interface WatchedClock {
  readonly ms: number | null;
  readonly watchedMs: number;
}

/**
 * Kaplan and Meier (1958), one minus their estimate: a repeat whose watching ended counts as one that might still have come, and no
 * longer. Of two equal times what came counts before what was cut off. Without cut-off repeats it is the plain cumulative share.
 */
export function recoveredCurve(clocks: readonly WatchedClock[]): RecoveredCurve {
  const ordered = clocks
    .map(({ ms, watchedMs }) => ({ at: Math.max(0, ms ?? watchedMs), cut: ms === null }))
    .sort((a, b) => a.at - b.at || Number(a.cut) - Number(b.cut));
  const steps: (readonly [number, number])[] = [[0, 0]];
  const cut: (readonly [number, number])[] = [];
  let open = 1;
  for (const [index, repeat] of ordered.entries()) {
    if (repeat.cut) {
      cut.push([repeat.at, 1 - open]);
      continue;
    }
    const before = 1 - open;
    open *= 1 - 1 / (ordered.length - index);
    steps.push([repeat.at, before], [repeat.at, 1 - open]);
  }
  const last = ordered.at(-1);
  if (last?.cut) steps.push([last.at, 1 - open]);
  return { steps, cut };
}
