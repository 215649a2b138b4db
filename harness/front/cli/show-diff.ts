/** Shows two finished runs side by side, for every command that is given two of them. */
import { diffTerminal } from '../../../reports/diff-terminal.ts';
import type { Diff } from '../../evidence/result/diff.ts';
import { fileIn } from '../../run/folder/finished-document.ts';
import { readRun } from '../../run/folder/finished-run.ts';
import type { GivenRun } from '../../studies/diff/side-by-side.ts';
import { diffRuns } from '../library/diff.ts';
import { ScenarioError } from '../library/scenario-error.ts';
import type { Console } from './console.ts';
import { ExitCode } from './exit-codes.ts';

export interface ShownDiff {
  readonly code: ExitCode;
  /** Null if it could not be written; the reason has then been reported. */
  readonly diff: Diff | null;
}

/** Writes the pages, prints the figures, and returns the exit code. */
export async function showDiff(a: GivenRun, b: GivenRun, strict: boolean, console: Console): Promise<ShownDiff> {
  const { out } = console.options;
  try {
    const { diff, reportPath } = await diffRuns(a, b, out === null ? {} : { outDir: out });
    console.printReport(diffTerminal(diff, { colour: console.colour, width: console.width, reportPath }));
    console.document(diff);
    return { code: diffExitCode(diff, strict), diff };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    console.complain(error.message);
    return { code: ExitCode.usage, diff: null };
  }
}

/** A message that B lost, or a limit that it missed, counts however few runs there are; beyond that, two runs decide nothing. */
export function diffExitCode({ a, b }: Pick<Diff, 'a' | 'b'>, strict: boolean): ExitCode {
  if (b.verdict === 'fail') return ExitCode.fail;
  if ([a, b].some(({ verdict }) => verdict === 'invalid' || verdict === 'unknown')) return ExitCode.invalid;
  return strict ? ExitCode.inconclusive : ExitCode.pass;
}

export type TwoRuns =
  | { readonly ok: true; readonly a: GivenRun; readonly b: GivenRun }
  /** What is wrong with each argument that is not a run, in words. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** The finished runs at two paths. */
export async function twoRuns(a: string, b: string): Promise<TwoRuns> {
  const [ofA, ofB] = await Promise.all([readRun(a), readRun(b)]);
  if (typeof ofA !== 'string' && typeof ofB !== 'string')
    return { ok: true, a: { run: a, result: ofA.result }, b: { run: b, result: ofB.result } };
  return { ok: false, problems: [ofA, ofB].filter((read) => typeof read === 'string') };
}

/** Whether this names a finished run rather than a server: a folder with a result.json, or such a document itself. */
export async function namesFinishedRun(given: string): Promise<boolean> {
  if ((await fileIn(given, ['result.json'])) !== null) return true;
  return given.endsWith('.json') && typeof (await readRun(given)) !== 'string';
}
