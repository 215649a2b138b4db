/**
 * The run over time, in slots: what was offered, sent, promised and shown, and how long it took. Pure.
 *
 * `offered` and the response times belong to the slot in which a message was meant to be sent (so that a stall shows where it hurt, and no
 * slot hides behind a generator that waited); everything else belongs to the slot in which it happened.
 */
import { ConnectionEvent, DeliveryFlag, type Observations, Outcome } from '../ledger/observations.ts';
import type { Timeline } from '../result/result.ts';
import { quantileOfSorted } from '../stats/quantile.ts';
import { heatOf } from './heat.ts';
import { deviceNumber } from './recovery-connections.ts';
import type { TimelineWindow } from './timeline-window.ts';
import { isAnswered, isUnanswered } from './waits.ts';

/** A refused attempt changes nothing, and neither does an unread socket. */
const ENDS: ReadonlySet<number> = new Set([ConnectionEvent.left, ConnectionEvent.lost, ConnectionEvent.moved]);

/** The finest step, which timeline.ndjson has. */
export const SLOT_MS = 100;
/** A Result holds at most this many slots: five minutes at the finest step, coarser for longer runs. */
export const MAX_SLOTS = 3000;

/** Width of a slot such that the window has at most `maxSlots`: a multiple of 100 ms. */
export function stepFor({ startUs, endUs }: TimelineWindow, maxSlots = MAX_SLOTS): number {
  const slots = Math.ceil((endUs - startUs) / 1000 / SLOT_MS);
  return SLOT_MS * Math.max(1, Math.ceil(slots / maxSlots));
}

/**
 * Columns of equal length over the window, in slots of `stepMs`. What happened before or after the window is left out, except that
 * connections opened earlier count as connected from the first slot on. `connected` is the state at the end of a slot.
 */
export function timelineOf(observations: Observations, window: TimelineWindow, stepMs = stepFor(window)): Timeline {
  const { attempts, deliveries } = observations;
  const stepUs = stepMs * 1000;
  const slots = Math.max(0, Math.ceil((window.endUs - window.startUs) / stepUs));
  /** -1 for NaN and for what lies outside. */
  const slotOf = (us: number): number => {
    const slot = Math.floor((us - window.startUs) / stepUs);
    return slot >= 0 && slot < slots ? slot : -1;
  };
  const counted = (count: number, at: (row: number) => number): number[] => {
    const column = new Array<number>(slots).fill(0);
    for (let row = 0; row < count; row++) {
      const slot = slotOf(at(row));
      if (slot >= 0) column[slot] = (column[slot] as number) + 1;
    }
    return column;
  };
  const when = (happened: boolean, us: number | undefined): number => (happened ? (us as number) : Number.NaN);
  return {
    stepMs,
    offered: counted(attempts.count, (row) => attempts.intendedUs[row] as number),
    sent: counted(attempts.count, (row) => attempts.sentUs[row] as number),
    acked: counted(attempts.count, (row) => when(attempts.outcome[row] === Outcome.acked, attempts.settledUs[row])),
    delivered: counted(deliveries.count, (row) =>
      when(((deliveries.flags[row] as number) & DeliveryFlag.ignored) === 0, deliveries.atUs[row]),
    ),
    failed: counted(attempts.count, (row) => when(attempts.outcome[row] === Outcome.failed, attempts.settledUs[row])),
    connected: connectedColumn(observations, window, stepUs, slots),
    ...responseColumns(observations, slots, slotOf),
    heat: heatOf(observations, window, stepMs, slots),
  };
}

