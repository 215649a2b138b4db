import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diff } from '../../harness/evidence/result/diff.ts';
import { sideBySide } from '../../harness/studies/diff/side-by-side.ts';
import { diffMarkdown } from '../../reports/diff-markdown.ts';
import { diffTerminal } from '../../reports/diff-terminal.ts';
import { diffReport } from '../../reports/html/diff.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { MARKDOWN_SIZE_LIMIT } from '../../reports/markdown-text.ts';
import { arbitraryDiff, RUNS } from './arbitrary-result.ts';
import { exampleResult } from './example-result.ts';
import { allIn, expectHarmless, expectNavigable, expectTablesBesideCharts, parsePage } from './page-elements.ts';
import { expectPlainTables } from './plain-tables.ts';
import { textOf } from './well-formed.ts';

const example = exampleResult();
const later = { ...example, startedAt: '2026-11-25T12:00:00.000Z', target: { ...example.target, version: '0.2.0' } };
const comparable = sideBySide({ run: 'runs/before', result: example }, { run: 'runs/after', result: later });
const forbidden = sideBySide(
  { run: 'runs/before', result: example },
  { run: 'runs/after', result: { ...later, load: { ...later.load, users: 500, resolutionUs: 1_000 } } },
);

const text = {
  terminal: (diff: Diff) => diffTerminal(diff, { colour: false, width: 120, reportPath: 'out/report.html' }),
  markdown: diffMarkdown,
  html: (diff: Diff) => textOf(allIn(diffReport(diff), 'main')[0] as Parameters<typeof textOf>[0]),
};

describe('the reports of two runs', () => {
  it.each(Object.entries(text))(
    'say in %s what can be concluded from two runs, what is compared, and what it takes to judge',
    (_, report) => {
      const said = report(comparable).replaceAll(/\s+/g, ' ');
      expect(said).toMatch(/Two runs are only one pair .* nothing here says that B is better or worse/);
      for (const part of [
        'runs/before',
        'runs/after',
        'version',
        '0.2.0',
        '8,214 B (7,980 B to 8,450 B)',
        'the same',
        '5 blocks',
      ])
        expect(said).toContain(part);
      // No word of a verdict on the figures.
      expect(said).not.toMatch(/regressed|equivalent|significant|\bp =|slower|faster/i);
    },
  );

  it.each(Object.entries(text))('say first in %s that the runs cannot be compared, and compare nothing', (_, report) => {
    const said = report(forbidden).replaceAll(/\s+/g, ' ');
    expect(said).toMatch(/not comparable/i);
    expect(said).toMatch(/cannot be compared, because their runs differ in more than the server: users/i);
    expect(said).toContain('not compared');
    expect(said).not.toMatch(/[+−]\d+\.\d%/);
  });

  it('state in the title of the page what was compared', () => {
    expect(allIn(diffReport(comparable), 'title').map(textOf)[0]).toMatch(/^quickstart on reference: two runs side by side/);
    const other = { ...comparable, b: { ...comparable.b, scenario: { name: 'checkout', sha256: '' } } };
    expect(allIn(diffReport(other), 'title').map(textOf)[0]).toMatch(
      /^quickstart on reference and checkout on reference side by side/,
    );
  });

  it('mark on the page only real flaws and doubts as such, and show equal values in one way', () => {
    const [page, other] = [diffReport(comparable), diffReport(forbidden)];
    const states = (of: string): (string | undefined)[] =>
      allIn(of, 'span')
        .map(({ attributes }) => attributes.get('class'))
        .filter((name) => name?.startsWith('state'));
    expect(states(page)).toEqual([]);
    expect(states(other)).toContain('state bad');
    expect(textOf(parsePage(page))).toContain('what is compared');
    const classOf = (of: string): string | undefined => allIn(of, 'section')[0]?.attributes.get('class');
    expect([classOf(page), classOf(other)]).toEqual(['verdict neutral', 'verdict invalid']);
    // A class of the page's small print would make the whole box small.
    expect(allIn(page, 'section')[0]?.attributes.get('class')).not.toMatch(/\b(?:none|small)\b/u);
    const same = allIn(page, 'td').filter((cell) => textOf(cell) === 'the same');
    expect(same.length).toBeGreaterThan(5);
    expect(new Set(same.map(({ children: [inner] }) => inner?.attributes.get('class')))).toEqual(new Set(['none']));
  });

  it('call what is not known unknown, and never zero', () => {
    const figures = comparable.figures.map((each) => ({ ...each, b: null, ratio: null, bInterval: null }));
    for (const report of Object.values(text)) expect(report({ ...comparable, figures })).toMatch(/unknown/);
    const coarse = comparable.figures.map((each) => ({
      ...each,
      a: 0,
      ratio: null,
      resolution: each.unit === 'us' ? 1_000 : null,
    }));
    expect(text.terminal({ ...comparable, figures: coarse })).toMatch(/response\.p50 +under 1\.00 ms/);
  });

  it('are bounded, well-formed and without control characters, whatever the runs', () => {
    fc.assert(
      fc.property(arbitraryDiff, (diff) => {
        const page = diffReport(diff);
        expect(Buffer.byteLength(page)).toBeLessThan(HTML_SIZE_LIMIT);
        expectHarmless(page);
        expectNavigable(page);
        expectTablesBesideCharts(page);
        const markdown = diffMarkdown(diff);
        expect(Buffer.byteLength(markdown)).toBeLessThan(MARKDOWN_SIZE_LIMIT);
        expectPlainTables(markdown);
        const terminal = text.terminal(diff);
        expect(terminal).not.toMatch(/\p{Cc}(?<!\n)/u);
        expect(/.{0,80}(?:NaN|Infinity|undefined)/.exec(terminal)?.[0]).toBeUndefined();
      }),
      { ...RUNS, numRuns: 12 },
    );
  });
});
