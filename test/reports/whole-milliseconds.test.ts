/** A clock of whole milliseconds reads 0 for what took less than one: no report shows that as a time of 0. */
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../reports/html/report.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { verdictSentence } from '../../reports/sentence.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { resultOf } from '../harness/studies/import/imported.ts';
import { autocannonOf2017 } from '../harness/studies/import/other-outputs.ts';
import { allIn, parsePage } from './page-elements.ts';
import { textOf } from './well-formed.ts';

/** A time of nothing. */
const ZERO = /.{0,40}(?<![\d.,])0(?:\.0+)? ?(?:µs|ms)\b.{0,20}/;

/** autocannon's of a fast server: half of its answers took less than a millisecond. */
const fast = {
  ...autocannonOf2017(),
  latency: { ...autocannonOf2017().latency, min: 0, p50: 0, p75: 0, average: 0.4, mean: 0.4 },
};

describe('less than a millisecond on a clock of whole milliseconds', () => {
  it('is shown as < 1 ms in the terminal, in Markdown and on the page, and what the clock resolves stays unchanged', async () => {
    const result = await resultOf('autocannon', fast);
    const terminal = terminalSummary(result, { colour: false, width: 100, reportPath: null });
    expect(terminal).toContain('p50 < 1 ms, p99 20.0 ms');
    expect(terminal).toMatch(/service +p50 < 1 ms +p99 20\.0 ms/);
    const markdown = markdownSummary(result);
    expect(markdown).toMatch(/\| HTTP \| [^|]* \| &lt; 1 ms \| – \| 20\.0 ms \|/);
    const page = textOf(parsePage(htmlReport(result)));
    expect(page).toMatch(/HTTP[^<]*< 1 ms–20\.0 ms/);
    const cells = allIn(htmlReport(result), 'td').map(textOf);
    for (const text of [terminal, markdown, ...cells]) expect(ZERO.exec(text)?.[0]).toBeUndefined();
  });

  it('is shown as within 1 ms if nearly all answers were', async () => {
    const all = { ...fast, latency: { ...fast.latency, p90: 0, p99: 0 } };
    expect(verdictSentence({ ...(await resultOf('autocannon', all)), verdict: 'pass' })).toContain('99% within 1 ms');
  });
});
