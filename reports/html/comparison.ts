/** The report of a comparison: two configurations, and whether one is worse, as an HTML page. */
import type { Comparison } from '../../harness/evidence/result/comparison.ts';
import { withOneLineTexts } from '../../harness/evidence/result/one-line-texts.ts';
import { comparedText, comparisonWord } from '../comparison-words.ts';
import { clip } from '../format.ts';
import { markup, oneLine } from '../markup.ts';
import { blocksSection } from './comparison/blocks-section.ts';
import { curvesSection } from './comparison/curves-section.ts';
import { evidenceSection } from './comparison/evidence-section.ts';
import { comparisonHead } from './comparison/head.ts';
import { limitsSection } from './comparison/limits-section.ts';
import { metricsSection } from './comparison/metrics-section.ts';
import { sidesSection } from './comparison/sides-section.ts';
import { htmlPage } from './page.ts';

export function comparisonReport(given: Comparison): string {
  const comparison = withOneLineTexts(given);
  const limited = comparison.checks.length > 0 || comparison.broken.length > 0;
  return htmlPage((detail) => ({
    title: `${comparisonWord(comparison)}: ${clip(oneLine(comparedText(comparison)), 120)}`,
    sections: [
      ['metrics', 'Metrics'],
      ...(limited ? [['limits', 'Limits and delivery'] as const] : []),
      ['blocks', 'Blocks'],
      ['curves', 'Percentiles'],
      ['evidence', 'Evidence'],
      ['sides', 'What differs'],
      ['reproduce', 'Run it again'],
    ],
    head: comparisonHead(comparison, detail),
    body: markup`${metricsSection(comparison, detail)}
${limited ? limitsSection(comparison, detail) : null}
${blocksSection(comparison, detail)}
${curvesSection(comparison, detail)}
${evidenceSection(comparison, detail)}
${sidesSection(comparison, detail)}`,
    source: [COMPARISON_FILE, comparison.schema],
  }));
}

const COMPARISON_FILE = 'comparison.json';
