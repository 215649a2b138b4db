/** Each recovery clock by itself: a moment on the run's clock, read from the observations of the affected users. Pure. */
import { ConnectionEvent, type Observations, Outcome, sendingDevice } from '../ledger/observations.ts';
import { quantileOfSorted } from '../stats/quantile.ts';
import type { ConnectionHistory } from './recovery-connections.ts';
import type { RecoveryLevel } from './recovery-level.ts';
import { regainedAtUs } from './recovery-slo.ts';
import type { InjectedFault, RecoveryWindow } from './recovery-window.ts';
import { isUnanswered } from './waits.ts';

const RECONNECTED_SHARE = 0.99;

/** Everything from which the clocks of one fault are read. */
export interface Scene {
  readonly observations: Observations;
  readonly shownUs: Float64Array;
  readonly connections: ConnectionHistory;
  readonly level: RecoveryLevel;
  readonly window: RecoveryWindow;
  readonly fault: InjectedFault;
  /** Injection of the next fault, or the end: trouble that begins after that is not attributed to this fault. */
  readonly nextUs: number;
  /** 1 for each affected user. */
  readonly affected: Uint8Array;
}

/** When the service level was regained for good, from `fromUs` on; NaN for never. */
export function sloAt(scene: Scene, fromUs: number): number {
  const { level, window, observations, nextUs } = scene;
  const us = levelUs(level);
  if (us === null) return Number.NaN;
  const goal = { us, share: level.share, windowEndUs: Math.min(nextUs, window.loadEndUs), endUs: window.loadEndUs };
  return regainedAtUs(observations.attempts, (row) => concerns(scene, row) && isWaitedFor(scene, row, us), fromUs, goal);
}

/** The threshold for lateness, if the level is meaningful; otherwise null. */
export function levelUs({ us, meaningless }: RecoveryLevel): number | null {
  return meaningless === null ? us : null;
}

function concerns({ observations: { attempts }, affected }: Scene, row: number): boolean {
  return affected[attempts.sender[row] as number] === 1 || affected[attempts.recipient[row] as number] === 1;
}

/**
 * Whether the sender waited for as long as the level allows: whoever left by choice before that did not. Messages are given to users only who
 * want to be online, so that one who had left before was on the way back, and waits.
 */
function isWaitedFor({ observations: { attempts, devices }, connections }: Scene, row: number, withinUs: number): boolean {
  const intended = attempts.intendedUs[row] as number;
  // What came in time needs no search.
  if ((attempts.settledUs[row] as number) - intended <= withinUs) return true;
  const device = senderOf(attempts, devices, row);
  return Number.isNaN(connections.firstIn(device, ConnectionEvent.left, intended, intended + withinUs));
}

/** The device that sent the row's message, over all users. */
function senderOf(attempts: Observations['attempts'], devices: number, row: number): number {
  return (attempts.sender[row] as number) * devices + sendingDevice(attempts.id[row] as number, devices);
}

/** When each device of an affected user first lost its connection to this fault; NaN for the others. Element `user * devices + device`. */
export function hits({ affected, connections, fault, nextUs, observations: { devices } }: Scene): Float64Array {
  return Float64Array.from({ length: affected.length * devices }, (_, device) =>
    affected[Math.floor(device / devices)] === 1
      ? connections.firstIn(device, ConnectionEvent.lost, fault.injectedAtUs, nextUs)
      : Number.NaN,
  );
}

/** The earliest over each user's devices. */
function firstOfUsers(hitUs: Float64Array, devices: number): Float64Array {
  if (devices === 1) return hitUs;
  return Float64Array.from({ length: hitUs.length / devices }, (_, user) => {
    const known = hitUs.subarray(user * devices, (user + 1) * devices).filter((us) => !Number.isNaN(us));
    return known.length === 0 ? Number.NaN : Math.min(...known);
  });
}

/**
 * The first lost connection, or the moment at which the first message was refused or became late. Infinite if there was none before the
 * next fault, which may be the cause of what comes after.
 */
export function detectedAt(scene: Scene, hitUs: Float64Array): number {
  const { observations, fault, level, nextUs } = scene;
  const { attempts } = observations;
  const lateAfterUs = levelUs(level);
  let first = Number.POSITIVE_INFINITY;
  for (const us of hitUs) if (us < first) first = us;
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    if (intended >= first || !concerns(scene, row)) continue;
    const settled = attempts.settledUs[row] as number;
    if (attempts.outcome[row] === Outcome.failed) {
      if (settled >= fault.injectedAtUs && settled < first) first = settled;
    } else if (lateAfterUs !== null) {
      const lateUs = intended + lateAfterUs;
      // A message that was never settled, or never written, compares as late.
      if (lateUs >= fault.injectedAtUs && lateUs < first && !(settled <= lateUs) && isWaitedFor(scene, row, lateAfterUs))
        first = lateUs;
    }
  }
  return first < nextUs ? first : Number.POSITIVE_INFINITY;
}

/**
 * The first acknowledgement, from `fromUs` on, of a message that a user meant to send after losing its connection, or the first showing of
 * such a message to that user. If nobody lost a connection, the injection is used instead: users whom the fault has not reached yet must
 * not count as recovered.
 */
