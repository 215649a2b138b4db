/** What was timed is called by its name: messages where there is a ledger of messages, requests where there is none. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { resultOf } from '../harness/studies/import/imported.ts';
import { exportedSummary } from '../harness/studies/import/k6-summaries.ts';
import { artilleryReport, autocannonOf2017 } from '../harness/studies/import/other-outputs.ts';
import { exampleResult } from './example-result.ts';
import { allIn } from './page-elements.ts';
import { type Element, elementsOf, textOf } from './well-formed.ts';

function latencyTable(result: Result): { readonly heads: readonly string[]; readonly rows: readonly string[] } {
  const table = allIn(htmlReport(result), 'table').find((one) =>
    textOf(one.children[0] as Element).startsWith('Latencies over the whole load'),
  ) as Element;
  const of = (scope: string): string[] =>
    [...elementsOf(table)].filter(({ attributes }) => attributes.get('scope') === scope).map(textOf);
  return { heads: of('col'), rows: of('row') };
}

it('no loss is unknown, not zero, if no message was acknowledged', () => {
  const result = exampleResult();
  const delivery = { ...result.delivery, acked: 0, delivered: 0, expected: 0 };
  const tiles = allIn(htmlReport({ ...result, verdict: 'unknown', delivery }), 'dl')[0] as Element;
  expect(textOf(tiles)).toContain('Lostunknownnothing was acknowledged');
  expect(markdownSummary({ ...result, verdict: 'unknown', delivery })).not.toContain('0 of 0');
});

describe('the latency table', () => {
  it('counts messages of a run with a ledger', () => {
    const { heads, rows } = latencyTable(exampleResult());
    expect(heads[1]).toBe('Messages');
    expect(rows.some((row) => row.startsWith('Delivery'))).toBe(true);
    expect(markdownSummary(exampleResult())).toMatch(/### Latency\n\n\| {2}\| messages \|/u);
  });

  it.each([
    ['k6', exportedSummary()],
    ['autocannon', autocannonOf2017()],
    ['artillery', artilleryReport()],
  ] as const)('counts requests of %s, which have an answer and no delivery', async (tool, document) => {
    const result = await resultOf(tool, document);
    const { heads, rows } = latencyTable(result);
    expect(heads[1]).toBe('Requests');
    expect(rows.join()).not.toMatch(/Delivery|acknowledg/u);
    expect(markdownSummary(result)).toMatch(/### Latency\n\n\| {2}\| requests \|/u);
    expect(htmlReport(result)).not.toContain('share of messages');
  });

  it.each([
    ['k6', exportedSummary(), ['Latency p50', 'Latency p90', 'Latency p95', 'Requests', 'Good answers', 'Rate']],
    ['autocannon', autocannonOf2017(), ['Latency p50', 'Latency p99', 'Latency p99.9', 'Requests', 'Good answers', 'Rate']],
  ] as const)('is led on a page of %s by the figures that were measured, and by no others', async (tool, document, names) => {
    const result = await resultOf(tool, document);
    const tiles = allIn(htmlReport(result), 'dl').find(({ attributes }) => attributes.get('class') === 'tiles') as Element;
    const parts = (name: string): string[] => [...elementsOf(tiles)].filter((each) => each.name === name).map(textOf);
    expect(parts('dt')).toEqual(names);
    expect(parts('b').join()).not.toContain('not measured');
    const [, , head] = markdownSummary(result).split('\n');
    expect(head).toBe(`| ${names.map((name) => name.toLowerCase()).join(' | ')} |`);
  });
});
