/** Compares two configurations of a server by runs that take turns: what differs, by how much, and with what confidence. */
import type { Comparison } from '../../evidence/result/comparison.ts';
import type { ComparisonEvent } from '../../studies/compare/comparison-sides.ts';
import { reachText } from '../../studies/compare/reach.ts';
import { writeComparisonReports } from './comparison-files.ts';
import { type ComparisonWishes, type PreparedComparison, prepareComparison } from './prepare-comparison.ts';

export { gateOutcome } from '../../studies/gate/gate-outcome.ts';
export type { ComparisonEvent };

export interface ComparisonPlay {
  /** Ends the comparison: what was started is ended, complete blocks are kept, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each run, each look and each invalid block. Nothing is printed without it. */
  readonly onProgress?: ((event: ComparisonEvent) => void) | undefined;
}

export interface CompareOptions extends ComparisonWishes, ComparisonPlay {}

export interface ComparisonOutcome {
  /** The document: comparison.json. Its `verdict` is regressed, equivalent (not worse) or inconclusive. */
  readonly comparison: Comparison;
  readonly outDir: string;
  /** report.html in it. */
  readonly reportPath: string;
}

/**
 * Compares B with A: is B worse by more than a margin? A side is a scenario perhaps, and what is different from it: `durability=fsync`,
 * `smoke nodes=1`, `node@24`. Each run has a fresh server. What `letitcrash compare` does, outside an arena.
 * @throws ScenarioError for mistakes in a side, the policy or the metrics and for fewer blocks or less time than any answer takes, RunError
 *   when a side cannot run here, the signal's reason when aborted.
 */
export async function compare(a: string, b: string, options: CompareOptions = {}): Promise<ComparisonOutcome> {
  const { signal } = options;
  try {
    const outcome = await playComparison(await prepareComparison(a, b, options), options);
    // The folder has what was played.
    signal?.throwIfAborted();
    return outcome;
  } catch (error) {
    // Timers that were cut short have an error text of their own.
    signal?.throwIfAborted();
    throw error;
  }
}

/** The same from what was prepared. Of one that was aborted when blocks were complete, those make a comparison that says so. */
export async function playComparison(
  prepared: PreparedComparison,
  { signal = new AbortController().signal, onProgress = () => undefined }: ComparisonPlay,
): Promise<ComparisonOutcome> {
  const { sides, asked, ...rest } = prepared;
  for (const message of reachText(asked)) onProgress({ kind: 'notice', message });
  // Loaded only now, because mistakes need no generator.
  const { runComparison } = await import('../../studies/compare/run-comparison.ts');
  const comparison = await runComparison(sides, { ...rest, ...asked, signal, progress: onProgress });
  return { comparison, outDir: rest.outDir, reportPath: await writeComparisonReports(comparison, rest.outDir) };
}
