/**
 * The verdict of a run, from its Result's own fields: pure, and the same for everyone who reads result.json. harness/README.md says under
 * "When a run is not believed" what invalid, unknown, interrupted and aborted mean; the ledger's README has the table of what a drain proves.
 *
 * Order matters. If the driver broke the rules of its interface, nobody knows what the server did: the run is invalid, whatever the ledger
 * counted. A broken delivery property is a failure, however badly the generator performed: a lost message stays lost. After that, a run
 * whose numbers cannot be trusted is invalid, one that an abort condition ended is a failure, one that proved nothing is unknown, and only
 * then do limits decide. An interrupted run proves nothing except what it broke. A drain that gave up breaks a promise or leaves it open
 * (result/drained.ts).
 */

import { drainedState, drainFindings, refusalsText, sessionsEndedText } from '../../../evidence/result/drained.ts';
import { formatInUnit } from '../../../evidence/result/format.ts';
import type { Delivery, Result, Verdict } from '../../../evidence/result/result.ts';

/** The delivery properties: field of `delivery`, and how one offence reads. */
export const deliveryProperties = [
  ['lost', 'acknowledged message never delivered'],
  ['hidden', 'acknowledged message that arrived with a number not above the cursor, so it was never shown'],
  ['duplicatesVisible', 'message shown twice'],
  ['phantom', 'message delivered that nobody sent'],
  ['reordered', 'message delivered out of order'],
  ['misdelivered', 'message delivered to somebody else'],
  ['corrupted', 'message with a damaged payload'],
  ['receiptsEarly', 'receipt before the fact'],
  ['presenceWrong', 'watcher told the wrong presence of somebody'],
] as const satisfies readonly (readonly [keyof Delivery, string])[];

/** Acknowledged messages were still owed, or users were kept out, when the drain gave up: a broken promise of liveness, not of safety. */
export const DRAINED = 'drained';

/** Names of the broken properties, as in the Result's `delivery`; properties that can still be waited for come last. */
export function brokenProperties(delivery: Delivery): readonly string[] {
  const broken = deliveryProperties.flatMap(([property]) => ((delivery[property] ?? 0) > 0 ? [property as string] : []));
  return drainedState(delivery) === 'broken' ? [...broken, DRAINED] : broken;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: string[];
}

/** The input of the verdict; `invalidity` lists what spoilt the measurement, in words. */
export interface Evidence {
  readonly delivery: Delivery;
  readonly checks: Result['checks'];
  readonly invalidity: readonly string[];
  /** Rules that a custom driver broke, in words; absent if it kept them all, as bundled drivers do. */
  readonly driverFaults?: readonly string[];
  /** The abort condition that ended the run early, in words; null if none did. */
  readonly aborted: string | null;
  /** Who interrupted the run and when, in words; null if nobody did. */
  readonly interrupted?: string | null;
  readonly deliveryMustBeIntact: boolean;
  /** Other runs were active on the machine, in words; null if there were none. */
  readonly beside?: string | null;
  /** Why sessions ended; none without. */
  readonly sessionsEnded?: Result['load']['sessionsEnded'];
  /** Why the drill did not take place, if no fault found anything to strike; otherwise null. */
  readonly unstruck?: string | null;
  /** Which faults an early end left out, in words; null if it left out none. */
  readonly unreached?: string | null;
}

