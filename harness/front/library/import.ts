/** Output of another load generator as run folders with reports. */

import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { documentText } from '../../evidence/result/printable.ts';
import type { Result } from '../../evidence/result/result.ts';
import { readRun } from '../../run/folder/finished-run.ts';
import { defaultRunPath, writeWhole } from '../../run/folder/run-folder.ts';
import { makeFolder } from '../../run/tools/make-folder.ts';
import { type ImportGiven, type ImportTool, importOutputFile } from '../../studies/import/import-output.ts';
import type { RunOutcome } from './play-plan.ts';
import { writeReports } from './report-files.ts';
import { ScenarioError } from './scenario-error.ts';

export interface ImportOptions extends ImportGiven {
  /**
   * The run folder, or where the file holds several results a folder of theirs, named 1, 2 and so on; without it
   * runs/<time>-<name>-<tool> in the working directory.
   */
  readonly outDir?: string;
}

export interface ImportOutcome extends RunOutcome {
  /** The same content was imported before: this is what it was then, and nothing was written. */
  readonly known: boolean;
}

/**
 * Makes a run folder of what k6 (the summary), autocannon (--json) or Artillery (--output) wrote: result.json, the reports, and the file
 * itself. The result names what the tool cannot say. Never overwrites: the same content is the same run, and another has a folder of its own.
 * @throws ScenarioError when the file is no such output, when it holds several results, or when `outDir` holds another run.
 */
export async function importOutput(tool: ImportTool, file: string, options: ImportOptions = {}): Promise<ImportOutcome> {
  const results = await resultsOf(tool, file, options);
  const [result] = results;
  if (result === undefined || results.length > 1)
    throw new ScenarioError(`${file}: holds ${results.length} results\n  importOutputs makes a run of each`);
  return keep(tool, file, result, options.outDir ?? null);
}

/** The same of a file that may hold several results, in its order: a list of them, or one a line. */
export async function importOutputs(
  tool: ImportTool,
  file: string,
  options: ImportOptions = {},
): Promise<readonly ImportOutcome[]> {
  const results = await resultsOf(tool, file, options);
  const outcomes: ImportOutcome[] = [];
  for (const [index, result] of results.entries()) {
    const { outDir } = options;
    const place = outDir === undefined ? null : results.length === 1 ? outDir : join(outDir, String(index + 1));
    outcomes.push(await keep(tool, file, result, place));
  }
  return outcomes;
}

async function resultsOf(tool: ImportTool, file: string, given: ImportGiven): Promise<readonly Result[]> {
  const results = await importOutputFile(tool, file, given);
  if (typeof results === 'string') throw new ScenarioError(results);
  return results;
}

async function keep(tool: ImportTool, file: string, result: Result, outDir: string | null): Promise<ImportOutcome> {
  const path = outDir ?? defaultRunPath(new Date(result.startedAt), result.scenario.name, tool);
  const before = outDir === null ? await importedBefore(path, tool, result) : await knownIn(path, result);
  if (before !== null) return before;
  const runDir = outDir === null ? await freeFolder(path) : await emptyFolder(path);
  await copyFile(file, join(runDir, `${tool}.json`));
  await writeWhole(join(runDir, 'result.json'), `${documentText(result)}\n`);
  return { result, runDir, reportPath: await writeReports(result, runDir), unwritten: null, known: false };
}

/** Folders of one name that are looked into, and that are made beside one another. */
const MOST_FOLDERS = 1_000;

/** Whichever folder of that name and tool has it: where the file does not tell when it was, a copy of it seems to be of another time. */
async function importedBefore(path: string, tool: ImportTool, result: Result): Promise<ImportOutcome | null> {
  const parent = dirname(path);
  const ending = basename(path).replace(/^\d{8}-\d{6}-/, '');
  const there = await readdir(parent).catch(() => []);
  const alike = there.filter((name) => name.replace(/^\d{8}-\d{6}-/, '').startsWith(ending)).slice(-MOST_FOLDERS);
  for (const name of alike) {
    const known = await knownIn(join(parent, name), result);
    if (known?.result.measuredBy?.tool === tool) return known;
  }
  return null;
}

/** What the folder holds, where it is the same: of the same content, called the same, and said to be of the same server and machine. */
async function knownIn(path: string, result: Result): Promise<ImportOutcome | null> {
  const read = await readRun(path);
  if (typeof read === 'string') return null;
  const facts = ({ measuredBy, scenario, target, environment }: Result) =>
    JSON.stringify([measuredBy?.imported?.sha256, scenario.name, target.name, environment.cpu]);
  if (read.result.measuredBy?.imported == null || facts(read.result) !== facts(result)) return null;
  return { result: read.result, runDir: path, reportPath: await writeReports(read.result, path), unwritten: null, known: true };
}

/** The folder, or one beside it with a number: made by whoever comes first, so that nobody writes into another's. */
async function freeFolder(path: string): Promise<string> {
  makeFolder(dirname(path));
  for (let number = 1; number <= MOST_FOLDERS; number += 1) {
    const candidate = number === 1 ? path : `${path}-${number}`;
    try {
      await mkdir(candidate);
      return candidate;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new ScenarioError(`${path}: there are ${MOST_FOLDERS} runs of that name and time\n  give this one another --name`);
}

async function emptyFolder(path: string): Promise<string> {
  makeFolder(path);
  if ((await readdir(path)).length === 0) return path;
  throw new ScenarioError(
    `${path}: is not empty, and nothing is overwritten\n  give a folder that is empty, or is not there yet`,
  );
}
