import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { resultAnnotations } from '../../reports/github-annotations.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { verdictSentence } from '../../reports/sentence.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { exampleResult } from './example-result.ts';

const example = exampleResult();

function leaking(change: Partial<NonNullable<Result['memory']['leak']>>, verdict: Result['verdict'] = 'pass'): Result {
  const { memory } = example;
  if (memory.leak === null) throw new Error('the example has looked for a leak');
  return { ...example, verdict, memory: { ...memory, leak: { ...memory.leak, leaking: true, ...change } } };
}

const CONNECTIONS = leaking({ bytesPerConnection: 2_000_000, low: 1_990_000, high: 2_010_000 });
const WORDS = 'memory leaks: each connection leaves 2.00 MB (1.99 MB to 2.01 MB) behind';

describe('a leak that was found', () => {
  it('stands in the sentence of the verdict, whatever the verdict is, and so in every report', () => {
    expect(verdictSentence(CONNECTIONS)).toContain(`; ${WORDS}.`);
    expect(verdictSentence({ ...CONNECTIONS, verdict: 'fail', reasons: ['something else'] })).toContain(`; ${WORDS}.`);
    expect(verdictSentence({ ...CONNECTIONS, verdict: 'unknown', reasons: ['nothing struck'] })).toContain(`; ${WORDS}.`);
    const reports = {
      terminal: terminalSummary(CONNECTIONS, { colour: false, reportPath: null, width: 400 }),
      markdown: markdownSummary(CONNECTIONS),
      html: htmlReport(CONNECTIONS),
      junit: junitXml(CONNECTIONS),
    };
    // A page keeps a number and its unit on one line.
    for (const [report, text] of Object.entries(reports)) expect(text.replaceAll('\u00a0', ' '), report).toContain(WORDS);
    expect(resultAnnotations(CONNECTIONS)).toContainEqual({ level: 'warning', title: 'letitcrash: a leak', message: WORDS });
  });

  it('is a case of its own in JUnit, which fails only if the scenario forbids it', () => {
    expect(junitXml(CONNECTIONS)).toContain(`name="memory comes back"><skipped message="${WORDS}"/>`);
    expect(junitXml(example)).toContain('name="memory comes back"/>');
    expect(junitXml({ ...example, memory: { ...example.memory, leak: null, leakPerMessage: null } })).not.toContain(
      'memory comes back',
    );
  });

  it('is told by the heap where only the heap shows it', () => {
    const heap = leaking({ bytesPerConnection: 40, low: -500, high: 600, heapBytes: 310, heapLow: 300, heapHigh: 320 });
    expect(verdictSentence(heap)).toContain('memory leaks: each connection leaves 310 B (300 B to 320 B) behind in the heap');
  });

  it('is not spoken of where there is none', () => {
    expect(verdictSentence(example)).not.toContain('leak');
  });
});
