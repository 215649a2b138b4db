/** The files that the report builders make of a Result, written into its run folder. */
import { join } from 'node:path';
import { chaosReport } from '../../../reports/html/chaos.ts';
import { htmlReport } from '../../../reports/html/report.ts';
import { junitXml } from '../../../reports/junit.ts';
import { markdownSummary } from '../../../reports/markdown.ts';
import type { Profile } from '../../evidence/result/profile.ts';
import type { Result } from '../../evidence/result/result.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';
import { profileSeenFrom } from '../../run/profile/located-profile.ts';
import { refreshIndexOf } from './run-index.ts';

/** The path within the run folder. */
export const REPORT_FILE = 'report.html';
const SUMMARY_FILE = 'summary.md';
const JUNIT_FILE = 'junit.xml';
const CHAOS_FILE = 'chaos.html';
/** Reports of every finished document use some of these names. */
export const REPORT_FILES = [REPORT_FILE, SUMMARY_FILE, JUNIT_FILE, CHAOS_FILE] as const;

/**
 * Writes report.html, summary.md, junit.xml and, for a run that repeated faults, chaos.html; returns the path of report.html. `profile` is
 * that of the same run, with absolute paths of its files.
 */
export async function writeReports(result: Result, folder: string, profile: Profile | null = null): Promise<string> {
  const html = join(folder, REPORT_FILE);
  const chaos = chaosReport(result);
  await Promise.all([
    writeWhole(html, htmlReport(result, profile === null ? null : profileSeenFrom(profile, folder))),
    writeWhole(join(folder, SUMMARY_FILE), markdownSummary(result)),
    writeWhole(join(folder, JUNIT_FILE), junitXml(result)),
    ...(chaos === null ? [] : [writeWhole(join(folder, CHAOS_FILE), chaos)]),
  ]);
  await refreshIndexOf(folder);
  return html;
}
