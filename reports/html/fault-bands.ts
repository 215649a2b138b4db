/** A Result's faults as the charts show them: numbered, from injection to heal, with the moment users had recovered. */
import type { Result } from '../../harness/evidence/result/result.ts';
import type { FaultBand } from '../charts/series.ts';
import { oneLine } from '../markup.ts';
import { type Recovery, wholeAgainMs } from '../sentence.ts';

/** F1, F2, ... in the order of the Result. */
export function faultLabel(index: number): string {
  return `F${index + 1}`;
}

/** Faults that were injected; times in milliseconds since the load began. */
export function faultBands(result: Result): readonly FaultBand[] {
  return result.faults.flatMap((fault, index) => {
    if (fault.injectedAtMs === null) return [];
    const recovery = result.recovery.find((candidate) => candidate.fault === fault.id);
    const whole = recovery === undefined ? null : wholeAgainMs(recovery);
    return [
      {
        label: faultLabel(index),
        kind: oneLine(fault.kind),
        fromMs: fault.injectedAtMs,
        toMs: fault.healedAtMs,
        recoveredMs: whole === null ? null : fault.injectedAtMs + whole,
        waitedToMs: recovery === undefined ? null : waitedTo(fault.injectedAtMs, recovery, whole),
      },
    ];
  });
}

function waitedTo(injectedAtMs: number, { censored, watchedMs }: Recovery, whole: number | null): number | null {
  if (whole !== null) return injectedAtMs + whole;
  return censored ? injectedAtMs + watchedMs : null;
}
