/**
 * Recovery clocks: how long until the users whom a fault hit were whole again, from the injection and again from the heal. Pure.
 *
 * A message concerns a fault when its sender or its recipient is affected. The service level that must be regained is the run's
 * own: the response time of its steady state, before the first fault. What never came is null, and censored, never dropped.
 *
 * Resolution: the service level in steps of 10 ms; everything else is the time of one event, in microseconds, as the worker saw it,
 * so its event loop is the limit (a few milliseconds; later makes the run invalid). First success and detection can be no finer
 * than the affected users' own traffic: who sends once a second is seen to be back within a second.
 */
import { firstShownUs } from '../ledger/first-shown.ts';
import { type Observations, Outcome } from '../ledger/observations.ts';
import type { Result } from '../result/result.ts';
import { quantileOfSorted } from '../stats/quantile.ts';
import {
  detectedAt,
  drainedAt,
  excessLatencyUs,
  firstSuccessAt,
  hits,
  longestGapUs,
  reconnectedAt,
  type Scene,
  sloAt,
} from './recovery-clocks.ts';
import { LinkHistory } from './recovery-links.ts';

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
  const links = new LinkHistory(observations);
  const shownUs = firstShownUs(observations);
  const recovered = faults.map((fault) => {
    const later = faults.map((other) => other.injectedAtUs).filter((us) => us > fault.injectedAtUs);
    const nextUs = Math.min(window.endUs, ...later);
    const affected = affectedUsers(fault, observations.users);
    return recoveryFrom({ observations, shownUs, links, steady, window, fault, nextUs, affected });
  });
  return recovered.map(({ clocks }, index) => ({ ...clocks, overlaps: unrecoveredBefore(faults, recovered, index) }));
}

/** The latest fault before this one that was not recovered from when this one was injected; null when there was none. */
function unrecoveredBefore(
  faults: readonly InjectedFault[],
  recovered: readonly Recovered[],
  index: number,
): RecoveryClocks['overlaps'] {
  const { injectedAtUs } = faults[index] as InjectedFault;
  let latest: InjectedFault | null = null;
  for (const [other, fault] of faults.entries()) {
    const earlier = fault.injectedAtUs < injectedAtUs || (fault.injectedAtUs === injectedAtUs && other < index);
    if (!earlier || (recovered[other] as Recovered).recoveredAtUs <= injectedAtUs) continue;
    if (latest === null || fault.injectedAtUs >= latest.injectedAtUs) latest = fault;
  }
  return latest?.id ?? null;
}

function affectedUsers({ affected }: InjectedFault, users: number): Uint8Array {
  const flags = new Uint8Array(users);
  if (affected === 'everybody') return flags.fill(1);
  for (const user of affected) if (user < users) flags[user] = 1;
  return flags;
}

interface Recovered {
  readonly clocks: Omit<RecoveryClocks, 'overlaps'>;
  /** When users were back, within the service level, and the fault undone; infinite when never. */
  readonly recoveredAtUs: number;
}

function recoveryFrom(scene: Scene): Recovered {
  const { fault, steady, window } = scene;
  const injectedUs = fault.injectedAtUs;
  const since = (us: number): number | null => msSince(injectedUs, us);
  const hitUs = hits(scene);
  const reconnectedUs = reconnectedAt(scene, hitUs, injectedUs);
  const sloUs = sloAt(scene, injectedUs);
  const over = [sloUs, reconnectedUs].some(Number.isNaN);
  /** When the fault was over, for what is measured "until then". */
  const recoveredUs = over ? window.loadEndUs : Math.max(sloUs, reconnectedUs, fault.healedAtUs ?? injectedUs);
  const drainedUs = drainedAt(scene, Math.max(fault.healedAtUs ?? injectedUs, reconnectedUs || injectedUs));
  const clocks = {
    fault: fault.id,
    detectedMs: since(detectedAt(scene, hitUs)),
    firstSuccessMs: since(firstSuccessAt(scene, hitUs, injectedUs)),
    reconnected99Ms: since(reconnectedUs),
    sloMs: since(sloUs),
    drainedMs: since(drainedUs),
    longestGapMs: longestGapUs(scene, recoveredUs) / 1000,
    excessLatencyMs: steady === null ? null : excessLatencyUs(scene, steady, recoveredUs) / 1000,
    fromHeal: fault.healedAtUs === null ? null : clocksFromHeal(scene, hitUs, fault.healedAtUs, drainedUs),
    watchedMs: Math.max(0, window.loadEndUs - injectedUs) / 1000,
    censored: over,
  };
  return { clocks, recoveredAtUs: over ? Number.POSITIVE_INFINITY : recoveredUs };
}

/** The clocks again, from the moment at which the fault was undone; what had come before that came at once. */
function clocksFromHeal(
  scene: Scene,
  hitUs: Float64Array,
  healedUs: number,
  drainedUs: number,
): NonNullable<RecoveryClocks['fromHeal']> {
  return {
    firstSuccessMs: msSince(healedUs, firstSuccessAt(scene, hitUs, healedUs)),
    reconnected99Ms: msSince(healedUs, reconnectedAt(scene, hitUs, healedUs)),
    sloMs: msSince(healedUs, sloAt(scene, healedUs)),
    drainedMs: msSince(healedUs, drainedUs),
    watchedMs: Math.max(0, scene.window.loadEndUs - healedUs) / 1000,
  };
}

/** Milliseconds; null for what never came. */
function msSince(fromUs: number, us: number): number | null {
  return Number.isFinite(us) ? Math.max(0, us - fromUs) / 1000 : null;
}
