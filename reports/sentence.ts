/** The verdict in one sentence, and the recovery of one fault in a word: the first thing every report says. */
import { accounted } from '../harness/evidence/result/accounted.ts';
import { wholeClocks } from '../harness/evidence/result/recovery-clock-table.ts';
import type { Result, Verdict } from '../harness/evidence/result/result.ts';
import { toolName } from '../harness/evidence/result/tool-name.ts';
import { isUnreached } from '../harness/evidence/result/unreached-fault.ts';
import { isCheckWithheld } from '../harness/evidence/result/withheld.ts';
import { faultState, struckFaults } from './fault-words.ts';
import { formatCount, formatInUnit, formatMs, formatPercentile, formatUs, plural, sentenceCase } from './format.ts';
import { httpGoodText } from './http-words.ts';
import { actualText, unansweredText } from './latency-words.ts';
import { leakText } from './leak-words.ts';
import { deliveryProperties } from './properties.ts';
import { formatResolved } from './resolved-time.ts';
import { withheldText } from './shown-result.ts';

export type Recovery = Result['recovery'][number];

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'Pass',
  fail: 'Fail',
  invalid: 'Invalid',
  unknown: 'Unknown',
};

/**
 * When users had recovered: reconnected, served at the level before the fault, and without a backlog; null when it was not seen, or when one of the
 * three is not known.
 */
export function wholeAgainMs(recovery: Recovery): number | null {
  if (recovery.censored) return null;
  let latest = 0;
  for (const { field } of wholeClocks) {
    const ms = recovery[field];
    if (ms === null) return null;
    latest = Math.max(latest, ms);
  }
  return latest;
}

/** `99% answered within 14.9 ms, twice the p99 before the first fault`; null where no fault was timed. */
export function levelInWords({ recoveryLevel: level, recovery }: Result): string | null {
  if (level === null || recovery.length === 0) return null;
  if (level.meaningless !== null) return `it means nothing here, because ${level.meaningless}`;
  const words = `${formatPercentile(level.share * 100).replace(/^p/, '')}% answered within ${formatUs(level.us)}`;
  if (level.source === 'set') return `${words}, as the scenario says`;
  const { steadyP99Us: steady, us } = level;
  if (steady === null || us === null) return words;
  return `${words}, ${us > steady + OWN_MARGIN_US ? 'twice' : '5 ms above'} the p99 before the first fault`;
}

/** Below it the level is the steady p99 and this much more. */
const OWN_MARGIN_US = 5_000;

/** The slowest recovery of the run, or what is known about it. */
export type WorstRecovery =
  | { readonly kind: 'none' }
  | { readonly kind: 'unmeasured' }
  /** There was nothing to strike. */
  | { readonly kind: 'unstruck' }
  /** No fault struck, and the run ended before at least one of them. */
  | { readonly kind: 'unreached' }
  /** Faults struck, and no user lost a connection or waited longer than usual. */
  | { readonly kind: 'unnoticed' }
  | { readonly kind: 'censored'; readonly faults: number }
  | { readonly kind: 'recovered'; readonly ms: number };

export function worstRecovery(result: Result): WorstRecovery {
  if (result.faults.length === 0) return { kind: 'none' };
  if (struckFaults(result).length === 0) return { kind: result.faults.some(isUnreached) ? 'unreached' : 'unstruck' };
  const noticed = result.recovery.filter((recovery) => recovery.noticed);
  const censored = noticed.filter((recovery) => recovery.censored).length;
  if (censored > 0) return { kind: 'censored', faults: censored };
  if (noticed.length === 0 && result.recovery.length > 0) return { kind: 'unnoticed' };
  const clocks = noticed.map(wholeAgainMs);
  // The slowest may be the one that is not known.
  if (clocks.length === 0 || clocks.includes(null)) return { kind: 'unmeasured' };
  return { kind: 'recovered', ms: Math.max(...clocks.map((ms) => ms ?? 0)) };
}

/** The sentence without the verdict's own word: `48,012 messages acknowledged, none lost; ...`. Plain text, not escaped. */
export function verdictSentence(result: Result): string {
  switch (result.verdict) {
    case 'pass':
      return passSentence(result);
    case 'fail':
      return failSentence(result);
    case 'invalid':
      return `${firstReason(result) ?? 'the measurement cannot be trusted'}. ${sentenceCase(withheldText(result) ?? 'no figure of this run is the server’s')}.`;
    case 'unknown':
      return `${firstReason(result) ?? 'nothing was acknowledged, so nothing can be said about delivery'}${alsoLeaking(result)}.`;
  }
}

