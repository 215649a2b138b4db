/** What a chart draws: lines over an axis, and the faults that happened meanwhile. */

/** A point without a value interrupts the line. */
export type Point = readonly [x: number, y: number | null];

/** Names a colour of the palette and a dash pattern (see styles); never colour alone. */
export type Tone = 'main' | 'second' | 'third' | 'quiet';

export interface Series {
  readonly name: string;
  readonly tone: Tone;
  readonly points: readonly Point[];
  /** `dotted-line` marks each point on the line, for few points; `dots` are points that nothing connects. */
  readonly shape: 'line' | 'dotted-line' | 'dots';
  /** Where the line might as well lie: [x, low, high]; empty for a line without an interval. */
  readonly ribbon: readonly (readonly [x: number, low: number, high: number])[];
  /** Strokes across the line: where watching something ended before it came. */
  readonly marks: readonly Point[];
}

/** A series that is a line and nothing else. */
export function plainLine(name: string, tone: Tone, points: readonly Point[]): Series {
  return { name, tone, points, shape: 'line', ribbon: [], marks: [] };
}

/** A straight line that is no measurement: a level, a slope, the moment of a change. */
export interface Reference {
  readonly kind: 'fitted' | 'fitted-edge' | 'level' | 'change better' | 'change worse';
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

/** A fault on the time axis, in milliseconds since the load began. */
export interface FaultBand {
  /** Short name on the chart: F1. */
  readonly label: string;
  readonly kind: string;
  readonly fromMs: number;
  /** When it was undone; null when it has no end of its own. */
  readonly toMs: number | null;
  /** When users had recovered; null when that was not seen. */
  readonly recoveredMs: number | null;
  /** How long users are known to have waited: until then, or as long as they were watched; null when it is not known. */
  readonly waitedToMs: number | null;
}

/** Slots of a time line folded together so that at most `limit` points are left. */
export function foldSlots(count: number, limit: number): { readonly size: number; readonly starts: readonly number[] } {
  const size = Math.max(1, Math.ceil(count / limit));
  return { size, starts: Array.from({ length: Math.ceil(count / size) }, (_, index) => index * size) };
}

/** The highest value of each fold; null where a fold has none. Percentiles are never averaged. */
export function highest(column: readonly (number | null)[], size: number, start: number): number | null {
  return extreme(column, size, start, (a, b) => b > a);
}

/** The lowest value of each fold. */
export function lowest(column: readonly (number | null)[], size: number, start: number): number | null {
  return extreme(column, size, start, (a, b) => b < a);
}

function extreme(
  column: readonly (number | null)[],
  size: number,
  start: number,
  better: (best: number, candidate: number) => boolean,
): number | null {
  let best: number | null = null;
  for (let index = start; index < Math.min(start + size, column.length); index += 1) {
    const value = column[index] as number | null;
    if (value !== null && (best === null || better(best, value))) best = value;
  }
  return best;
}

/** Sum of a fold. */
export function total(column: readonly number[], size: number, start: number): number {
  let sum = 0;
  for (let index = start; index < Math.min(start + size, column.length); index += 1) sum += column[index] as number;
  return sum;
}
