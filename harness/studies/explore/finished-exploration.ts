/** Reads what an exploration or a replay left behind in its folder. */
import { type ExplorationResult, explorationSchema, type ReplayResult, replaySchema } from '../../evidence/result/exploration.ts';
import { type Finished, readDocument } from '../../run/folder/finished-document.ts';

export const EXPLORATION_FILE = 'exploration.json';
export const REPLAY_FILE = 'replay.json';
/** One line for each schedule that was played. */
export const SCHEDULES_FILE = 'schedules.ndjson';

/** Reads a folder, or the document in it; returns what is wrong in words. */
export function readExploration(given: string): Promise<Finished<ExplorationResult> | string> {
  return readDocument(given, {
    file: EXPLORATION_FILE,
    schema: explorationSchema,
    what: 'an exploration',
    remedy: 'give a folder that letitcrash explore wrote',
  });
}

/** Reads a folder, or the document in it; returns what is wrong in words. */
export function readReplay(given: string): Promise<Finished<ReplayResult> | string> {
  return readDocument(given, {
    file: REPLAY_FILE,
    schema: replaySchema,
    what: 'a replay',
    remedy: 'give a folder that letitcrash replay wrote',
  });
}
