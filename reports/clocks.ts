/** The clocks of a step that was repeated, and its occurrences. */
import { eventClocks, healClocks } from '../harness/evidence/result/recovery-clock-table.ts';
import type { ClockDistribution, Result } from '../harness/evidence/result/result.ts';

type Step = Result['recoveryDistribution'][number];

/** One clock of one step: what it counts from, its name and its distribution. */
export interface StepClock {
  readonly from: 'injection' | 'heal';
  readonly name: string;
  readonly distribution: ClockDistribution;
}

/** Every clock of a step, those from the injection first. */
export function clocksOfStep({ clocks, fromHeal }: Step): readonly StepClock[] {
  return [
    ...eventClocks.map(({ field, name }): StepClock => ({ from: 'injection', name, distribution: clocks[field] })),
    ...(fromHeal === null
      ? []
      : healClocks.map(({ field, name }): StepClock => ({ from: 'heal', name, distribution: fromHeal[field] }))),
  ];
}

/** The clocks of a step's occurrences, in their order. */
export function occurrencesOf(result: Result, { occurrences }: Step): Result['recovery'] {
  const byFault = new Map(result.recovery.map((clocks) => [clocks.fault, clocks]));
  return occurrences.flatMap((id) => byFault.get(id) ?? []);
}
