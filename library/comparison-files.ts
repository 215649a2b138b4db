/** The files that the report builders make of a Comparison, written into its folder beside comparison.json. */
import { join } from 'node:path';
import type { Comparison } from '../harness/result/comparison.ts';
import { writeWhole } from '../harness/run/run-folder.ts';
import { comparisonJunit } from '../reports/comparison-junit.ts';
import { comparisonMarkdown } from '../reports/comparison-markdown.ts';

/** Writes summary.md and junit.xml; returns the path of the one that people read. */
export async function writeComparisonReports(comparison: Comparison, folder: string): Promise<string> {
  const markdown = join(folder, 'summary.md');
  await Promise.all([
    writeWhole(markdown, comparisonMarkdown(comparison)),
    writeWhole(join(folder, 'junit.xml'), comparisonJunit(comparison)),
  ]);
  return markdown;
}
