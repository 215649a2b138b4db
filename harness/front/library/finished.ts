/** Reads what a command left behind in a folder: a run, a comparison, two runs side by side, an exploration, a replay or a history. */
import { basename, dirname, resolve } from 'node:path';
import { explorationWords, replayWords } from '../../../reports/exploration-words.ts';
import type { Comparison } from '../../evidence/result/comparison.ts';
import type { Diff } from '../../evidence/result/diff.ts';
import type { ExplorationResult, ReplayResult } from '../../evidence/result/exploration.ts';
import type { History } from '../../evidence/result/history.ts';
import type { Profile } from '../../evidence/result/profile.ts';
import type { Result } from '../../evidence/result/result.ts';
import { type Finished as FinishedFile, fileIn } from '../../run/folder/finished-document.ts';
import { readRun } from '../../run/folder/finished-run.ts';
import { readProfile } from '../../run/profile/located-profile.ts';
import { COMPARISON_FILE, readComparison } from '../../studies/compare/finished-comparison.ts';
import { DIFF_FILE, readDiff } from '../../studies/diff/finished-diff.ts';
import { EXPLORATION_FILE, REPLAY_FILE, readExploration, readReplay } from '../../studies/explore/finished-exploration.ts';
import { HISTORY_FILE, readHistory } from '../../studies/history/history-file.ts';
import { historyOf } from '../../studies/history/trend.ts';

const RESULT_FILE = 'result.json';

export type FinishedDocument =
  /** `profile` is there if the run was profiled; the paths of its files are absolute. */
  | { readonly kind: 'run'; readonly result: Result; readonly profile?: Profile }
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  | { readonly kind: 'diff'; readonly diff: Diff }
  | { readonly kind: 'exploration'; readonly exploration: ExplorationResult }
  | { readonly kind: 'replay'; readonly replay: ReplayResult }
  | { readonly kind: 'history'; readonly history: History };

export interface Finished {
  readonly folder: string;
  readonly document: FinishedDocument;
}

/** In the order that decides the kind of a folder with several documents. */
export const FINISHED_FILES = [COMPARISON_FILE, RESULT_FILE, DIFF_FILE, EXPLORATION_FILE, REPLAY_FILE, HISTORY_FILE] as const;

/**
 * Reads a folder, or the document in it; otherwise returns what is wrong, in words. A folder of no known kind is read as a run, which says
 * what is missing.
 */
export async function readFinished(given: string): Promise<Finished | string> {
  switch (await fileIn(given, FINISHED_FILES)) {
    case COMPARISON_FILE:
      return as(await readComparison(given), (comparison) => ({ kind: 'comparison', comparison }));
    case DIFF_FILE:
      return as(await readDiff(given), (diff) => ({ kind: 'diff', diff }));
    case EXPLORATION_FILE:
      return as(await readExploration(given), (exploration) => ({ kind: 'exploration', exploration }));
    case REPLAY_FILE:
      return as(await readReplay(given), (replay) => ({ kind: 'replay', replay }));
    case HISTORY_FILE:
      return finishedHistory(given);
    default: {
      const read = await readRun(given);
      if (typeof read === 'string') return read;
      const { folder, result } = read;
      const profile = result.profiledWith === undefined ? null : await readProfile(folder);
      // Without its profile a run is still a run.
      const found = profile === null || typeof profile === 'string' ? {} : { profile };
      return { folder, document: { kind: 'run', result, ...found } };
    }
  }
}

function as<Document>(read: FinishedFile<Document> | string, found: (document: Document) => FinishedDocument): Finished | string {
  return typeof read === 'string' ? read : { folder: read.folder, document: found(read.document) };
}

/** Whether this names a finished run rather than a server: a folder with a result.json, or such a document itself. */
export async function namesFinishedRun(given: string): Promise<boolean> {
  if ((await fileIn(given, [RESULT_FILE])) !== null) return true;
  return given.endsWith('.json') && typeof (await readRun(given)) !== 'string';
}

async function finishedHistory(given: string): Promise<Finished | string> {
  const path = resolve(given);
  const folder = basename(path) === HISTORY_FILE ? dirname(path) : path;
  const { entries, unreadable } = await readHistory(folder);
  if (entries.length === 0)
    return `${given}: none of its ${unreadable.length} lines is an entry of this version\n  letitcrash history add runs/<run> --folder ${given}`;
  return { folder, document: { kind: 'history', history: historyOf(entries) } };
}

/** A history has no such document, and neither have two runs. */
export function verdictOf(document: FinishedDocument): string | null {
  switch (document.kind) {
    case 'run':
      return document.result.verdict;
    case 'comparison':
      return document.comparison.verdict;
    case 'exploration':
      return explorationWords(document.exploration).kind;
    case 'replay':
      return replayWords(document.replay).kind;
    case 'diff':
    case 'history':
      return null;
  }
}