/** Decides, and says why. */
export function judgeRun({
  delivery,
  checks,
  invalidity,
  driverFaults = [],
  aborted,
  interrupted = null,
  deliveryMustBeIntact,
  sessionsEnded = [],
  unstruck = null,
  unreached = null,
  beside = null,
}: Evidence): Judgement {
  const broken = deliveryProperties.flatMap(([property, offence]) => {
    const offences = delivery[property];
    return offences !== null && offences > 0 ? [`${property}: ${offences} × ${offence}`] : [];
  });
  const state = drainedState(delivery);
  const drain = drainReasons(delivery, sessionsEnded);
  const delivered = deliveryMustBeIntact ? [...broken, ...(state === 'broken' && interrupted === null ? drain : [])] : [];
  const missed = checks.filter(({ pass }) => !pass).map(missedCheck);

  const ended = [interrupted, aborted, unreached].filter((text) => text !== null);

  if (driverFaults.length > 0) return { verdict: 'invalid', reasons: [...ended, ...driverFaults, ...invalidity] };
  if (delivered.length > 0) return { verdict: 'fail', reasons: [...ended, ...delivered, ...missed, ...invalidity] };
  // A part of a run proves nothing about the whole.
  if (interrupted !== null) return { verdict: 'unknown', reasons: [...ended, ...invalidity] };
  // What a late generator measured about itself is no reason to blame the server.
  if (invalidity.length > 0) return { verdict: 'invalid', reasons: [...ended, ...invalidity] };
  // A figure that another load made worse is not held against the server; a limit that was met nevertheless was met.
  if (beside !== null && (aborted !== null || missed.length > 0))
    return { verdict: 'invalid', reasons: [...ended, beside, ...missed] };
  if (aborted !== null) return { verdict: 'fail', reasons: [...ended, ...missed] };
  if (delivery.acked === 0)
    return {
      verdict: 'unknown',
      reasons: ['no message was acknowledged: nothing is proven', ...whyNothing(delivery, drain, sessionsEnded)],
    };
  const open = deliveryMustBeIntact && state === 'unknown' ? drain : [];
  // A recovery that was never needed is not a recovery that never came.
  const onlyUnmeasured = checks.every(({ pass, actual, never }) => pass || (actual === null && never !== true));
  if (unstruck !== null && onlyUnmeasured) return { verdict: 'unknown', reasons: [unstruck, ...missed, ...open] };
  if (missed.length > 0) return { verdict: 'fail', reasons: [...missed, ...open] };
  if (open.length > 0) return { verdict: 'unknown', reasons: open };
  return { verdict: 'pass', reasons: [] };
}

/** What the drain left behind, one sentence each; if users were kept out, also why their sessions ended. */
function drainReasons(delivery: Delivery, sessionsEnded: Result['load']['sessionsEnded']): string[] {
  const when = delivery.drained ? '' : ' when the drain gave up';
  return drainFindings(delivery).map(({ what, text }) => {
    const ends = what === 'away' ? sessionsEndedText(sessionsEnded) : null;
    return `drained: ${text}${when}${ends === null ? '' : `; sessions had ended: ${ends}`}`;
  });
}

/** Why a server acknowledged nothing, as far as it is known. */
function whyNothing({ refusals }: Delivery, drain: readonly string[], sessionsEnded: Result['load']['sessionsEnded']): string[] {
  const refused = refusalsText(refusals ?? []);
  const ends = drain.some((reason) => reason.includes('sessions had ended')) ? null : sessionsEndedText(sessionsEnded);
  return [
    ...(refused === null ? [] : [`messages were refused: ${refused}`]),
    ...drain,
    ...(ends === null ? [] : [`sessions ended: ${ends}`]),
  ];
}

/**
 * The same for a load of HTTP requests alone. There are no messages, so delivery is neither intact nor broken, and nothing is said about
 * it. A good answer takes the place of an acknowledgement as the proof that the server served. If it is not known whether there was one,
 * nothing is proven, but a limit that was not met still counts.
 */
export function judgeRequests({
  ok,
  checks,
  invalidity,
  aborted,
  interrupted = null,
  beside = null,
  unproven = 'no request was answered with a status of 2xx: nothing is proven',
}: Pick<Evidence, 'checks' | 'invalidity' | 'aborted' | 'interrupted' | 'beside'> & {
  readonly ok: number | null;
  readonly unproven?: string;
}): Judgement {
  const missed = checks.filter(({ pass }) => !pass).map(missedCheck);
  const ended = [...(interrupted === null ? [] : [interrupted]), ...(aborted === null ? [] : [aborted])];
  if (interrupted !== null) return { verdict: 'unknown', reasons: [...ended, ...invalidity] };
  if (invalidity.length > 0) return { verdict: 'invalid', reasons: [...ended, ...invalidity] };
  if (beside !== null && (aborted !== null || missed.length > 0))
    return { verdict: 'invalid', reasons: [...ended, beside, ...missed] };
  if (aborted !== null) return { verdict: 'fail', reasons: [...ended, ...missed] };
  if (ok === 0) return { verdict: 'unknown', reasons: [unproven] };
  if (missed.length > 0) return { verdict: 'fail', reasons: missed };
  if (ok === null) return { verdict: 'unknown', reasons: [unproven] };
  return { verdict: 'pass', reasons: [] };
}

/** A limit that was not met, in words. */
export function missedCheck({ name, actual, limit, unit, never }: Result['checks'][number]): string {
  const measured =
    never === true
      ? 'never came, since too many messages had no answer'
      : actual === null
        ? 'could not be measured'
        : `was ${formatInUnit(actual, unit)}`;
  return limit === null ? `${name} ${measured}` : `${name} ${measured}; the limit is ${formatInUnit(limit, unit)}`;
}
