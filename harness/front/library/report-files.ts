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

/** `profile`: of the same run, its files by their absolute paths. Writes report.html, summary.md, junit.xml and, of a run that repeated faults, chaos.html; returns the path of report.html. */
export async function writeReports(result: Result, folder: string, profile: Profile | null = null): Promise<string> {
  const html = join(folder, 'report.html');
  const chaos = chaosReport(result);
  await Promise.all([
    writeWhole(html, htmlReport(result, profile === null ? null : profileSeenFrom(profile, folder))),
    writeWhole(join(folder, 'summary.md'), markdownSummary(result)),
    writeWhole(join(folder, 'junit.xml'), junitXml(result)),
    ...(chaos === null ? [] : [writeWhole(join(folder, 'chaos.html'), chaos)]),
  ]);
  await refreshIndexOf(folder);
  return html;
}
