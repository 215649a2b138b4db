/** The recovery of a step that was played several times, as a distribution over its occurrences. Pure. */
import { seenWithinMs } from '../result/recovery-clock-table.ts';
import type { ClockDistribution, RecoveryDistribution } from '../result/result.ts';
import { censoredQuantile } from '../stats/kaplan-meier.ts';
import type { RecoveryClocks } from './recovery.ts';

/** A step of the schedule with the ids of its occurrences. */
export interface RepeatedStep {
  readonly fault: string;
  readonly kind: string;
  readonly occurrences: readonly string[];
}

/**
 * One row for each step, in the given order, over those of its occurrences that were injected and have clocks. A clock that never came was
 * watched until the end of the load (the level of service, which must hold for a second, until a second before) and counts as longer than that, so a slow recovery is never dropped. An occurrence that overlaps an
 * earlier one counts with its observed time, which the earlier one can only have made longer. An occurrence that nobody noticed is counted
 * separately, because there was nothing to recover from. Without a level of service (`levelKnown`), nothing is known about the clock that
 * reads it.
 */
export function recoveryDistributions(
  clocks: readonly RecoveryClocks[],
  steps: readonly RepeatedStep[],
  levelKnown = true,
): RecoveryDistribution[] {
  const byFault = new Map(clocks.map((row) => [row.fault, row]));
  return steps.flatMap(({ fault, kind, occurrences }) => {
    const struck = occurrences.flatMap((id) => byFault.get(id) ?? []);
    if (struck.length === 0) return [];
    const measured = struck.filter(({ noticed }) => noticed);
    const injected = (clock: keyof RecoveryDistribution['clocks']): ClockDistribution =>
      distribution(measured.map((row) => ({ ms: row[clock], watchedMs: seenWithinMs(clock, row.watchedMs) })));
    const healed = measured.flatMap(({ fromHeal }) => fromHeal ?? []);
    const sinceHeal = (clock: keyof NonNullable<RecoveryDistribution['fromHeal']>): ClockDistribution =>
      distribution(healed.map((row) => ({ ms: row[clock], watchedMs: seenWithinMs(clock, row.watchedMs) })));
    return [
      {
        fault,
        kind,
        occurrences: struck.map((row) => row.fault),
        repeats: struck.length,
        unnoticed: struck.length - measured.length,
        overlapping: measured.filter(({ overlaps }) => overlaps !== null).length,
        clocks: {
          detectedMs: injected('detectedMs'),
          firstSuccessMs: injected('firstSuccessMs'),
          reconnected99Ms: injected('reconnected99Ms'),
          sloMs: levelKnown ? injected('sloMs') : UNKNOWN,
          drainedMs: injected('drainedMs'),
        },
        fromHeal:
          healed.length === 0
            ? null
            : {
                firstSuccessMs: sinceHeal('firstSuccessMs'),
                reconnected99Ms: sinceHeal('reconnected99Ms'),
                sloMs: levelKnown ? sinceHeal('sloMs') : UNKNOWN,
                drainedMs: sinceHeal('drainedMs'),
              },
      },
    ];
  });
}

const UNKNOWN: ClockDistribution = { median: null, p95: null, low: null, high: null, max: null, censored: 0 };

function distribution(readings: readonly { readonly ms: number | null; readonly watchedMs: number }[]): ClockDistribution {
  if (readings.length === 0) return UNKNOWN;
  const came = readings.flatMap(({ ms }) => ms ?? []);
  const watched = readings.flatMap(({ ms, watchedMs }) => (ms === null ? [watchedMs] : []));
  const { value: p95, low, high } = censoredQuantile({ came, watched }, 0.95);
  return {
    median: censoredQuantile({ came, watched }, 0.5).value,
    p95,
    low,
    high,
    max: came.length === 0 ? null : Math.max(...came),
    censored: watched.length,
  };
}
