/** Two finished runs side by side, with their pages. */

import { join } from 'node:path';
import type { Diff } from '../../evidence/result/diff.ts';
import { documentText } from '../../evidence/result/printable.ts';
import { fileIn } from '../../run/folder/finished-document.ts';
import { readRun } from '../../run/folder/finished-run.ts';
import { defaultRunPath, writeWhole } from '../../run/folder/run-folder.ts';
import { makeFolder, makeFreshFolder } from '../../run/tools/make-folder.ts';
import { DIFF_FILE } from '../../studies/diff/finished-diff.ts';
import { type GivenRun, sideBySide } from '../../studies/diff/side-by-side.ts';
import { writeDiffReports } from './diff-files.ts';
import { FINISHED_FILES, namesFinishedRun } from './finished.ts';
import { ScenarioError } from './scenario-error.ts';

export type { GivenRun };

export interface DiffOptions {
  /** The folder; runs/<time>-diff-<target> in the working directory by default. */
  readonly outDir?: string | undefined;
}

export interface DiffOutcome {
  /** The document: diff.json. It has no verdict, because two runs cannot support one. */
  readonly diff: Diff;
  readonly outDir: string;
  /** report.html in it. */
  readonly reportPath: string;
}

/**
 * Puts two finished runs side by side: run folders or result.json files, your own or imported. This is what `letitcrash diff` does.
 * @throws ScenarioError if one of them is not a run, or if the folder holds something else.
 */
export async function diff(a: string, b: string, options: DiffOptions = {}): Promise<DiffOutcome> {
  const runs = await checkDiff([a, b], options.outDir);
  return diffRuns(runs[0] as GivenRun, runs[1] as GivenRun, options);
}

/** The runs to be put side by side. @throws ScenarioError with everything that is wrong; nothing is written. */
export async function checkDiff(paths: readonly string[], outDir: string | undefined): Promise<readonly GivenRun[]> {
  return givenRuns(paths, await outMistakes(outDir));
}

/** The finished runs at these paths. @throws ScenarioError for those that are none, and for `mistakes` that were found before. */
export async function givenRuns(paths: readonly string[], mistakes: readonly string[] = []): Promise<readonly GivenRun[]> {
  const runs = await Promise.all(paths.map(givenRun));
  const wrong = [...mistakes, ...runs.filter((run) => typeof run === 'string')];
  if (wrong.length > 0) throw new ScenarioError(wrong);
  return runs.filter((run) => typeof run !== 'string');
}

async function givenRun(run: string): Promise<GivenRun | string> {
  const read = await readRun(run);
  return typeof read === 'string' ? read : { run, result: read.result };
}

export interface FinishedSides {
  /** Null if one of them cannot be read. */
  readonly sides: readonly [a: GivenRun, b: GivenRun] | null;
  readonly mistakes: readonly string[];
}

export interface SaidBeside {
  /** What only a played comparison has, by the names of its options. */
  readonly played: Readonly<Record<string, unknown>>;
  readonly outDir: string | undefined;
}

/**
 * Two sides of which both are finished runs, so that nothing can be played, and what is wrong with them and with what was said beside them;
 * null where one of them is a server.
 */
export async function finishedSides(
  a: string | undefined,
  b: string | undefined,
  { played, outDir }: SaidBeside,
): Promise<FinishedSides | null> {
  if (a === undefined || b === undefined) return null;
  if ((await Promise.all([a, b].map(namesFinishedRun))).includes(false)) return null;
  const surplus = Object.entries(played).filter(([, value]) => value !== undefined);
  const flags = surplus.map(([name]) => `--${name}`).join(', ');
  const [ofA, ofB] = await Promise.all([givenRun(a), givenRun(b)]);
  const mistakes = [
    ...(surplus.length === 0
      ? []
      : [`${a}, ${b}: are finished runs, which are not played again, so ${flags} cannot be used\n  leave out one or the other`]),
    ...(await outMistakes(outDir)),
    ...[ofA, ofB].filter((run) => typeof run === 'string'),
  ];
  return { sides: typeof ofA === 'string' || typeof ofB === 'string' ? null : [ofA, ofB], mistakes };
}

/** The same for runs that have already been read. */
export async function diffRuns(a: GivenRun, b: GivenRun, { outDir }: DiffOptions = {}): Promise<DiffOutcome> {
  const document = sideBySide(a, b);
  const folder = outDir === undefined ? freshFolder(b) : await givenFolder(outDir);
  await writeWhole(join(folder, DIFF_FILE), `${documentText(document)}\n`);
  return { diff: document, outDir: folder, reportPath: await writeDiffReports(document, folder) };
}

const MOST_IN_A_SECOND = 1_000;

function freshFolder({ result }: GivenRun): string {
  const path = defaultRunPath(new Date(), 'diff', result.target.name);
  const folder = makeFreshFolder(path, MOST_IN_A_SECOND);
  if (folder !== null) return folder;
  throw new ScenarioError(`${path}: already exists ${MOST_IN_A_SECOND} times\n  name another folder: --out DIR`);
}

async function givenFolder(folder: string): Promise<string> {
  const mistakes = await outMistakes(folder);
  if (mistakes.length > 0) throw new ScenarioError(mistakes);
  makeFolder(folder);
  return folder;
}

/** Why the pages of two runs cannot be written there: the reports of a run would be lost in its own folder. */
async function outMistakes(folder: string | undefined): Promise<readonly string[]> {
  if (folder === undefined) return [];
  const holds = await fileIn(
    folder,
    FINISHED_FILES.filter((file) => file !== DIFF_FILE),
  );
  return holds === null ? [] : [`--out ${folder}: holds a ${holds} and its reports\n  name another folder`];
}
