/** What `replay` plays: a scenario, or the record of a run (its folder, or the schedule.json in it). */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import { placeInFile, type SourceOutcome } from '../../plan/scenario/source.ts';
import { SCHEDULE_SCHEMA } from '../../run/folder/run-files.ts';

/** Reads `given`; mistakes are returned as problems. */
export async function loadRecorded(given: string): Promise<SourceOutcome> {
  const folder = await isFolder(given);
  if (folder && !existsSync(join(given, 'schedule.json'))) {
    const remedy = 'give the folder of a run, which has one, or a scenario';
    const message = 'there is no schedule.json in it';
    return { ok: false, problems: [{ code: 'file-missing', place: placeInFile(given), value: given, message, remedy }] };
  }
  const outcome = await loadScenario(folder ? join(given, 'schedule.json') : given);
  if (!outcome.ok) return outcome;
  const { source } = outcome;
  const data = source.data as { readonly schema?: unknown; readonly play?: unknown } | null;
  if (data?.schema !== SCHEDULE_SCHEMA) return outcome;
  if (data.play === undefined) {
    const remedy = 'play the run again with this version, or give its scenario';
    const problem = {
      code: 'missing',
      place: source.locate([]),
      value: undefined,
      message: 'records no scenario',
      remedy,
    } as const;
    return { ok: false, problems: [problem] };
  }
  return { ok: true, source: { ...source, data: data.play, locate: (path, key) => source.locate(['play', ...path], key) } };
}

async function isFolder(given: string): Promise<boolean> {
  try {
    return (await stat(given)).isDirectory();
  } catch {
    return false;
  }
}
