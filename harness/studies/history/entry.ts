/** What history keeps of a result. Pure. */
import { createHash } from 'node:crypto';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { metrics } from '../../evidence/metrics/metrics.ts';
import { HISTORY_ENTRY_SCHEMA, type HistoryEntry } from '../../evidence/result/history.ts';
import type { Result } from '../../evidence/result/result.ts';
import { profiledFigures } from '../../run/profile/profiled-figures.ts';

const IDENTITY_CHARS = 16;

/** The entry of a run, or why it has no place in the history, in words: what was not believed then is not believed later. */
export function historyEntry(result: Result, label: string | null): HistoryEntry | string {
  const { verdict, target, load, measuredBy } = result;
  if (verdict !== 'pass' && verdict !== 'fail')
    return `the run is ${verdict}, so its figures are not the server's (${result.reasons[0] ?? 'no reason given'})`;
  const profiled = profiledFigures(result);
  if (profiled !== null) return profiled;
  return {
    schema: HISTORY_ENTRY_SCHEMA,
    run: runIdentity(result),
    startedAt: result.startedAt,
    label,
    verdict,
    version: target.version,
    runtime: target.runtime,
    letitcrash: result.environment.letitcrash,
    setup: {
      scenario: result.scenario.name,
      target: target.name,
      nodes: target.nodes,
      config: target.config,
      // How many users k6 and Artillery had is an outcome of the run; autocannon was told the number.
      users: measuredBy?.imported != null && measuredBy.tool !== 'autocannon' ? null : load.users,
      model: load.model,
      payloadBytes: load.payloadBytes,
      offlineShare: load.offlineShare,
      driver: load.driver,
      faults: result.faults.map(faultAsAsked),
    },
    fingerprint: machineFingerprint(result.environment),
    values: valuesOf(result),
    ...neverOf(result),
  };
}

/**
 * No two runs begin in the same millisecond with the same seed and last equally long to the microsecond. An imported run is identified by
 * its content, whatever it was called and whenever its file was written.
 */
function runIdentity({ startedAt, seed, durationMs, scenario, measuredBy }: Result): string {
  const imported = measuredBy?.imported ?? null;
  const text = JSON.stringify(
    imported === null ? [startedAt, seed, durationMs, scenario.name, scenario.sha256] : [measuredBy?.tool, imported.sha256],
  );
  return createHash('sha256').update(text).digest('hex').slice(0, IDENTITY_CHARS);
}

/** Who was hit is drawn from the seed; what was asked for is the setup. */
function faultAsAsked({ kind, requested }: Result['faults'][number]): string {
  const settings = Object.entries(requested).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [kind, ...settings].join(' ');
}

/** What is later than every value. */
function neverOf(result: Result): Pick<HistoryEntry, 'never'> {
  const never = [...metrics.values()].filter(({ isNever }) => isNever?.(result) === true).map(({ name }) => name);
  return never.length === 0 ? {} : { never };
}

function valuesOf(result: Result): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { name, read } of metrics.values()) {
    const value = read(result);
    if (value !== null && Number.isFinite(value)) values[name] = value;
  }
  return values;
}
