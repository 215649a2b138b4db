import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { withoutWithheld } from '../../harness/evidence/result/withheld.ts';
import { entryFacts } from '../../harness/front/library/index-entry.ts';
import { endFigures } from '../../harness/front/watch/telemetry/end-figures.ts';
import { annotationLines, resultAnnotations } from '../../reports/github-annotations.ts';
import { chaosReport } from '../../reports/html/chaos.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { exampleResult, repeatedResult } from './example-result.ts';

const REASON = 'fault kill-node-2 (kill-node) could not be verified: it answered all the while';
/** As an earlier version wrote it: every figure is still there. The generator kept up; a drill did not happen. */
const invalid: Result = { ...exampleResult(), verdict: 'invalid', reasons: [REASON, 'other guests took 12% of the processors'] };

const text = (markup: string): string => markup.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' ');
const outputs: Readonly<Record<string, (result: Result) => string>> = {
  terminal: (result) => terminalSummary(result, { colour: false, width: 100, reportPath: null }),
  markdown: markdownSummary,
  junit: junitXml,
  html: (result) => text(htmlReport(result)),
  annotations: (result) => annotationLines(resultAnnotations(result)).join('\n'),
  index: (result) => JSON.stringify(entryFacts({ kind: 'run', result }).figures),
  telemetry: (result) => JSON.stringify(endFigures(withoutWithheld(result))),
  document: (result) => JSON.stringify(withoutWithheld(result)),
};

/** Figures of the example that are the server's, as reports and documents write them. */
function serverFigures(result: Result): RegExp {
  const { response, service, delivery } = result.latency;
  const us = [response, service, delivery].flatMap((latency) => [
    latency?.p50Us,
    latency?.p99Us,
    latency?.p999Us,
    latency?.maxUs,
  ]);
  const raw = [...us, result.cpu.serverUsPerMessage, ...result.recovery.flatMap(({ sloMs, drainedMs }) => [sloMs, drainedMs])];
  const numbers = raw.flatMap((value) => (value == null || value < 1_000 ? [] : [String(value).replace('.', '\\.')]));
  return new RegExp(`8,214 B|\\b8214\\b|206 µs|99% answered|recovered \\d|1\\.37 s|\\b(?:${numbers.join('|')})\\b`);
}

describe('an invalid run', () => {
  it('says in the index that they are withheld, not that nothing measured them', () => {
    const words = entryFacts({ kind: 'run', result: invalid }).figures.map((figure) => figure.words);
    expect(words).toEqual(['withheld', 'withheld', null, 'withheld']);
    expect(outputs.html?.(invalid)).toContain('The response times of this run are withheld.');
    expect(outputs.html?.(invalid)).toContain('The recovery clocks of this run are withheld.');
  });

  it('says each of its reasons once', () => {
    for (const output of [outputs.terminal, outputs.markdown, outputs.html]) {
      const said = output?.(invalid).replaceAll(/\s+/gu, ' ').toLowerCase() ?? '';
      for (const reason of invalid.reasons) expect(said.split(reason.toLowerCase())).toHaveLength(2);
    }
  });

  it('has figures in the example, by which they would be recognised', () => {
    for (const [name, output] of Object.entries(outputs))
      if (name !== 'annotations' && name !== 'junit') expect(output(exampleResult())).toMatch(serverFigures(exampleResult()));
  });

  it.each(Object.entries(outputs))('shows in %s no figure of the server', (_, output) => {
    expect(output(invalid)).not.toMatch(serverFigures(invalid));
  });

  it('says so, with all its reasons, and shows what remains true: the ledger’s counts, the generator’s own figures, the evidence of the faults', () => {
    const terminal = outputs.terminal?.(invalid).replaceAll(/\s+/g, ' ') ?? '';
    expect(terminal).toContain(
      'No time, rate or cost of this run describes the server, so none is shown; the counts of the ledger stand.',
    );
    expect(terminal).toMatch(/figures withheld load .*generator lag p99/);
    expect(terminal).toContain('lost 0');
    expect(terminal).toContain('other guests took 12% of the processors');
    expect(outputs.html?.(invalid)).toContain('No time, rate or cost of this run describes the server');
    expect(outputs.markdown?.(invalid)).toMatch(/❔ \| response\.p50 .*withheld/);
    expect(chaosReport({ ...repeatedResult(), verdict: 'invalid', reasons: [REASON] })).toBeNull();
  });

  it.each(['terminal', 'html', 'markdown', 'junit', 'annotations'])(
    'says in %s that figures are withheld, not that nobody measured',
    (name) => {
      const said = outputs[name]?.(invalid) ?? '';
      expect(said).not.toContain('not measured');
      if (name !== 'annotations') expect(said).toContain('withheld');
    },
  );

  it('of another tool shows none of the tool’s figures either, but keeps them in its document', () => {
    const figures = [{ name: 'http_req_duration', unit: 'ms', values: { 'p(95)': 31.25 } }];
    const foreign: Result = {
      ...invalid,
      measuredBy: { tool: 'k6', caveats: ['k6 keeps no ledger.'], imported: null, figures },
      load: { ...invalid.load, loop: 'closed', ratePerSecond: 4_321 },
    };
    for (const [name, output] of Object.entries(outputs)) {
      if (name === 'document') continue;
      expect(output(foreign)).not.toMatch(/31\.2|31\.3|4,321|4321/);
    }
    expect(outputs.terminal?.(foreign).replaceAll(/\s+/g, ' ')).toContain(
      'No figure of this run describes the server, so none is shown.',
    );
    expect(outputs.document?.(foreign)).toContain('31.25');
  });

  it('looks the same whether the verdict says so or the generator was late under another verdict', () => {
    const late: Result = { ...exampleResult(), verdict: 'fail', load: { ...exampleResult().load, valid: false } };
    expect(withoutWithheld(late)).toMatchObject({ latency: { response: null }, memory: { perConnection: null }, recovery: [] });
    expect(withoutWithheld(exampleResult())).toEqual(exampleResult());
    expect(
      withoutWithheld({ ...exampleResult(), load: { ...exampleResult().load, valid: null } }).latency.response,
    ).not.toBeNull();
  });
});