function connectedColumn(
  { connectionEvents, users, devices }: Observations,
  window: TimelineWindow,
  stepUs: number,
  slots: number,
): number[] {
  const change = new Array<number>(slots).fill(0);
  const up = new Uint8Array(users * devices);
  // Rows are in order of time for each device, so its state can be followed row by row, whatever the order between devices.
  for (let row = 0; row < connectionEvents.count; row++) {
    const device = deviceNumber(connectionEvents, row, devices);
    const event = connectionEvents.event[row];
    const nowUp = event === ConnectionEvent.up ? 1 : ENDS.has(event as number) ? 0 : (up[device] as number);
    if (nowUp === up[device]) continue;
    up[device] = nowUp;
    const slot = Math.max(0, Math.floor(((connectionEvents.atUs[row] as number) - window.startUs) / stepUs));
    if (slot < slots) change[slot] = (change[slot] as number) + (nowUp === 1 ? 1 : -1);
  }
  let connected = 0;
  return change.map((difference) => {
    connected += difference;
    return connected;
  });
}

function responseColumns(
  { attempts }: Observations,
  slots: number,
  slotOf: (us: number) => number,
): Pick<Timeline, 'p50Us' | 'p99Us' | 'maxUs'> {
  const starts = new Uint32Array(slots + 1);
  const slotOfAnswered = (row: number): number => (isAnswered(attempts, row) ? slotOf(attempts.intendedUs[row] as number) : -1);
  /** They took for ever, and so belong behind all others of their slot. */
  const unanswered = new Uint32Array(slots);
  for (let row = 0; row < attempts.count; row++) {
    const never = isUnanswered(attempts, row) ? slotOf(attempts.intendedUs[row] as number) : -1;
    if (never >= 0) unanswered[never] = (unanswered[never] as number) + 1;
    const slot = slotOfAnswered(row);
    if (slot >= 0) starts[slot + 1] = (starts[slot + 1] as number) + 1;
  }
  for (let slot = 0; slot < slots; slot++) starts[slot + 1] = (starts[slot + 1] as number) + (starts[slot] as number);
  const next = starts.slice();
  const response = new Float64Array(starts[slots] as number);
  for (let row = 0; row < attempts.count; row++) {
    const slot = slotOfAnswered(row);
    if (slot < 0) continue;
    const at = next[slot] as number;
    response[at] = (attempts.settledUs[row] as number) - (attempts.intendedUs[row] as number);
    next[slot] = at + 1;
  }
  const columns: Pick<Timeline, 'p50Us' | 'p99Us' | 'maxUs'> = { p50Us: [], p99Us: [], maxUs: [] };
  for (let slot = 0; slot < slots; slot++) {
    const sorted = response.subarray(starts[slot], starts[slot + 1]).sort();
    const all = sorted.length + (unanswered[slot] as number);
    const at = (q: number): number | null => {
      if (all === sorted.length) return all === 0 ? null : Math.round(quantileOfSorted(sorted, q));
      const us = sorted[Math.max(1, Math.ceil(q * all)) - 1];
      return us === undefined ? null : Math.round(us);
    };
    columns.p50Us.push(at(0.5));
    columns.p99Us.push(at(0.99));
    columns.maxUs.push(at(1));
  }
  return columns;
}

/** One line of timeline.ndjson. */
export type TimelineRow = { readonly atMs: number } & {
  readonly [Column in Exclude<keyof Timeline, 'stepMs' | 'heat'>]: Timeline[Column][number];
};

/** The columns slot by slot; `atMs` is a slot's start since the load began. */
export function* timelineRows(timeline: Timeline): Generator<TimelineRow> {
  const { stepMs, heat: _, ...columns } = timeline;
  for (let slot = 0; slot < columns.offered.length; slot++) {
    yield {
      atMs: slot * stepMs,
      offered: columns.offered[slot] as number,
      sent: columns.sent[slot] as number,
      acked: columns.acked[slot] as number,
      delivered: columns.delivered[slot] as number,
      failed: columns.failed[slot] as number,
      connected: columns.connected[slot] as number,
      p50Us: columns.p50Us[slot] ?? null,
      p99Us: columns.p99Us[slot] ?? null,
      maxUs: columns.maxUs[slot] ?? null,
    };
  }
}
