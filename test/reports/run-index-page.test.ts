import { describe, expect, it } from 'vitest';
import type { IndexEntry, RunIndex } from '../../harness/evidence/result/run-index.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { runIndexPage } from '../../reports/html/run-index.ts';
import { HOSTILE_TEXTS } from './arbitrary-result.ts';
import { exampleIndex } from './example-index.ts';
import { allIn, expectHarmless, parsePage } from './page-elements.ts';
import { textOf } from './well-formed.ts';

const textIn = (index: RunIndex): string => textOf(parsePage(runIndexPage(index)));

describe('the page of an index', () => {
  it('has a table for runs, comparisons, explorations and trends, each with its verdict, time and figures', () => {
    const page = runIndexPage(exampleIndex());
    expect(allIn(page, 'h2').map(textOf)).toEqual([
      'Runs',
      'Comparisons',
      'Explorations and replays',
      'Trends',
      'Unreadable folders',
    ]);
    const rows = allIn(page, 'tr').map(textOf);
    expect(rows.find((row) => row.includes('kill-node'))).toMatch(/Fail.*2026-11-29.*09:00:00 UTC/);
    expect(textIn(exampleIndex())).toContain('4.20 ms');
    expect(textIn(exampleIndex())).toContain('+3.2%');
    expect(textIn(exampleIndex())).toContain('7 older ones not listed');
  });

  it('links to each page by an address that works from a file, whatever the folder is called', () => {
    const [entry] = exampleIndex().entries as [IndexEntry];
    const folder = 'a b#c?"<&%/ü';
    const links = allIn(runIndexPage({ ...exampleIndex(), entries: [{ ...entry, folder }] }), 'a').map(({ attributes }) =>
      attributes.get('href'),
    );
    expect(links).toContain('a%20b%23c%3F%22%3C%26%25/%C3%BC/report.html');
    const hrefs = allIn(runIndexPage(exampleIndex()), 'a').map(({ attributes }) => attributes.get('href'));
    expect(hrefs).toContain('../history/trend.html');
  });

  it('says how to begin if there is nothing', () => {
    const empty: RunIndex = { ...exampleIndex(), entries: [], older: 0, unreadable: [] };
    expect(textIn(empty)).toContain('There are no runs here yet');
  });

  it('is bounded and free of markup from the runs, whatever they contain', () => {
    const text = HOSTILE_TEXTS.join(' ');
    const [entry] = exampleIndex().entries as [IndexEntry];
    const hostile = { ...entry, folder: text, verdict: text, name: text, about: text, startedAt: text };
    const figures = [{ name: text, value: null, unit: text, words: text }];
    const entries = Array.from(
      { length: 1000 },
      (_, index): IndexEntry => ({
        ...hostile,
        figures,
        kind: (['run', 'comparison', 'exploration', 'trend'] as const)[index % 4] ?? 'run',
      }),
    );
    const page = runIndexPage({ ...exampleIndex(), entries, unreadable: [{ folder: text, why: text }] });
    expectHarmless(page);
    expect(Buffer.byteLength(page)).toBeLessThan(HTML_SIZE_LIMIT);
  });
});