/** Those that the sentence has not said. */
export function furtherReasons({ verdict, reasons }: Pick<Result, 'verdict' | 'reasons'>): readonly string[] {
  // Where something was broken the sentence names it in words of its own.
  if (verdict === 'invalid' || verdict === 'unknown') return reasons.slice(1);
  return reasons.length < 2 ? [] : reasons;
}

function firstReason({ reasons: [reason, ...more] }: Result): string | null {
  if (reason === undefined) return null;
  return `${reason.replace(/[.\s]+$/u, '')}${more.length === 0 ? '' : ` (and ${plural(more.length, 'more reason')})`}`;
}

/** When and why the run was ended before its time; null when it was not. */
export function abortedText({ aborted }: Result): string | null {
  if (aborted === null) return null;
  return `aborted after ${formatMs(aborted.atMs)}: ${aborted.condition} (it was ${formatInUnit(aborted.actual, aborted.unit)})`;
}

const FAILED_CHECKS_NAMED = 3;

/** What was broken, in words, beginning with what ended the run before its time; whatever else made the run fail is among the reasons. */
function failSentence(result: Result): string {
  const offences = deliveryProperties(result).flatMap(({ state, offence, violations }) =>
    state === 'broken' ? [offence(violations ?? 0)] : [],
  );
  const failed = result.checks.filter((check) => !check.pass && !isCheckWithheld(check, result));
  const named = failed
    .slice(0, FAILED_CHECKS_NAMED)
    .map((check) => `${check.name} did not hold (${actualText(check, check.unit)})`);
  const more = failed.length > named.length ? [`${plural(failed.length - named.length, 'more check')} did not hold`] : [];
  const aborted = abortedText(result);
  const parts = [...(aborted === null ? [] : [aborted]), ...offences, ...named, ...more];
  const said = parts.length === 0 ? (firstReason(result) ?? 'the run failed') : parts.join('; ');
  return `${said}${alsoLeaking(result)}.`;
}

function alsoLeaking(result: Result): string {
  const leak = leakText(result);
  return leak === null ? '' : `; ${leak}`;
}

/** The sentence for a run without a ledger, which does not mention delivery. */
function requestsSentence({ http, measuredBy, latency, checks, load }: Result): string {
  const within = (p99Us: number | null | undefined): string =>
    p99Us == null ? '' : `, 99% within ${atMost(p99Us, http?.resolutionUs ?? load.resolutionUs)}`;
  if (http === null && measuredBy !== null) {
    const held = checks.length === 0 ? 'no threshold is known' : 'every threshold held';
    return `measured by ${toolName(measuredBy.tool)}: ${held}${within(latency.response?.p99Us ?? latency.service?.p99Us)}; no message was accounted for.`;
  }
  if (http === null) return 'requests were answered.';
  // A summary without a threshold does not say that there was none.
  const open = measuredBy?.tool === 'k6' && checks.length === 0 ? '; no threshold is known' : '';
  return `${httpGoodText(http)}${within(http.latency?.p99Us)}${open}; no messages to account for.`;
}

/** A text that says "within" a time needs no sign before it. */
function atMost(us: number | null, resolutionUs: number): string {
  return formatResolved(us, resolutionUs).replace(/^< /, '');
}

function passSentence(result: Result): string {
  const delivery = accounted(result);
  if (delivery === null) return requestsSentence(result);
  const { latency } = result;
  const faults = struckFaults(result);
  const idle = result.faults.filter((fault) => faultState(fault) === 'no-op').length;
  const lost = delivery.lost === 0 ? 'none lost' : `${formatCount(delivery.lost)} lost`;
  const parts = [`${plural(delivery.acked, 'message')} acknowledged, ${lost}`];
  if (latency.response?.p99Us != null)
    parts.push(`99% answered within ${atMost(latency.response.p99Us, result.load.resolutionUs)}`);
  const unanswered = unansweredText(result);
  if (unanswered !== null) parts.push(unanswered);
  const worst = worstRecovery(result);
  if (worst.kind === 'recovered') {
    parts.push(
      `everybody recovered ${formatMs(worst.ms)} after ${faults.length === 1 ? 'the fault' : `the worst of ${faults.length} faults`}`,
    );
  } else if (worst.kind === 'unnoticed') {
    parts.push(`no user noticed ${faults.length === 1 ? 'the fault' : `any of ${faults.length} faults`}`);
  } else if (worst.kind === 'censored') {
    parts.push(`${plural(worst.faults, 'fault')} not recovered from before the end`);
  }
  if (idle > 0) parts.push(`${plural(idle, faults.length === 0 ? 'fault' : 'more fault')} found nothing to strike`);
  const leak = leakText(result);
  if (leak !== null) parts.push(leak);
  return `${parts.join('; ')}.`;
}
