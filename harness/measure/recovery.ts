/**
 * Recovery clocks: how long until the users whom a fault hit were whole again, from the injection. Pure.
 *
 * A message concerns a fault when its sender or its recipient is affected. The service level that must be regained is the run's
 * own: the response time of its steady state, before the first fault. What never came is null, and censored, never dropped.
 */
import { firstShownUs } from '../ledger/first-shown.ts';
import { LinkEvent, type Observations, Outcome } from '../ledger/observations.ts';
import type { Result } from '../result/result.ts';
import { quantileOfSorted } from '../stats/quantile.ts';
import { LinkHistory } from './recovery-links.ts';
import { regainedAtUs } from './recovery-slo.ts';

export interface InjectedFault {
  readonly id: string;
  readonly injectedAtUs: number;
  /** Null where nothing was undone. */
  readonly healedAtUs: number | null;
  readonly affected: readonly number[] | 'everybody';
}

export interface RecoveryWindow {
  /** The steady state begins here, after the warm-up. */
  readonly steadyFromUs: number;
  readonly loadEndUs: number;
  /** When watching ended, drain included. */
  readonly endUs: number;
}

export type RecoveryClocks = Result['recovery'][number];

/** The run's own service level; null when too little was seen before the first fault. */
export interface SteadyState {
  readonly p99Us: number;
  /** A response above this is late: max(2 x p99, p99 + 5 ms). */
  readonly sloUs: number;
}

/** Fewer messages than this have no 99th percentile to speak of. */
const MIN_STEADY_MESSAGES = 100;
const SLO_FACTOR = 2;
const SLO_MARGIN_US = 5000;
const RECONNECTED_SHARE = 0.99;

/** Response times of the messages meant for [fromUs, untilUs) and not refused; what was never acknowledged took for ever. */
export function steadyState({ attempts }: Observations, fromUs: number, untilUs: number): SteadyState | null {
  const responses: number[] = [];
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    if (intended < fromUs || intended >= untilUs || attempts.outcome[row] === Outcome.failed) continue;
    responses.push(
      attempts.outcome[row] === Outcome.acked ? (attempts.settledUs[row] as number) - intended : Number.POSITIVE_INFINITY,
    );
  }
  if (responses.length < MIN_STEADY_MESSAGES) return null;
  const p99Us = quantileOfSorted(Float64Array.from(responses).sort(), 0.99);
  return Number.isFinite(p99Us) ? { p99Us, sloUs: Math.max(SLO_FACTOR * p99Us, p99Us + SLO_MARGIN_US) } : null;
}

/** The clocks of every fault, in the order given, in milliseconds since its injection. */
export function recoveryOf(
  observations: Observations,
  faults: readonly InjectedFault[],
  window: RecoveryWindow,
): RecoveryClocks[] {
  if (faults.length === 0) return [];
  const firstFaultUs = Math.min(...faults.map((fault) => fault.injectedAtUs));
  const steady = steadyState(observations, window.steadyFromUs, firstFaultUs);
  const links = new LinkHistory(observations.links, observations.users);
  const shownUs = firstShownUs(observations);
  return faults.map((fault) => {
    const later = faults.map((other) => other.injectedAtUs).filter((us) => us > fault.injectedAtUs);
    const nextUs = Math.min(window.endUs, ...later);
    return clocksOf({
      observations,
      shownUs,
      links,
      steady,
      window,
      fault,
      nextUs,
      affected: affectedUsers(fault, observations.users),
    });
  });
}

/** Everything one fault's clocks are read from. */
interface Scene {
  readonly observations: Observations;
  readonly shownUs: Float64Array;
  readonly links: LinkHistory;
  readonly steady: SteadyState | null;
  readonly window: RecoveryWindow;
  readonly fault: InjectedFault;
  /** Injection of the next fault, or the end: a link lost after that is not this fault's doing. */
  readonly nextUs: number;
  /** 1 for each affected user. */
  readonly affected: Uint8Array;
}

function affectedUsers({ affected }: InjectedFault, users: number): Uint8Array {
  const flags = new Uint8Array(users);
  if (affected === 'everybody') return flags.fill(1);
  for (const user of affected) if (user < users) flags[user] = 1;
  return flags;
}

function clocksOf(scene: Scene): RecoveryClocks {
  const { fault, steady, window, observations } = scene;
  const injectedUs = fault.injectedAtUs;
  const since = (us: number): number | null => (Number.isFinite(us) ? Math.max(0, us - injectedUs) / 1000 : null);
  const hitUs = hits(scene);
  const reconnectedUs = reconnectedAt(scene, hitUs);
  const sloUs =
    steady === null
      ? Number.NaN
      : regainedAtUs(observations.attempts, (row) => concerns(scene, row), injectedUs, window.loadEndUs, steady.sloUs);
  const over = [sloUs, reconnectedUs].some(Number.isNaN);
  /** When the fault was over, for what is measured "until then". */
  const recoveredUs = over ? window.loadEndUs : Math.max(sloUs, reconnectedUs, fault.healedAtUs ?? injectedUs);
  return {
    fault: fault.id,
    detectedMs: since(detectedAt(scene, hitUs)),
    firstSuccessMs: since(firstSuccessAt(scene, hitUs)),
    reconnected99Ms: since(reconnectedUs),
    sloMs: since(sloUs),
    drainedMs: since(drainedAt(scene, Math.max(fault.healedAtUs ?? injectedUs, reconnectedUs || injectedUs))),
    longestGapMs: longestGapUs(scene, recoveredUs) / 1000,
    excessLatencyMs: steady === null ? null : excessLatencyUs(scene, steady, recoveredUs) / 1000,
    censored: over,
  };
}

