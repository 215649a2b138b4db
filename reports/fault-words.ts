/** What reports say of faults as a whole: which struck, in what state each is, and what a kill cannot show. Plain text. */
import type { Result } from '../harness/evidence/result/result.ts';
import { isUnreached } from '../harness/evidence/result/unreached-fault.ts';

type Fault = Result['faults'][number];

/** `no-op`: there was nothing to strike. `unreached`: the run ended before it. */
export type FaultState = 'verified' | 'not verified' | 'no-op' | 'unreached';

/** Results from before it was told apart call a fault verified that was never injected. */
export function faultState(fault: Fault): FaultState {
  const { struck, verified, injectedAtMs } = fault;
  if (isUnreached(fault)) return 'unreached';
  if (struck === false || (struck == null && verified && injectedAtMs === null)) return 'no-op';
  return verified ? 'verified' : 'not verified';
}

/** All but those that found nothing to strike, and those that the run ended before. */
export function struckFaults({ faults }: Result): readonly Fault[] {
  return faults.filter((fault) => !['no-op', 'unreached'].includes(faultState(fault)));
}

/** By kind, what becomes of data that was written and not flushed: a Result has the kind's name only. A test compares this with the kinds. */
export const UNFLUSHED: Readonly<Record<string, 'kept' | 'lost'>> = {
  'kill-node': 'kept',
  'node-never-returns': 'kept',
  'power-loss': 'lost',
};

/** What a run with durability fsync and kills has not shown; null where nothing was killed, or where the power failed too. */
export function killCaveat(result: Result): string | null {
  const unflushed = struckFaults(result).map(({ kind }) => UNFLUSHED[kind]);
  if (result.target.config.durability !== 'fsync' || !unflushed.includes('kept') || unflushed.includes('lost')) return null;
  return 'A kill cannot show that acknowledged messages had been flushed: what a process has written stays in the kernel’s cache when the process is killed, and only a loss of power takes it away. A server that acknowledges before it flushes would pass this run.';
}
