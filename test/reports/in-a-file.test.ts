import { describe, expect, it } from 'vitest';
import { comparisonJunit } from '../../reports/comparison-junit.ts';
import { comparisonMarkdown } from '../../reports/comparison-markdown.ts';
import { comparisonTerminal } from '../../reports/comparison-terminal.ts';
import { comparisonReport } from '../../reports/html/comparison.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { exampleComparison } from './example-comparison.ts';
import { exampleResult } from './example-result.ts';

/** A reason of 900 characters, none of whose parts is another's, and one word that is longer than any line. */
const long = (name: string): string =>
  `${name}: ${Array.from({ length: 100 }, (_, index) => `${name}${index}`).join(' ')} ${'x'.repeat(200)} the end of ${name}`;
const reasons = Array.from({ length: 9 }, (_, index) => long(`r${String.fromCharCode(97 + index)}`));
const run = { ...exampleResult(), verdict: 'invalid' as const, reasons };
const [block] = exampleComparison().blocks;
if (block === undefined) throw new Error('the example changed');
const comparison = {
  ...exampleComparison(),
  valid: false,
  verdict: 'inconclusive' as const,
  reasons,
  blocks: [{ ...block, invalid: reasons }],
};

const file = { colour: false, reportPath: null, width: Number.POSITIVE_INFINITY };
const text = (markup: string): string => markup.replace(/<[^>]*>/g, ' ').replaceAll('&#39;', "'");
const outputs: Readonly<Record<string, string>> = {
  'the text of a run': terminalSummary(run, file),
  'summary.md of a run': markdownSummary(run),
  'report.html of a run': text(htmlReport(run)),
  'junit.xml of a run': junitXml(run),
  'the text of a comparison': comparisonTerminal(comparison, file),
  'summary.md of a comparison': comparisonMarkdown(comparison),
  'report.html of a comparison': text(comparisonReport(comparison)),
  'junit.xml of a comparison': comparisonJunit(comparison),
};

describe('in a file', () => {
  it.each(Object.entries(outputs))('no reason is cut: %s', (_, output) => {
    // The sentence of the verdict begins with the first one, in upper case.
    const said = output.replaceAll(/\s+/g, ' ').toLowerCase();
    for (const reason of reasons) expect(said).toContain(reason.toLowerCase());
  });

  it('lines are wrapped all the same, and on a terminal they are cut to its width', () => {
    const ordinary = {
      ...exampleResult(),
      verdict: 'invalid' as const,
      reasons: [reasons[0]?.replace(/x{9,}/, '') ?? '', 'second'],
    };
    const told = terminalSummary(ordinary, file).split('\n');
    for (const line of told.filter((each) => /ra\d/.test(each))) expect(line.length).toBeLessThanOrEqual(110);
    const terminal = terminalSummary(run, { ...file, width: 80 }).split('\n');
    expect(terminal.length).toBeLessThanOrEqual(48);
    for (const line of terminal) expect(line.length).toBeLessThanOrEqual(96);
    expect(terminal.join('\n')).toContain('…');
  });
});
