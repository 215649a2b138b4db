/**
 * The recovery clocks of a Result in one table, in the order in which reports show them. Metrics, telemetry, judgements and every
 * report read a clock by its row, so that a field's name stands only here, in the schema and where the clock is computed.
 */
import type { Result } from './result.ts';

type Recovery = Result['recovery'][number];

interface RecoveryClock {
  /** Its field in `recovery[]`, and in `recoveryDistribution[].clocks` unless it is a gap. */
  readonly field: keyof Recovery;
  /** The name of its metric is `recovery.` plus this. */
  readonly metric: string;
  /** Its label in telemetry. */
  readonly label: string;
  /** What it measures, for the summary of its metric. */
  readonly summary: string;
  /** Its name in tables and charts; a head that stands alone begins with a capital. */
  readonly name: string;
  /** Its name in a column of nine characters. */
  readonly column: string;
  /** What it says in a sentence on users who have recovered; null for a clock that has no part in that. */
  readonly whole: string | null;
  /** Whether it is one event, for which a repeated step has a distribution, or the longest gap until users were back. */
  readonly event: boolean;
  /** Whether it also runs from the moment at which the fault was undone. */
  readonly fromHeal: boolean;
}

export const recoveryClocks = [
  {
    field: 'detectedMs',
    metric: 'detected',
    label: 'detected',
    summary: 'first sign of trouble',
    name: 'detected',
    column: 'detected',
    whole: null,
    event: true,
    fromHeal: false,
  },
  {
    field: 'firstSuccessMs',
    metric: 'firstSuccess',
    label: 'first-success',
    summary: 'first success of an affected user',
    name: 'first success',
    column: 'success',
    whole: null,
    event: true,
    fromHeal: true,
  },
  {
    field: 'reconnected99Ms',
    metric: 'reconnected',
    label: 'reconnected',
    summary: '99% of the affected sessions connected again',
    name: '99% reconnected',
    column: '99% back',
    whole: '99% reconnected',
    event: true,
    fromHeal: true,
  },
  {
    field: 'sloMs',
    metric: 'slo',
    label: 'slo',
    summary: "the level of service regained for good: the scenario's `recovery.level`, or the run's own steady state",
    name: 'level regained',
    column: 'level',
    whole: 'service level',
    event: true,
    fromHeal: true,
  },
  {
    field: 'drainedMs',
    metric: 'drained',
    label: 'drained',
    summary: 'the backlog of the fault delivered',
    name: 'drained',
    column: 'drained',
    whole: 'backlog drained',
    event: true,
    fromHeal: true,
  },
  {
    field: 'longestGapMs',
    metric: 'longestGap',
    label: 'longest-gap',
    summary: 'longest time without any acknowledgement for affected users',
    name: 'longest gap',
    column: 'gap',
    whole: null,
    event: false,
    fromHeal: false,
  },
] as const satisfies readonly RecoveryClock[];

type Clock = (typeof recoveryClocks)[number];
type EventClock = Extract<Clock, { readonly event: true }>;
export type HealClock = Extract<Clock, { readonly fromHeal: true }>;
type WholeClock = Extract<Clock, { readonly whole: string }>;

/** The clocks that a repeated step has a distribution of. */
export const eventClocks = recoveryClocks.filter((clock): clock is EventClock => clock.event);
/** The clocks that also run from the heal. */
export const healClocks = recoveryClocks.filter((clock): clock is HealClock => clock.fromHeal);
/** The clocks that have all run out once users have recovered. */
export const wholeClocks = recoveryClocks.filter((clock): clock is WholeClock => clock.whole !== null);

/** The level of service must be held for so long before it is known to be regained. */
const LEVEL_HELD_MS = 1000;

/** Within how long a clock would have been seen, in a fault that was watched for `watchedMs`; one that was not is longer than that. */
export function seenWithinMs(field: EventClock['field'], watchedMs: number): number {
  return field === 'sloMs' ? Math.max(0, watchedMs - LEVEL_HELD_MS) : watchedMs;
}

/** When the level of service was regained: of one fault in milliseconds, or of a repeated step as a distribution. */
export function levelRegained<Value>(clocks: { readonly sloMs: Value }): Value {
  return clocks.sloMs;
}

/** Milliseconds. */
export function longestGap({ longestGapMs }: Recovery): number | null {
  return longestGapMs;
}

/**
 * Whether a clock of a fault without a time never came. The clock of the level is unknown without a level, and with one that says nothing;
 * the excess is no moment that could come.
 */
export function neverCame(
  { recoveryLevel }: Pick<Result, 'recoveryLevel'>,
  { censored }: Pick<Result['recovery'][number], 'censored'>,
  field: string,
): boolean {
  if (!censored || !eventClocks.some((clock) => clock.field === field)) return false;
  return field !== 'sloMs' || recoveryLevel?.meaningless === null;
}
