/** Two finished runs side by side, with their pages. */

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Diff } from '../../evidence/result/diff.ts';
import { documentText } from '../../evidence/result/printable.ts';
import { fileIn } from '../../run/folder/finished-document.ts';
import { readRun } from '../../run/folder/finished-run.ts';
import { defaultRunPath, writeWhole } from '../../run/folder/run-folder.ts';
import { makeFolder } from '../../run/tools/make-folder.ts';
import { COMPARISON_FILE } from '../../studies/compare/finished-comparison.ts';
import { DIFF_FILE } from '../../studies/diff/finished-diff.ts';
import { type GivenRun, sideBySide } from '../../studies/diff/side-by-side.ts';
import { EXPLORATION_FILE, REPLAY_FILE } from '../../studies/explore/finished-exploration.ts';
import { HISTORY_FILE } from '../../studies/history/history-file.ts';
import { writeDiffReports } from './diff-files.ts';
import { ScenarioError } from './scenario-error.ts';

export interface DiffOptions {
  /** The folder; runs/<time>-diff-<target> in the working directory by default. */
  readonly outDir?: string;
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
  const [ofA, ofB] = await Promise.all([readRun(a), readRun(b)]);
  if (typeof ofA === 'string' || typeof ofB === 'string')
    throw new ScenarioError([ofA, ofB].filter((read) => typeof read === 'string').join('\n'));
  return diffRuns({ run: a, result: ofA.result }, { run: b, result: ofB.result }, options);
}

/** The same for runs that have already been read. */
export async function diffRuns(a: GivenRun, b: GivenRun, { outDir }: DiffOptions = {}): Promise<DiffOutcome> {
  const document = sideBySide(a, b);
  const folder = outDir === undefined ? await freshFolder(b) : await givenFolder(outDir);
  await writeWhole(join(folder, DIFF_FILE), `${documentText(document)}\n`);
  return { diff: document, outDir: folder, reportPath: await writeDiffReports(document, folder) };
}

const MOST_IN_A_SECOND = 1_000;

async function freshFolder({ result }: GivenRun): Promise<string> {
  const path = defaultRunPath(new Date(), 'diff', result.target.name);
  makeFolder(dirname(path));
  for (let number = 1; number <= MOST_IN_A_SECOND; number++) {
    const folder = number === 1 ? path : `${path}-${number}`;
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new ScenarioError(`${path}: is there ${MOST_IN_A_SECOND} times over\n  name another folder: --out DIR`);
}

/** The reports of a run would be lost in its own folder. */
async function givenFolder(folder: string): Promise<string> {
  const holds = await fileIn(folder, ['result.json', COMPARISON_FILE, EXPLORATION_FILE, REPLAY_FILE, HISTORY_FILE]);
  if (holds !== null) throw new ScenarioError(`--out ${folder}: holds a ${holds}, and its reports\n  name another folder`);
  makeFolder(folder);
  return folder;
}
