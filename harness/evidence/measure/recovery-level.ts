/**
 * The level of service that counts as recovered: which share of the messages must be answered within which time. A scenario may set it;
 * otherwise it is the run's own, from the response times before the first fault. Pure.
 */
import type { Observations } from '../ledger/observations.ts';
import type { Result } from '../result/result.ts';
import { quantileOfSorted } from '../stats/quantile.ts';
import { isAnswered, isUnanswered } from './waits.ts';

export type RecoveryLevel = NonNullable<Result['recoveryLevel']>;

/** A level that a scenario sets. */
export interface SetLevel {
  readonly share: number;
  readonly us: number;
}

const OWN_SHARE = 0.99;
/** Fewer messages than this have no meaningful 99th percentile. */
const MIN_STEADY_MESSAGES = 100;
const LEVEL_FACTOR = 2;
const LEVEL_MARGIN_US = 5000;
/**
 * The level must be held for a second: a level that allows a wait of a second would be met by a server that answers nothing in that time.
 */
const MEANINGLESS_US = 1_000_000;
/** Response times that grow like this towards the first fault show a growing queue: the load is more than the server can take. */
const GROWTH = { factor: 2, byUs: 50_000 };

/**
 * The level by which recovery from the faults after `untilUs` is judged. The run's own is max(2 x p99, p99 + 5 ms) of its response times;
 * `meaningless` says why anything would meet that level, or why there is none.
 */
export function recoveryLevelOf(
  observations: Observations,
  fromUs: number,
  untilUs: number,
  set: SetLevel | null,
): RecoveryLevel {
  const responses = steadyResponses(observations, fromUs, untilUs);
  const p99Us = responses.length < MIN_STEADY_MESSAGES ? null : quantileOfSorted(Float64Array.from(responses).sort(), OWN_SHARE);
  const steadyP99Us = p99Us === null || !Number.isFinite(p99Us) ? null : p99Us;
  if (set !== null) return { ...set, source: 'set', steadyP99Us, meaningless: null };
  const us = steadyP99Us === null ? null : Math.max(LEVEL_FACTOR * steadyP99Us, steadyP99Us + LEVEL_MARGIN_US);
  return { share: OWN_SHARE, us, source: 'steady', steadyP99Us, meaningless: whyMeaningless(responses, us) };
}

/**
 * In the order of the messages' intended times; a message that was never acknowledged took for ever, and one whose sender left while it waited
 * shows nothing.
 */
function steadyResponses({ attempts }: Observations, fromUs: number, untilUs: number): readonly number[] {
  const rows: { readonly intendedUs: number; readonly responseUs: number }[] = [];
  for (let row = 0; row < attempts.count; row++) {
    const intendedUs = attempts.intendedUs[row] as number;
    if (intendedUs < fromUs || intendedUs >= untilUs) continue;
    if (isAnswered(attempts, row)) rows.push({ intendedUs, responseUs: (attempts.settledUs[row] as number) - intendedUs });
    else if (isUnanswered(attempts, row)) rows.push({ intendedUs, responseUs: Number.POSITIVE_INFINITY });
  }
  return rows.sort((a, b) => a.intendedUs - b.intendedUs).map(({ responseUs }) => responseUs);
}

function whyMeaningless(responses: readonly number[], levelUs: number | null): string | null {
  if (responses.length < MIN_STEADY_MESSAGES) {
    return `only ${responses.length} messages were sent before the first fault, but ${MIN_STEADY_MESSAGES} are needed to know the usual response times`;
  }
  if (levelUs === null) return 'more than one message in a hundred was never answered before the first fault';
  if (levelUs >= MEANINGLESS_US) {
    return `before the first fault the slowest answers took so long that a wait of ${(levelUs / 1e6).toFixed(1)} s would count as usual`;
  }
  const third = Math.floor(responses.length / 3);
  const early = medianOf(responses.slice(0, third));
  const late = medianOf(responses.slice(-third));
  if (late > GROWTH.factor * early && late - early > GROWTH.byUs) {
    return 'response times were growing before the first fault: the server was overloaded';
  }
  return null;
}

function medianOf(values: readonly number[]): number {
  return quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}