export function firstSuccessAt({ observations, affected, fault, shownUs }: Scene, hitUs: Float64Array, fromUs: number): number {
  const { attempts } = observations;
  const anybodyHit = hitUs.some((us) => !Number.isNaN(us));
  const userHitUs = firstOfUsers(hitUs, observations.devices);
  const lostUs = (user: number): number =>
    affected[user] !== 1 ? Number.NaN : anybodyHit ? (userHitUs[user] as number) : fault.injectedAtUs;
  let first = Number.POSITIVE_INFINITY;
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    if (intended >= first) continue;
    const settled = attempts.settledUs[row] as number;
    if (attempts.outcome[row] === Outcome.acked && intended >= lostUs(attempts.sender[row] as number) && settled >= fromUs) {
      first = Math.min(first, settled);
    }
    const shown = shownUs[row] as number;
    if (intended >= lostUs(attempts.recipient[row] as number) && shown >= fromUs && shown < first) first = shown;
  }
  return first;
}

/**
 * When 99% of the devices that lost their connection were back, from `fromUs` on; `fromUs` if none lost it. Devices that left on purpose
 * instead are not waited for.
 */
export function reconnectedAt({ connections, window }: Scene, hitUs: Float64Array, fromUs: number): number {
  const backUs: number[] = [];
  for (const [device, lostUs] of hitUs.entries()) {
    if (Number.isNaN(lostUs)) continue;
    const goneUs = Math.max(lostUs, fromUs);
    const upUs =
      lostUs < fromUs && connections.connectedThroughout(device, fromUs, fromUs)
        ? fromUs
        : connections.firstIn(device, ConnectionEvent.up, goneUs, window.endUs);
    const leftUs = connections.firstIn(device, ConnectionEvent.left, goneUs, Number.isNaN(upUs) ? window.endUs : upUs);
    if (Number.isNaN(leftUs) && !connections.leftBefore(device, goneUs))
      backUs.push(Number.isNaN(upUs) ? Number.POSITIVE_INFINITY : upUs);
  }
  if (backUs.length === 0) return fromUs;
  const us = quantileOfSorted(Float64Array.from(backUs).sort(), RECONNECTED_SHARE);
  return Number.isFinite(us) ? us : Number.NaN;
}

/**
 * When the last message of the backlog was shown. The backlog are messages that were not refused, and that were in flight at the injection
 * or were meant to be sent before `untilUs`. What waits for a sender or a recipient who is away on purpose does not belong to it. NaN if an
 * acknowledged one was not shown, and infinite if one was never answered either, though its sender was there in the end.
 */
export function drainedAt(scene: Scene, untilUs: number): number {
  const { observations, fault, connections, shownUs, window } = scene;
  const { attempts, devices } = observations;
  let last = fault.injectedAtUs;
  let unanswered = false;
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    const shown = shownUs[row] as number;
    if (intended >= untilUs || shown <= last || attempts.outcome[row] === Outcome.failed || !concerns(scene, row)) continue;
    const from = senderOf(attempts, devices, row);
    if (isUnanswered(attempts, row)) {
      if (!Number.isNaN(shown)) last = shown;
      else if (!connections.leftBefore(from, window.endUs)) unanswered = true;
      continue;
    }
    const shownBy = Number.isNaN(shown) ? window.endUs : shown;
    if (connections.awayByChoice(from, intended, Math.min(shownBy, attempts.settledUs[row] as number))) continue;
    if (connections.allAwayByChoice(attempts.recipient[row] as number, intended, shownBy)) continue;
    if (Number.isNaN(shown)) return Number.NaN;
    last = shown;
  }
  return unanswered ? Number.POSITIVE_INFINITY : last;
}

/** Longest time without an acknowledgement to an affected sender, from the injection to the first acknowledgement after `untilUs`. */
export function longestGapUs({ observations: { attempts }, affected, fault, window }: Scene, untilUs: number): number {
  const acks: number[] = [];
  for (let row = 0; row < attempts.count; row++) {
    const settled = attempts.settledUs[row] as number;
    if (attempts.outcome[row] !== Outcome.acked || settled < fault.injectedAtUs || settled > window.endUs) continue;
    if (affected[attempts.sender[row] as number] === 1) acks.push(settled);
  }
  const sorted = Float64Array.from(acks).sort();
  let longest = 0;
  let before = fault.injectedAtUs;
  for (const us of sorted) {
    if (before > untilUs) break;
    longest = Math.max(longest, us - before);
    before = us;
  }
  return before <= untilUs ? Math.max(longest, untilUs - before) : longest;
}

/** When the wait for a message ended: with `untilUs`, or when its sender left by choice before that. */
function chargedUntil({ observations: { attempts, devices }, connections }: Scene, row: number, untilUs: number): number {
  const intended = attempts.intendedUs[row] as number;
  const device = senderOf(attempts, devices, row);
  const leftUs = connections.firstIn(device, ConnectionEvent.left, intended, untilUs);
  return Number.isNaN(leftUs) ? untilUs : leftUs;
}

/** Sum, over all messages, of the time beyond the steady state's p99. A message that was never acknowledged took until watching ended. */
export function excessLatencyUs(scene: Scene, p99Us: number, untilUs: number): number {
  const { observations, fault, window } = scene;
  const { attempts } = observations;
  let excess = 0;
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    const settled = attempts.settledUs[row] as number;
    const outcome = attempts.outcome[row];
    if (outcome === Outcome.failed || intended > untilUs || !concerns(scene, row)) continue;
    const until = Number.isNaN(settled) ? window.endUs : settled;
    const answered = until - intended > p99Us ? chargedUntil(scene, row, until) : until;
    if (answered >= fault.injectedAtUs) excess += Math.max(0, answered - intended - p99Us);
  }
  return excess;
}
