/**
 * Recovery clocks: how long until the users whom a fault hit were whole again, from the injection and again from the heal. Pure.
 *
 * A message concerns a fault when its sender or its recipient is affected. What level must be regained recovery-level.ts says. What never
 * came is null, and censored, never dropped. A fault that nobody noticed has no clocks.
 *
 * The service level is regained at the end of the last trouble before the next fault or the end (recovery-slo.ts), and a second must confirm it:
 * the last that can be seen lies a second before the end of the load, and so does its censoring.
 *
 * Resolution: the service level in steps of 10 ms; everything else is the time of one event, in microseconds, as the worker saw it,
 * so its event loop is the limit (a few milliseconds; later makes the run invalid). First success and detection can be no finer
 * than the affected users' own traffic: who sends once a second is seen to be back within a second.
 */
import { firstShownUs } from '../ledger/first-shown.ts';
import type { Observations } from '../ledger/observations.ts';
import type { Result } from '../result/result.ts';
import {
  detectedAt,
  drainedAt,
  excessLatencyUs,
  firstSuccessAt,
  hits,
  levelUs,
  longestGapUs,
  reconnectedAt,
  type Scene,
  sloAt,
} from './recovery-clocks.ts';
import { ConnectionHistory } from './recovery-connections.ts';
import { type RecoveryLevel, recoveryLevelOf, type SetLevel } from './recovery-level.ts';
import type { InjectedFault, RecoveryWindow } from './recovery-window.ts';

export type RecoveryClocks = Result['recovery'][number];

export interface Recovery {
  /** Null if there was no fault. */
  readonly level: RecoveryLevel | null;
  readonly clocks: RecoveryClocks[];
}

/** The clocks of every fault, in the given order, in milliseconds since its injection, and the level by which they are read. */
export function recoveryOf(
  observations: Observations,
  faults: readonly InjectedFault[],
  window: RecoveryWindow,
  set: SetLevel | null = null,
): Recovery {
  if (faults.length === 0) return { level: null, clocks: [] };
  const firstFaultUs = Math.min(...faults.map((fault) => fault.injectedAtUs));
  const level = recoveryLevelOf(observations, window.steadyFromUs, firstFaultUs, set);
  const connections = new ConnectionHistory(observations);
  const shownUs = firstShownUs(observations);
  const recovered = faults.map((fault) => {
    const later = faults.map((other) => other.injectedAtUs).filter((us) => us > fault.injectedAtUs);
    const nextUs = Math.min(window.endUs, ...later);
    const affected = affectedUsers(fault, observations.users);
    return recoveryFrom({ observations, shownUs, connections, level, window, fault, nextUs, affected });
  });
  return {
    level,
    clocks: recovered.map(({ clocks }, index) => ({ ...clocks, overlaps: unrecoveredBefore(faults, recovered, index) })),
  };
}

/** The latest fault before this one that had not been recovered from when this one was injected; null if there was none. */
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
  /** When users were back, within the service level, and the fault undone; infinite if never. */
  readonly recoveredAtUs: number;
}

function recoveryFrom(scene: Scene): Recovered {
  const { fault, level, window } = scene;
  const injectedUs = fault.injectedAtUs;
  const since = (us: number): number | null => msSince(injectedUs, us);
  const hitUs = hits(scene);
  const detectedUs = detectedAt(scene, hitUs);
  const watchedMs = Math.max(0, window.loadEndUs - injectedUs) / 1000;
  // Without a level, only a lost connection and a refusal can be noticed, so silence proves nothing.
  if (!Number.isFinite(detectedUs) && levelUs(level) !== null) {
    return { clocks: { ...NOTHING_NOTICED, fault: fault.id, watchedMs }, recoveredAtUs: fault.healedAtUs ?? injectedUs };
  }
  const reconnectedUs = reconnectedAt(scene, hitUs, injectedUs);
  const sloUs = sloAt(scene, injectedUs);
  // Without a level, the clock is unknown, not "never".
  const over = (levelUs(level) !== null && Number.isNaN(sloUs)) || Number.isNaN(reconnectedUs);
  /** When the fault was over, for whatever is measured "until then". */
  const recoveredUs = over ? window.loadEndUs : Math.max(sloUs || injectedUs, reconnectedUs, fault.healedAtUs ?? injectedUs);
  const drainedUs = drainedAt(scene, Math.max(fault.healedAtUs ?? injectedUs, reconnectedUs || injectedUs));
  const clocks = {
    fault: fault.id,
    detectedMs: since(detectedUs),
    firstSuccessMs: since(firstSuccessAt(scene, hitUs, injectedUs)),
    reconnected99Ms: since(reconnectedUs),
    sloMs: since(sloUs),
    drainedMs: since(drainedUs),
    longestGapMs: longestGapUs(scene, recoveredUs) / 1000,
    excessLatencyMs: level.steadyP99Us === null ? null : excessLatencyUs(scene, level.steadyP99Us, recoveredUs) / 1000,
    fromHeal: fault.healedAtUs === null ? null : clocksFromHeal(scene, hitUs, fault.healedAtUs, drainedUs),
    watchedMs,
    censored: over || drainedUs === Number.POSITIVE_INFINITY,
    noticed: true,
  };
  return { clocks, recoveredAtUs: over ? Number.POSITIVE_INFINITY : recoveredUs };
}

const NOTHING_NOTICED = {
  detectedMs: null,
  firstSuccessMs: null,
  reconnected99Ms: null,
  sloMs: null,
  drainedMs: null,
  longestGapMs: null,
  excessLatencyMs: null,
  fromHeal: null,
  censored: false,
  noticed: false,
} as const;

/** The clocks again, from the moment at which the fault was undone; whatever had been reached before that counts as immediate. */
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
