/**
 * The files that letitcrash itself writes into a folder of a run, a comparison, a diff, an exploration, a replay or an import. Any other
 * file there belongs to somebody else. Pure.
 */
import { K6_SCRIPT_FILE, K6_SUMMARY_FILE, PROFILE_FOLDER, RUN_FILES } from '../../run/folder/file-names.ts';
import { runFolderAt } from '../../run/folder/run-folder.ts';
import { PROFILE_FILE } from '../../run/profile/located-profile.ts';
import { BLOCKS_FILE } from '../../studies/compare/block-file.ts';
import { REQUEST_FILE } from '../../studies/compare/comparison-request.ts';
import { COMPARISON_FILE } from '../../studies/compare/finished-comparison.ts';
import { DIFF_FILE } from '../../studies/diff/finished-diff.ts';
import { EXPLORATION_FILE, REPLAY_FILE, SCHEDULES_FILE } from '../../studies/explore/finished-exploration.ts';
import { isScenarioFileName } from '../../studies/explore/scenario-file.ts';
import { IMPORT_TOOLS } from '../../studies/import/import-output.ts';
import { REPORT_FILES } from './report-files.ts';
import { RUNS_FOLDER } from './run-index.ts';

/** Reports of a finished run that `letitcrash gate --run` judged are in a folder with this name inside the run folder. */
export const GATE_FOLDER = 'gate';

const FILES: ReadonlySet<string> = new Set([
  ...RUN_FILES,
  ...REPORT_FILES,
  ...[K6_SCRIPT_FILE, K6_SUMMARY_FILE, PROFILE_FILE],
  ...[COMPARISON_FILE, REQUEST_FILE, BLOCKS_FILE, DIFF_FILE],
  ...[EXPLORATION_FILE, SCHEDULES_FILE, REPLAY_FILE],
  ...IMPORT_TOOLS.map((tool) => `${tool}.json`),
]);

const { logs, data, observations } = runFolderAt('');
const FOLDERS: ReadonlySet<string> = new Set([logs, data, observations, PROFILE_FOLDER, RUNS_FOLDER, GATE_FOLDER]);

/** Also for a document that was never finished. */
export function isOwnFile(name: string): boolean {
  const whole = name.replace(/\.part$/, '');
  return FILES.has(whole) || isScenarioFileName(whole);
}

export function isOwnFolder(name: string): boolean {
  return FOLDERS.has(name);
}
