/** How much of a long list a report shows, so that the file stays bounded whatever the run was like. */

export interface Detail {
  /** Rows of any list: faults, checks, plateaus. */
  readonly rows: number;
  /** Rows of a chart's data table. */
  readonly slots: number;
  /** Points of a line. */
  readonly points: number;
  /** Characters of any one text. */
  readonly text: number;
}

/** From the richest to the barest; the first whose page fits is taken. */
export const DETAILS: readonly Detail[] = [
  { rows: 200, slots: 300, points: 300, text: 4_000 },
  { rows: 60, slots: 120, points: 300, text: 400 },
  { rows: 15, slots: 40, points: 120, text: 120 },
  { rows: 5, slots: 10, points: 60, text: 40 },
];
