/** Turns the output of another load generator into run folders with reports. */

import { copyFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { documentText } from '../../evidence/result/printable.ts';
import type { Result } from '../../evidence/result/result.ts';
import { readRun } from '../../run/folder/finished-run.ts';
import { defaultRunPath, writeWhole } from '../../run/folder/run-folder.ts';
import { makeFolder, makeFreshFolder } from '../../run/tools/make-folder.ts';
import { IMPORT_TOOLS, type ImportGiven, type ImportTool, importOutputFile } from '../../studies/import/import-output.ts';
import type { RunOutcome } from './play-plan.ts';
import { writeReports } from './report-files.ts';
import { ScenarioError } from './scenario-error.ts';

export { IMPORT_TOOLS, type ImportTool };

export interface ImportOptions extends ImportGiven {
  /**
   * The run folder or, if the file holds several results, a folder for them, named 1, 2 and so on; by default runs/<time>-<name>-<tool> in
   * the working directory.
   */
  readonly outDir?: string | undefined;
}

export interface ImportOutcome extends RunOutcome {
  /** The same content was imported before: this is the earlier result, and nothing was written. */
  readonly known: boolean;
}

/**
 * Makes a run folder from what k6 (the summary), autocannon (--json) or Artillery (--output) wrote: result.json, the reports, and the file
 * itself. The result names what the tool cannot say. Nothing is overwritten: the same content is the same run, and different content gets
 * its own folder.
 * @throws ScenarioError if the file is not such output, if it holds several results, or if `outDir` holds another run.
 */
export async function importOutput(tool: ImportTool, file: string, options: ImportOptions = {}): Promise<ImportOutcome> {
  const results = await resultsOf(tool, file, options);
  const [result] = results;
  if (result === undefined || results.length > 1)
    throw new ScenarioError(`${file}: holds ${results.length} results\n  importOutputs makes a run of each`);
  return keep(tool, file, result, options.outDir ?? null);
}

/** The same for a file that may hold several results, in the order of the file: a list of them, or one on each line. */
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
  const runDir = outDir === null ? freeFolder(path) : await emptyFolder(path);
  await copyFile(file, join(runDir, `${tool}.json`));
  await writeWhole(join(runDir, 'result.json'), `${documentText(result)}\n`);
  return { result, runDir, reportPath: await writeReports(result, runDir), unwritten: null, known: false };
}

/** Maximum number of folders with one name that are examined or made beside one another. */
const MOST_FOLDERS = 1_000;

/**
 * Finds the folder with that name and tool that has the content. If the file does not say when it was made, a copy of it seems to be from
 * another time.
 */
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

/** What the folder holds, if it is the same: the same content, under the same name, for the same server and machine. */
async function knownIn(path: string, result: Result): Promise<ImportOutcome | null> {
  const read = await readRun(path);
  if (typeof read === 'string') return null;
  const facts = ({ measuredBy, scenario, target, environment }: Result) =>
    JSON.stringify([measuredBy?.imported?.sha256, scenario.name, target.name, environment.cpu]);
  if (read.result.measuredBy?.imported == null || facts(read.result) !== facts(result)) return null;
  return { result: read.result, runDir: path, reportPath: await writeReports(read.result, path), unwritten: null, known: true };
}

function freeFolder(path: string): string {
  const folder = makeFreshFolder(path, MOST_FOLDERS);
  if (folder !== null) return folder;
  throw new ScenarioError(
    `${path}: there are already ${MOST_FOLDERS} runs with that name and time\n  give this one another --name`,
  );
}

async function emptyFolder(path: string): Promise<string> {
  makeFolder(path);
  if ((await readdir(path)).length === 0) return path;
  throw new ScenarioError(
    `${path}: is not empty, and nothing is overwritten\n  give an empty folder, or one that does not exist yet`,
  );
}
