/**
 * Faults over a time axis: above the plot a strip with each fault's bar from its injection to its heal and on to the moment users were
 * whole again; behind the data a band for each of the two stretches, both in colours of trouble: users wait until the end of the second.
 */
import { clip, plural } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import type { Axis } from './axis.ts';
import { atX, MARGIN, type Plot, short, textWidth, zoomed } from './frame.ts';
import type { FaultBand } from './series.ts';

const ROW = 20;
const ROWS = 3;
const FAULT_LIMIT = 40;
/** With more faults than this the lines at their moments would hide the data; the bands remain. */
const MOMENTS_LIMIT = 8;

export interface FaultStrip {
  /** Height that the strip takes above the plot. */
  readonly height: number;
  /** Drawn above the plot. */
  readonly above: (plot: Plot) => Markup;
  /** Drawn behind the data. */
  readonly behind: (plot: Plot) => Markup;
  /** Drawn at the data: the moments themselves. */
  readonly over: (plot: Plot) => Markup;
}

/** Where a fault's bar lies, and the name over it; empty where there is no room for one. */
interface Place {
  readonly lane: number;
  readonly name: string;
}

/** Faults beyond the first forty, and names that find no room, are left to the table below the chart. */
export function faultStrip(all: readonly FaultBand[], x: Axis, room: Pick<Plot, 'width'>): FaultStrip {
  const faults = all.slice(0, FAULT_LIMIT);
  const places = placesOf(faults, x, room.width);
  return {
    height: places.length === 0 ? 0 : (Math.max(...places.map(({ lane }) => lane)) + 1) * ROW,
    above: (plot) => markup`<g class="clipped">${faults.map((fault, index) => bar(fault, places[index] as Place, x, plot))}</g>`,
    behind: (plot) => markup`${faults.map((fault) => bands(fault, x, plot))}`,
    over: (plot) => markup`${faults.length > MOMENTS_LIMIT ? null : faults.map((fault) => moments(fault, x, plot))}`,
  };
}

function bands(fault: FaultBand, x: Axis, plot: Plot): Markup {
  const from = atX(x, plot, fault.fromMs);
  const healed = Math.max(from + 1.5, atX(x, plot, fault.toMs ?? fault.fromMs));
  const waited = fault.waitedToMs === null ? healed : atX(x, plot, fault.waitedToMs);
  return markup`${band('fault-band', from, healed, plot)}${waited - healed < 0.5 ? null : band('waiting-band', healed, waited, plot)}`;
}

function band(kind: string, from: number, to: number, plot: Plot): Markup {
  return markup`<rect class="${kind}" x="${short(from)}" y="${plot.top}" width="${short(to - from)}" height="${short(plot.height)}"/>`;
}

function moments(fault: FaultBand, x: Axis, plot: Plot): Markup {
  const line = (kind: string, ms: number | null): Markup | null => {
    if (ms === null) return null;
    const at = short(atX(x, plot, ms));
    return markup`<line class="${kind}" x1="${at}" x2="${at}" y1="${plot.top - 4}" y2="${short(plot.top + plot.height)}"/>`;
  };
  return markup`${line('injected', fault.fromMs)}${line('healed', fault.toMs)}${line('recovered', fault.recoveredMs)}`;
}

/** Names with their kind where all of them find room, else numbers alone, else as many numbers as find room. */
function placesOf(faults: readonly FaultBand[], x: Axis, span: number): readonly Place[] {
  const full = span < 520 ? null : packed(faults, ({ label, kind }) => `${label} ${clip(kind, 24)}`, x, span);
  return full?.every(({ name }) => name !== '') ? full : packed(faults, ({ label }) => label, x, span);
}

/** Puts faults whose bars and names would touch into lanes below one another; what finds no lane is a bar without a name. */
function packed(faults: readonly FaultBand[], nameOf: (fault: FaultBand) => string, x: Axis, span: number): readonly Place[] {
  const ends: number[] = [];
  return faults.map((fault) => {
    const from = x.position(fault.fromMs) * span;
    const name = nameOf(fault);
    // A name near the right edge ends there, instead of beginning at its fault.
    const nameFrom = Math.min(from, span - textWidth(name));
    const barEnd = x.position(fault.waitedToMs ?? fault.toMs ?? fault.fromMs) * span + 10;
    const free = ends.findIndex((end) => end + 6 <= nameFrom);
    const lane = free >= 0 ? free : ends.length;
    if (lane >= ROWS) return { lane: ROWS - 1, name: '' };
    ends[lane] = Math.max(barEnd, nameFrom + textWidth(name) + 14);
    return { lane, name };
  });
}

function bar(fault: FaultBand, { lane, name }: Place, x: Axis, plot: Plot): Markup {
  const y = MARGIN.top + lane * ROW + 6;
  const from = atX(x, plot, fault.fromMs);
  const to = Math.max(from + 3, atX(x, plot, fault.toMs ?? fault.fromMs));
  const whole = fault.recoveredMs === null ? null : atX(x, plot, fault.recoveredMs);
  const waited = fault.waitedToMs === null ? null : atX(x, plot, fault.waitedToMs);
  const right = plot.left + plot.width;
  const flip = from + textWidth(name) > right;
  const label = short(flip ? right : from);
  return markup`${name === '' ? null : markup`<text class="fault-name" data-x="${label}" x="${label}" y="${y}" text-anchor="${flip ? 'end' : 'start'}">${name}</text>`}${zoomed(
    markup`<rect class="fault-bar" x="${short(from)}" y="${y + 3}" width="${short(to - from)}" height="5"/>${
      waited === null || waited <= to
        ? null
        : markup`<line class="waiting" x1="${short(to)}" x2="${short(waited)}" y1="${y + 5.5}" y2="${y + 5.5}"/>`
    }`,
  )}${whole === null ? null : markup`<circle class="whole" data-x="${short(whole)}" cx="${short(whole)}" cy="${y + 5.5}" r="4"/>`}`;
}

/** `2 faults: F1 kill-node at 10.0 s` for descriptions. */
export function faultsInWords(faults: readonly FaultBand[]): string {
  if (faults.length === 0) return 'No faults.';
  const some = faults
    .slice(0, 6)
    .map((fault) => `${fault.label} ${clip(fault.kind, 40)} at ${(fault.fromMs / 1000).toFixed(1)} s`);
  return `${plural(faults.length, 'fault')}: ${some.join(', ')}${faults.length > 6 ? ', and more' : ''}.`;
}
