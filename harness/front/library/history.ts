/** Figures of runs, kept in a folder over time: adding to it, and seeing where they changed for good. */
import { metrics as allMetrics } from '../../evidence/metrics/metrics.ts';
import type { History } from '../../evidence/result/history.ts';
import { suggestion } from '../../plan/scenario/did-you-mean.ts';
import { quoted } from '../../plan/scenario/problem.ts';
import { historyEntry } from '../../studies/history/entry.ts';
import { addToHistory as append, readHistory } from '../../studies/history/history-file.ts';
import { historyOf } from '../../studies/history/trend.ts';
import { givenRuns } from './diff.ts';
import { ScenarioError } from './scenario-error.ts';

/** Where history is kept when nobody says otherwise. */
export const HISTORY_FOLDER = 'history';
const MAX_LABEL_CHARS = 200;

export interface HistoryAddition {
  readonly folder: string;
  /** Ids of the runs that were added. */
  readonly added: readonly string[];
  /** How many were already in it. */
  readonly known: number;
  /** Runs whose figures are not the server's: invalid, unknown or profiled. */
  readonly refused: readonly { readonly run: string; readonly why: string }[];
}

/**
 * Adds finished runs to a history, each once: what `letitcrash history add` does. `label` says what they are of: a commit, a release.
 * @throws ScenarioError when one of them is no run, and for a label that is no short line; then nothing is added.
 */
export async function addToHistory(
  runs: readonly string[],
  { folder = HISTORY_FOLDER, label }: { readonly folder?: string | undefined; readonly label?: string | undefined } = {},
): Promise<HistoryAddition> {
  if (label !== undefined && (label.length > MAX_LABEL_CHARS || /\p{Cc}/u.test(label)))
    throw new ScenarioError(
      `--label: ${quoted(label)} is not one short line\n  give one line of at most ${MAX_LABEL_CHARS} characters`,
    );
  const read = (await givenRuns(runs)).map(({ run, result }) => ({ run, entry: historyEntry(result, label ?? null) }));
  const entries = read.flatMap(({ entry }) => (typeof entry === 'string' ? [] : [entry]));
  const refused = read.flatMap(({ run, entry }) => (typeof entry === 'string' ? [{ run, why: entry }] : []));
  const added = (await append(folder, entries)).map(({ run }) => run);
  return { folder, added, known: entries.length - added.length, refused };
}

export interface HistoryOptions {
  readonly folder?: string | undefined;
  /** Only runs of this scenario. */
  readonly scenario?: string | undefined;
  /** What to show; without it latencies, rates, memory, processor time and recovery, as far as the runs have them. */
  readonly metrics?: readonly string[] | undefined;
}

export interface HistoryOutcome {
  readonly history: History;
  /** Numbers of the lines that are no entries of this version, and were passed over. */
  readonly unreadable: readonly number[];
}

/** How figures went, and where they changed: what `letitcrash history show` does. @throws ScenarioError where there is nothing to show. */
export async function history(options: HistoryOptions = {}): Promise<HistoryOutcome> {
  const { folder = HISTORY_FOLDER, scenario, metrics } = options;
  const unknown = (metrics ?? []).filter((name) => !allMetrics.has(name));
  const mistakes = unknown.map(
    (name) => `--metric ${name}: there is no such metric\n  ${suggestion(name, [...allMetrics.keys()], 'metrics')}`,
  );
  const kept = await readHistory(folder);
  const entries = kept.entries.filter(({ setup }) => scenario === undefined || setup.scenario === scenario);
  if (kept.entries.length === 0)
    mistakes.push(
      `${folder.trim() === '' ? JSON.stringify(folder) : folder}: there is no history${unreadableText(kept.unreadable)}\n  letitcrash history add runs/<run> --folder ${folder}`,
    );
  else if (entries.length === 0) {
    const names = [...new Set(kept.entries.map(({ setup }) => setup.scenario))];
    mistakes.push(`--scenario ${scenario}: ${folder} has no run of it\n  there are runs of ${names.join(', ')}`);
  }
  if (mistakes.length > 0) throw new ScenarioError(mistakes);
  return { history: historyOf(entries, metrics), unreadable: kept.unreadable };
}

function unreadableText(lines: readonly number[]): string {
  return lines.length === 0 ? '' : `; lines ${lines.join(', ')} are no entries of this version`;
}
