/** The metrics of recovery: every clock of the worst fault, from injection and from heal, once and over repeats. Pure. */
import { eventClocks, healClocks, recoveryClocks } from '../result/recovery-clock-table.ts';
import type { Result } from '../result/result.ts';
import type { Metric } from './metric.ts';

/** Not a clock but an area; it is read like one. */
const EXCESS = {
  metric: 'excessLatency',
  field: 'excessLatencyMs',
  summary: "message-milliseconds above the steady state's p99",
} as const;
const STATISTICS = [
  ['median', 'half'],
  ['p95', '95%'],
] as const;

export const recoveryMetrics: readonly Metric[] = [
  ...[...recoveryClocks, EXCESS].map(({ metric: name, field, summary }) =>
    metric(name, 'faults', `worst over all faults that users noticed, from injection: ${summary}`, (result) =>
      noticed(result).map((clocks) => clocks[field]),
    ),
  ),
  ...healClocks.map(({ metric: name, field, summary }) =>
    metric(`fromHeal.${name}`, 'faults', `worst over all faults that were undone, from there: ${summary}`, (result) =>
      noticed(result).flatMap(({ fromHeal }) => (fromHeal === null ? [] : [fromHeal[field]])),
    ),
  ),
  ...eventClocks.flatMap(({ metric: name, field, summary }) =>
    STATISTICS.map(([statistic, share]) =>
      metric(
        `${name}.${statistic}`,
        'repeats',
        `${share} of the repeats of the worst step, from injection: ${summary}`,
        (result) => result.recoveryDistribution.map(({ clocks }) => clocks[field][statistic]),
      ),
    ),
  ),
  ...healClocks.flatMap(({ metric: name, field, summary }) =>
    STATISTICS.map(([statistic, share]) =>
      metric(
        `fromHeal.${name}.${statistic}`,
        'repeats',
        `${share} of the repeats of the worst step that is undone, from there: ${summary}`,
        (result) =>
          result.recoveryDistribution.flatMap(({ fromHeal }) => (fromHeal === null ? [] : [fromHeal[field][statistic]])),
      ),
    ),
  ),
];

/** The faults from which there was something to recover. */
function noticed({ recovery }: Result): Result['recovery'] {
  return recovery.filter((clocks) => clocks.noticed);
}

function metric(
  name: string,
  needs: Metric['needs'],
  summary: string,
  values: (result: Result) => readonly (number | null)[],
): Metric {
  return {
    name: `recovery.${name}`,
    unit: 'ms',
    better: 'lower',
    summary,
    loads: ['messages'],
    needs,
    read: (result) => worst(values(result)),
  };
}

/** Largest; null if empty or if any is null, since "never" is worse than every number. */
function worst(values: readonly (number | null)[]): number | null {
  let highest: number | null = null;
  for (const value of values) {
    if (value === null) return null;
    highest = highest === null ? value : Math.max(highest, value);
  }
  return highest;
}
