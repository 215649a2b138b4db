/**
 * Plays a fault schedule: each step is injected when its time comes, verified at once, and undone after its duration.
 *
 * The interpreter is total: any sub-list of a schedule can be played. A step that can no longer apply (its node is already dead) is a
 * recorded no-op; a step that should apply but does not is recorded as not verified, which makes the run invalid.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { formatMs } from '../../evidence/result/format.ts';
import { errorText } from '../../evidence/result/printable.ts';
import { RUN_ENDED_FIRST } from '../../evidence/result/unreached-fault.ts';
import type { FaultPlan } from '../../plan/scenario/plan.ts';
import { faultKinds } from './catalogue.ts';
import { type FaultContext, ImpossibleFault, type SealedInjection } from './fault.ts';

/** What became of one step. Times are microseconds on the run's clock; null when it did not happen. */
export interface FaultRecord {
  readonly plan: FaultPlan;
  target: string;
  affected: readonly number[] | 'everybody';
  injectedAtUs: number | null;
  /** When the probe had determined whether it took effect. */
  struckAtUs: number | null;
  healedAtUs: number | null;
  verified: boolean;
  readonly evidence: string[];
}

export interface FaultEvent {
  readonly what: 'injected' | 'healed' | 'failed' | 'skipped';
  readonly record: FaultRecord;
}

export interface ScheduleOptions {
  readonly faults: readonly FaultPlan[];
  /** From now to the start of the load, from which step times count. */
  readonly startsInMs: number;
  /** One context for each fault: its random stream is its own, so that a shorter schedule chooses the same victims. */
  contextOf(fault: FaultPlan): FaultContext;
  readonly signal: AbortSignal;
  onEvent(event: FaultEvent): void;
}

export interface PlayingSchedule {
  /** In the order of the schedule; filled in as the play goes on. */
  readonly records: readonly FaultRecord[];
  /** Resolves when every step is over and undone; never rejects. */
  readonly done: Promise<void>;
}

/** Starts the schedule. An abort skips what has not begun and immediately undoes what has. */
export function playSchedule(options: ScheduleOptions): PlayingSchedule {
  const records = options.faults.map(
    (plan): FaultRecord => ({
      plan,
      target: '',
      affected: [],
      injectedAtUs: null,
      struckAtUs: null,
      healedAtUs: null,
      verified: false,
      evidence: [],
    }),
  );
  const done = Promise.all(records.map((record) => playStep(record, options))).then(() => undefined);
  return { records, done };
}

async function playStep(record: FaultRecord, { startsInMs, contextOf, signal, onEvent }: ScheduleOptions): Promise<void> {
  const { plan } = record;
  if (!(await waited(startsInMs + plan.atMs, signal))) {
    // Nothing was done, so there is nothing to verify.
    record.verified = true;
    record.evidence.push(RUN_ENDED_FIRST);
    onEvent({ what: 'skipped', record });
    return;
  }
  const context = contextOf(plan);
  const kind = faultKinds.get(plan.kind);
  let injection: SealedInjection;
  try {
    if (kind === undefined) throw new Error(`there is no fault kind ${plan.kind}`);
    injection = await kind.inject(plan.settings, context);
  } catch (error) {
    record.verified = error instanceof ImpossibleFault;
    record.evidence.push(`${record.verified ? 'no-op' : 'injection failed'}: ${errorText(error)}`);
    onEvent({ what: record.verified ? 'skipped' : 'failed', record });
    return;
  }
  record.target = injection.target;
  record.affected = injection.affected;
  record.injectedAtUs = injection.injectedAtUs;
  record.verified = await settle(record, () => injection.verify());
  record.struckAtUs = context.nowUs();
  onEvent({ what: record.verified ? 'injected' : 'failed', record });
  if (injection.undo === null || (kind?.duration === 'open' && plan.forMs === null)) return;
  // `for` counts from the injection: the time of the probe is part of it.
  await waited(Math.max(0, (plan.forMs ?? 0) - (context.nowUs() - injection.injectedAtUs) / 1000), signal);
  const undoneFromUs = context.nowUs();
  const undone = await settle(record, injection.undo);
  record.verified &&= undone;
  record.healedAtUs = undone ? context.nowUs() : null;
  const lasted = lastedText(plan.forMs, { undoneFromUs, ...record });
  if (lasted !== null) record.evidence.push(lasted);
  onEvent({ what: undone ? 'healed' : 'failed', record });
}

/** A difference below this needs no explanation. */
const MORE_MS = 50;
const MORE_SHARE = 0.1;

/** Why a fault lasted longer or shorter than its `for`, with the times; null if it lasted as long, or never began or healed. */
export function lastedText(
  forMs: number | null,
  {
    injectedAtUs,
    undoneFromUs,
    healedAtUs,
  }: { readonly undoneFromUs: number } & Pick<FaultRecord, 'injectedAtUs' | 'healedAtUs'>,
): string | null {
  if (forMs === null || injectedAtUs === null || healedAtUs === null) return null;
  const [beganMs, lastedMs] = [(undoneFromUs - injectedAtUs) / 1000, (healedAtUs - injectedAtUs) / 1000];
  if (Math.abs(lastedMs - forMs) <= Math.max(MORE_MS, forMs * MORE_SHARE)) return null;
  const lasted = `${LASTED} ${formatMs(forMs)}, it lasted ${formatMs(lastedMs)}`;
  if (lastedMs < forMs) return `${lasted}: the run was ended early`;
  const late = beganMs - forMs > MORE_MS ? ', since the probe took so long,' : '';
  return `${lasted}: undoing it began after ${formatMs(beganMs)}${late} and took ${formatMs(lastedMs - beganMs)}`;
}

/** How that sentence begins. */
export const LASTED = 'asked to last';

/** Runs a probe or an undo, keeps its evidence, and turns an error into "not verified". */
async function settle(
  record: FaultRecord,
  act: () => Promise<{ verified: boolean; evidence: readonly string[] }>,
): Promise<boolean> {
  try {
    const { verified, evidence } = await act();
    record.evidence.push(...evidence);
    return verified;
  } catch (error) {
    record.evidence.push(`failed: ${errorText(error)}`);
    return false;
  }
}

/** Waits; false if interrupted before the time was over. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}
