/**
 * The verdict of a run, from its Result's own fields: pure, and the same for whoever reads result.json.
 *
 * Order matters. A broken delivery property is a failure however badly the generator did: a lost message stays lost. After that, a
 * run whose numbers cannot be trusted is invalid, one that an abort condition ended is a failure, one that proved nothing is unknown,
 * and only then do limits decide.
 */
import type { Result, Verdict } from '../result/result.ts';

/** The delivery properties: field of `delivery`, and how one offence reads. */
export const deliveryProperties = [
  ['lost', 'acknowledged message never delivered'],
  ['duplicatesVisible', 'message shown twice'],
  ['phantom', 'message delivered that nobody sent'],
  ['reordered', 'message delivered out of order'],
  ['misdelivered', 'message delivered to somebody else'],
  ['corrupted', 'message with a damaged payload'],
  ['receiptsEarly', 'receipt before the fact'],
] as const satisfies readonly (readonly [keyof Result['delivery'], string])[];

export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: string[];
}

/** What the verdict looks at; `invalidity` lists what spoilt the measurement, in words. */
export interface Evidence {
  readonly delivery: Result['delivery'];
  readonly checks: Result['checks'];
  readonly invalidity: readonly string[];
  /** The abort condition that ended the run before its time, in words; null when none did. */
  readonly aborted: string | null;
  readonly deliveryMustBeIntact: boolean;
}

/** Decides, and says why. */
export function judgeRun({ delivery, checks, invalidity, aborted, deliveryMustBeIntact }: Evidence): Judgement {
  const broken = deliveryProperties.flatMap(([property, offence]) => {
    const offences = delivery[property];
    return offences > 0 ? [`${property}: ${offences} × ${offence}`] : [];
  });
  const undrained = delivery.drained
    ? []
    : [`drained: ${delivery.pending} acknowledged messages were still undelivered when the drain gave up`];
  const delivered = deliveryMustBeIntact ? [...broken, ...undrained] : [];
  const missed = checks.filter(({ pass }) => !pass).map(missedCheck);

  const ended = aborted === null ? [] : [aborted];

  if (delivered.length > 0) return { verdict: 'fail', reasons: [...ended, ...delivered, ...missed, ...invalidity] };
  // What a late generator read of itself is no reason to blame the server.
  if (invalidity.length > 0) return { verdict: 'invalid', reasons: [...ended, ...invalidity] };
  if (aborted !== null) return { verdict: 'fail', reasons: [...ended, ...missed] };
  if (delivery.acked === 0) return { verdict: 'unknown', reasons: ['no message was acknowledged: nothing is proven'] };
  if (missed.length > 0) return { verdict: 'fail', reasons: missed };
  return { verdict: 'pass', reasons: [] };
}

/**
 * The same for a load of HTTP requests alone. There are no messages, so delivery is neither intact nor broken and nothing is said of it;
 * what takes the place of an acknowledgement as proof that the server served is an answer of status 2xx.
 */
export function judgeRequests({
  ok,
  checks,
  invalidity,
  aborted,
  unproven = 'no request was answered with a status of 2xx: nothing is proven',
}: Pick<Evidence, 'checks' | 'invalidity' | 'aborted'> & { readonly ok: number; readonly unproven?: string }): Judgement {
  const missed = checks.filter(({ pass }) => !pass).map(missedCheck);
  const ended = aborted === null ? [] : [aborted];
  if (invalidity.length > 0) return { verdict: 'invalid', reasons: [...ended, ...invalidity] };
  if (aborted !== null) return { verdict: 'fail', reasons: [...ended, ...missed] };
  if (ok === 0) return { verdict: 'unknown', reasons: [unproven] };
  if (missed.length > 0) return { verdict: 'fail', reasons: missed };
  return { verdict: 'pass', reasons: [] };
}

/** A limit that was not met, in words. */
export function missedCheck({ name, actual, limit, unit }: Result['checks'][number]): string {
  const measured = actual === null ? 'could not be measured' : `was ${round(actual)} ${unit}`.trimEnd();
  return limit === null ? `${name} ${measured}` : `${name} ${measured}; the limit is ${round(limit)} ${unit}`.trimEnd();
}

function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
