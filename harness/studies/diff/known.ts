/** What a Result knows about its conditions, as text; null if it does not say. Pure. */
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import type { Result } from '../../evidence/result/result.ts';

const UNKNOWN = 'unknown';

/** Null for what was never filled in. */
export function knownText(text: string | null | undefined): string | null {
  return text == null || text === '' || text === UNKNOWN ? null : text;
}

/**
 * A number that cannot be zero if it was measured: users, nodes, bytes of memory. Results that were imported before such figures could be
 * null have a zero there.
 */
export function knownNumber(value: number | null | undefined): number | null {
  return value == null || !(value > 0) ? null : value;
}

/** Null if the run does not say on which machine it took place. */
export function knownMachine({ environment }: Pick<Result, 'environment'>): string | null {
  const { os, cpu, cores } = environment;
  return knownText(os) === null || knownText(cpu) === null || knownNumber(cores) === null
    ? null
    : machineFingerprint(environment);
}

/** `letitcrash`, or the tool whose output was imported. */
export function instrumentOf({ measuredBy }: Pick<Result, 'measuredBy'>): string {
  return measuredBy === null ? 'letitcrash' : measuredBy.tool;
}
