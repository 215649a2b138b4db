/** The recovery clocks in the words and the order of every report, and a repeated step's readings. */
import type { Result } from '../harness/evidence/result/result.ts';

export const EVENT_CLOCKS = [
  ['firstSuccessMs', 'first success'],
  ['reconnected99Ms', '99% reconnected'],
  ['sloMs', 'level regained'],
  ['drainedMs', 'drained'],
] as const;

export const INJECTION_CLOCKS = [['detectedMs', 'detected'], ...EVENT_CLOCKS] as const;

type Step = Result['recoveryDistribution'][number];

/** One clock of one step: what it counts from, its name and its distribution. */
export interface StepClock {
  readonly from: 'injection' | 'heal';
  readonly name: string;
  readonly distribution: Step['clocks']['sloMs'];
}

/** Every clock of a step, those from the injection first. */
export function clocksOfStep({ clocks, fromHeal }: Step): readonly StepClock[] {
  return [
    ...INJECTION_CLOCKS.map(([key, name]): StepClock => ({ from: 'injection', name, distribution: clocks[key] })),
    ...(fromHeal === null
      ? []
      : EVENT_CLOCKS.map(([key, name]): StepClock => ({ from: 'heal', name, distribution: fromHeal[key] }))),
  ];
}

/** The clocks of a step's occurrences, in their order. */
export function occurrencesOf(result: Result, { occurrences }: Step): Result['recovery'] {
  const byFault = new Map(result.recovery.map((clocks) => [clocks.fault, clocks]));
  return occurrences.flatMap((id) => byFault.get(id) ?? []);
}
