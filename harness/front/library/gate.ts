/** May this change be merged? A candidate against a baseline, or one finished run against limits. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison } from '../../evidence/result/comparison.ts';
import type { Diff } from '../../evidence/result/diff.ts';
import { documentText } from '../../evidence/result/printable.ts';
import type { Result } from '../../evidence/result/result.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';
import { makeFolder } from '../../run/tools/make-folder.ts';
import type { ComparisonEvent } from '../../studies/compare/comparison-sides.ts';
import { type GateOutcome as Decision, gateOutcome } from '../../studies/gate/gate-outcome.ts';
import { holdToPolicy } from '../../studies/gate/hold-to-policy.ts';
import { playComparison } from './compare.ts';
import { diffRuns } from './diff.ts';
import type { GateWishes } from './gate-checks.ts';
import { GATE_FOLDER } from './own-files.ts';
import { type PreparedGate, prepareGate } from './prepare-gate.ts';
import { writeReports } from './report-files.ts';

/** How often a run is played at most: one that the machine disturbed says nothing about the candidate. */
const ATTEMPTS = 3;

/** The progress of a gate: what is built, then the events of the comparison, or of the one run if there is no baseline. */
export type GateEvent = { readonly kind: 'build'; readonly message: string } | ComparisonEvent | RunEvent;

export interface GateOptions extends GateWishes {
  /** Ends the gate: what was started is ended, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Nothing is printed without it. */
  readonly onProgress?: ((event: GateEvent) => void) | undefined;
}

/** `kind` says what was done: both sides played in turns, the candidate alone because there is no baseline, or finished runs judged, two or one. */
export type GateOutcome = {
  /** `inconclusive`: not shown to be worse. `invalid`: nothing was proven. */
  readonly outcome: Decision;
  readonly outDir: string;
  /** report.html in it. */
  readonly reportPath: string;
  /** summary.md in it, as it is written. */
  readonly summary: string;
} & (
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  /** `why` says in words why there was nothing to compare with. */
  | { readonly kind: 'first'; readonly result: Result; readonly why: string }
  | { readonly kind: 'diff'; readonly diff: Diff }
  | { readonly kind: 'run'; readonly result: Result }
);

/**
 * Builds a baseline and a candidate, plays them in turns on this machine and decides; or holds a finished run to a policy's limits. This is
 * what `letitcrash gate` does, but outside an arena.
 * @throws ScenarioError and GateError for mistakes in the request, ToolError when git, npm or a build fails, RunError when a side cannot run
 *   here, and the signal's reason when aborted.
 */
export async function gate(options: GateOptions): Promise<GateOutcome> {
  const { signal, onProgress = () => undefined } = options;
  try {
    const prepared = await prepareGate(options, { signal, onBuild: (message) => onProgress({ kind: 'build', message }) });
    const outcome = await playGate(prepared, { signal, onComparison: onProgress, onRun: onProgress });
    signal?.throwIfAborted();
    return outcome;
  } catch (error) {
    // Timers that were cut short have an error text of their own.
    signal?.throwIfAborted();
    throw error;
  }
}

export interface GatePlay {
  readonly signal?: AbortSignal | undefined;
  readonly onComparison?: ((event: ComparisonEvent) => void) | undefined;
  readonly onRun?: ((event: RunEvent) => void) | undefined;
}

/** Plays a gate that was prepared. A comparison that was aborted after some blocks were complete still has an outcome, which says so. */
export async function playGate(prepared: PreparedGate, play: GatePlay): Promise<GateOutcome> {
  switch (prepared.kind) {
    case 'comparison': {
      const outcome = await playComparison(prepared.comparison, { signal: play.signal, onProgress: play.onComparison });
      return withSummary({ kind: 'comparison', ...outcome, outcome: gateOutcome(outcome.comparison) });
    }
    case 'first':
      return first(prepared, play);
    case 'diff': {
      const { a, b, policy, outDir } = prepared;
      const outcome = await diffRuns(a, { ...b, result: holdToPolicy(b.result, policy) }, { outDir });
      return withSummary({ kind: 'diff', ...outcome, outcome: diffOutcome(outcome.diff) });
    }
    case 'run': {
      const { run, policy } = prepared;
      const result = holdToPolicy(run.result, policy);
      // The run's own files stay as they are: the judgement is written beside them, or where it is told to.
      const outDir = prepared.outDir ?? join(run.folder, GATE_FOLDER);
      makeFolder(outDir);
      return withSummary({
        kind: 'run',
        result,
        outDir,
        reportPath: await writeReports(result, outDir),
        outcome: resultOutcome(result),
      });
    }
  }
}

/**
 * The baseline has no such server yet: the change that brings it is compared with nothing, so the candidate is played alone and held to its
 * scenario and to the policy's limits. What holds is no proof that nothing became worse: the answer is open.
 */
async function first(prepared: Extract<PreparedGate, { kind: 'first' }>, play: GatePlay): Promise<GateOutcome> {
  const { lacks, policy, outDir } = prepared;
  const why = `there is no baseline yet: ${lacks}. The candidate was played alone; from the next change on, both sides are compared`;
  const result = holdToPolicy(await playedResult(prepared, play), policy);
  await writeFile(join(outDir, 'result.json'), `${documentText(result)}\n`);
  const reportPath = await writeReports(result, outDir);
  const summaryPath = join(outDir, SUMMARY_FILE);
  await writeFile(summaryPath, `**Gate: ${why}.**\n\n${await readFile(summaryPath, 'utf8')}`);
  const outcome = result.verdict === 'pass' ? 'inconclusive' : resultOutcome(result);
  return withSummary({ kind: 'first', result, why, outDir, reportPath, outcome });
}

/** The first run that the machine did not spoil, or else the last one. Each has its own folder. */
async function playedResult(
  { candidate: { plan, target }, outDir }: Extract<PreparedGate, { kind: 'first' }>,
  { signal = new AbortController().signal, onRun = () => undefined }: GatePlay,
): Promise<Result> {
  // Loaded only now, because mistakes need no generator.
  const { runScenario } = await import('../../run/conductor/conductor.ts');
  for (let attempt = 1; ; attempt++) {
    const own = join(outDir, 'runs', String(attempt));
    const { result } = await runScenario(plan, { outDir: own, signal, progress: onRun, target });
    if (resultOutcome(result) !== 'invalid' || attempt === ATTEMPTS) return result;
    const message = `run ${attempt} proved nothing: ${result.reasons[0] ?? result.verdict}; playing it again`;
    onRun({ kind: 'warning', message });
  }
}

function resultOutcome({ verdict }: Pick<Result, 'verdict'>): Decision {
  return verdict === 'unknown' ? 'invalid' : verdict;
}

/** A message that B lost, or a limit that it missed, counts however few runs there are; beyond that, two runs decide nothing. */
export function diffOutcome({ a, b }: Pick<Diff, 'a' | 'b'>): Exclude<Decision, 'pass'> {
  if (b.verdict === 'fail') return 'fail';
  return [a, b].some(({ verdict }) => verdict === 'invalid' || verdict === 'unknown') ? 'invalid' : 'inconclusive';
}

const SUMMARY_FILE = 'summary.md';

type Unsummed<Outcome> = Outcome extends unknown ? Omit<Outcome, 'summary'> : never;

async function withSummary(outcome: Unsummed<GateOutcome>): Promise<GateOutcome> {
  return { ...outcome, summary: await readFile(join(outcome.outDir, SUMMARY_FILE), 'utf8') };
}