function concerns({ observations: { attempts }, affected }: Scene, row: number): boolean {
  return affected[attempts.sender[row] as number] === 1 || affected[attempts.recipient[row] as number] === 1;
}

/** When each affected user first lost its link to this fault; NaN for the others. */
function hits({ affected, links, fault, nextUs }: Scene): Float64Array {
  return Float64Array.from(affected, (flag, user) =>
    flag === 1 ? links.firstIn(user, LinkEvent.lost, fault.injectedAtUs, nextUs) : Number.NaN,
  );
}

/** The first lost link, or the moment at which the first message was refused or became late. */
function detectedAt(scene: Scene, hitUs: Float64Array): number {
  const { observations, fault, steady } = scene;
  const { attempts } = observations;
  let first = Number.POSITIVE_INFINITY;
  for (const us of hitUs) if (us < first) first = us;
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    if (intended >= first || attempts.outcome[row] === Outcome.unsent || !concerns(scene, row)) continue;
    const settled = attempts.settledUs[row] as number;
    if (attempts.outcome[row] === Outcome.failed) {
      if (settled >= fault.injectedAtUs && settled < first) first = settled;
    } else if (steady !== null) {
      const lateUs = intended + steady.sloUs;
      // Never settled compares as not in time.
      if (lateUs >= fault.injectedAtUs && lateUs < first && !(settled <= lateUs)) first = lateUs;
    }
  }
  return first;
}

/**
 * The first acknowledgement of a message that a user meant to send after its link was lost, or the first showing of one to it. Where
 * nobody lost a link, the injection counts for the loss: users not yet reached by the fault must not pass for recovered.
 */
function firstSuccessAt({ observations, affected, fault, shownUs }: Scene, hitUs: Float64Array): number {
  const { attempts } = observations;
  const anybodyHit = hitUs.some((us) => !Number.isNaN(us));
  const fromUs = (user: number): number =>
    affected[user] !== 1 ? Number.NaN : anybodyHit ? (hitUs[user] as number) : fault.injectedAtUs;
  let first = Number.POSITIVE_INFINITY;
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    if (intended >= first) continue;
    if (attempts.outcome[row] === Outcome.acked && intended >= fromUs(attempts.sender[row] as number)) {
      first = Math.min(first, attempts.settledUs[row] as number);
    }
    const shown = shownUs[row] as number;
    if (intended >= fromUs(attempts.recipient[row] as number) && shown < first) first = shown;
  }
  return first;
}

/** When 99% of those who lost their link had it back; the injection when nobody lost one. Who left instead is not waited for. */
function reconnectedAt({ links, fault, window }: Scene, hitUs: Float64Array): number {
  const backUs: number[] = [];
  for (const [user, lostUs] of hitUs.entries()) {
    if (Number.isNaN(lostUs)) continue;
    const upUs = links.firstIn(user, LinkEvent.up, lostUs, window.endUs);
    const leftUs = links.firstIn(user, LinkEvent.left, lostUs, Number.isNaN(upUs) ? window.endUs : upUs);
    if (Number.isNaN(leftUs)) backUs.push(Number.isNaN(upUs) ? Number.POSITIVE_INFINITY : upUs);
  }
  if (backUs.length === 0) return fault.injectedAtUs;
  const us = quantileOfSorted(Float64Array.from(backUs).sort(), RECONNECTED_SHARE);
  return Number.isFinite(us) ? us : Number.NaN;
}

/**
 * When the last message of the backlog was shown: acknowledged messages that were on their way at the injection or were meant to be
 * sent before `untilUs`. What waits for a sender or a recipient who is away by choice is not the fault's backlog.
 */
function drainedAt(scene: Scene, untilUs: number): number {
  const { observations, fault, links, shownUs, window } = scene;
  const { attempts } = observations;
  let last = fault.injectedAtUs;
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    const shown = shownUs[row] as number;
    if (intended >= untilUs || shown <= last || attempts.outcome[row] !== Outcome.acked || !concerns(scene, row)) continue;
    const shownBy = Number.isNaN(shown) ? window.endUs : shown;
    if (links.awayByChoice(attempts.sender[row] as number, intended, Math.min(shownBy, attempts.settledUs[row] as number)))
      continue;
    if (links.awayByChoice(attempts.recipient[row] as number, intended, shownBy)) continue;
    if (Number.isNaN(shown)) return Number.NaN;
    last = shown;
  }
  return last;
}

/** Longest time without an acknowledgement to an affected sender, from the injection to the first one after `untilUs`. */
function longestGapUs({ observations: { attempts }, affected, fault, window }: Scene, untilUs: number): number {
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

/** Sum of what each message took beyond the steady state's p99. One never acknowledged took until watching ended. */
function excessLatencyUs(scene: Scene, { p99Us }: SteadyState, untilUs: number): number {
  const { observations, fault, window } = scene;
  const { attempts } = observations;
  let excess = 0;
  for (let row = 0; row < attempts.count; row++) {
    const intended = attempts.intendedUs[row] as number;
    const settled = attempts.settledUs[row] as number;
    const outcome = attempts.outcome[row];
    if (outcome === Outcome.failed || outcome === Outcome.unsent || intended > untilUs || !concerns(scene, row)) continue;
    const answered = Number.isNaN(settled) ? window.endUs : settled;
    if (answered >= fault.injectedAtUs) excess += Math.max(0, answered - intended - p99Us);
  }
  return excess;
}
