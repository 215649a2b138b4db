/**
 * A flame graph as static SVG, callers above what they called: as wide as its share of everything, those of one caller side by side, the
 * heaviest first. Where a function is from is said by its tone, and in words when it is pointed at.
 *
 * In: calls, callers before what they called. Out: markup whose colours come from the page's style sheet.
 */
import { clip } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import { type ChartSize, drawing, type Frame, short, textWidth } from './frame.ts';

export const ORIGINS = ['own', 'package', 'node', 'engine'] as const;
export type Origin = (typeof ORIGINS)[number];

export interface FlameCall {
  /** Index of its caller, before it in the list; -1 for none. */
  readonly caller: number;
  readonly name: string;
  readonly origin: Origin;
  readonly own: number;
  /** Shown when it is pointed at, with its weight. */
  readonly hover: string;
}

export interface FlameGraph extends Pick<Frame, 'id' | 'title' | 'description'> {
  readonly calls: readonly FlameCall[];
}

const ROW = 19;
/** Narrower ones are left out, with all below them. */
const MIN_WIDTH = 1.5;
const MAX_ROWS = 48;
/** Rectangles in one drawing, the widest ones. */
const MAX_DRAWN = { wide: 500, narrow: 160, only: 500 } as const;
const LABEL_ROOM = 24;
const LABEL_PAD = 4;

interface Placed {
  readonly call: FlameCall;
  readonly depth: number;
  readonly left: number;
  readonly width: number;
}

/** Draws the graph at the size's width; its height follows from how deep the calls go. */
export function flameGraph(graph: FlameGraph, { width, variant }: Pick<ChartSize, 'width' | 'variant'>): Markup {
  const placed = place(graph.calls, width)
    .toSorted((a, b) => b.width - a.width)
    .slice(0, MAX_DRAWN[variant]);
  const rows = placed.reduce((most, { depth }) => Math.max(most, depth + 1), 1);
  return drawing(
    graph,
    { width, height: rows * ROW + 2, variant },
    {
      kind: 'flame',
      contents: markup`${placed.map((each) => drawn(each, variant))}`,
    },
  );
}

/** With what it called. Out of order or pointing nowhere, a call has no caller. */
export function callTotals(calls: readonly Pick<FlameCall, 'caller' | 'own'>[]): number[] {
  const totals = calls.map(({ own }) => own);
  for (let index = calls.length - 1; index >= 0; index -= 1) {
    const caller = callerOf(calls, index);
    if (caller >= 0) totals[caller] = (totals[caller] as number) + (totals[index] as number);
  }
  return totals;
}

function callerOf(calls: readonly Pick<FlameCall, 'caller'>[], index: number): number {
  const caller = calls[index]?.caller ?? -1;
  return caller < index ? caller : -1;
}

function place(calls: readonly FlameCall[], width: number): Placed[] {
  const totals = callTotals(calls);
  const whole = calls.reduce((sum, _, index) => (callerOf(calls, index) < 0 ? sum + (totals[index] as number) : sum), 0);
  if (!(whole > 0)) return [];
  // Where the next callee of each call begins; the last is of those without a caller.
  const free = calls.map(() => 0);
  let freeAtTop = 0;
  const all: Placed[] = [];
  const places: (Placed | null)[] = [];
  for (const [index, call] of calls.entries()) {
    const caller = callerOf(calls, index);
    const above = caller < 0 ? null : places[caller];
    const share = ((totals[index] as number) / whole) * width;
    const left = caller < 0 ? freeAtTop : (free[caller] as number);
    if (caller < 0) freeAtTop += share;
    else free[caller] = left + share;
    free[index] = left;
    const depth = above === null || above === undefined ? 0 : above.depth + 1;
    const seen = above !== null || caller < 0;
    const here = seen && share >= MIN_WIDTH && depth < MAX_ROWS ? { call, depth, left, width: share } : null;
    places.push(here);
    if (here !== null) all.push(here);
  }
  return all;
}

function drawn({ call, depth, left, width }: Placed, variant: ChartSize['variant']): Markup {
  const y = depth * ROW + 1;
  const label = width < LABEL_ROOM ? '' : fitting(call.name, width - 2 * LABEL_PAD);
  const text = label === '' ? null : markup`<text x="${short(left + LABEL_PAD)}" y="${y + ROW / 2}" dy=".32em">${label}</text>`;
  const title = variant === 'narrow' ? null : markup`<title>${call.hover}</title>`;
  return markup`<g class="${call.origin}"><rect x="${short(left)}" y="${y}" width="${short(width)}" height="${ROW}">${title}</rect>${text}</g>`;
}

/** As much of a name as there is room for; nothing where that says nothing. */
function fitting(name: string, room: number): string {
  if (textWidth(name) <= room) return name;
  for (let length = Math.min(name.length, Math.floor(room / 4.5)); length >= 4; length -= 1) {
    const cut = clip(name, length);
    if (textWidth(cut) <= room) return cut;
  }
  return '';
}
