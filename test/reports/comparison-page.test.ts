import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../harness/evidence/result/comparison.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatInUnit,
  formatMachineMemory,
  formatMs,
  formatNumber,
  formatPercentile,
  formatShare,
  formatUs,
} from '../../reports/format.ts';
import { comparisonReport } from '../../reports/html/comparison.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { arbitraryComparison, HOSTILE_TEXTS, RUNS } from './arbitrary-result.ts';
import { equivalentComparison, exampleComparison } from './example-comparison.ts';
import { allIn, expectHarmless, expectNavigable, expectTablesBesideCharts, numbersOf, parsePage } from './page-elements.ts';
import { type Element, elementsOf, textOf } from './well-formed.ts';

const drawn = (page: string, kind: string): Element =>
  allIn(page, 'svg').find(({ attributes }) => attributes.get('class') === `chart ${kind}`) as Element;
const classesIn = (element: Element, name: string): number =>
  [...elementsOf(element)].filter(({ attributes }) => attributes.get('class') === name).length;

describe('the page of a comparison', () => {
  it('says of a clock that never stopped that it never did, and that there is no ratio', () => {
    const comparison = exampleComparison();
    const [first, ...others] = comparison.metrics as [Comparison['metrics'][number], ...Comparison['metrics']];
    const never = { ...first, name: 'recovery.slo', unit: 'ms' as const, a: 900, b: null, ratio: null, low: null, high: null };
    const page = textOf(parsePage(comparisonReport({ ...comparison, metrics: [never, ...others] })));
    expect(page).toContain('900 ms → never');
    expect(page).toContain('no ratio');
    const unknown = comparisonReport({ ...comparison, metrics: [{ ...never, name: 'cpu.serverPerMessage' }, ...others] });
    expect(textOf(parsePage(unknown))).toContain('900 ms → not measured');
  });

  it('tells looks that were not needed from those that were not reached, and a limit without a measurement from an open one', () => {
    const comparison = { ...exampleComparison(), plannedLooks: [12, 18].map((blocks) => ({ blocks, alpha: 0.002 })) };
    const looks = [{ blocks: 12, alpha: 0.002, verdict: 'regressed' as const }];
    const pageOf = (change: Partial<Comparison>): string =>
      textOf(parsePage(comparisonReport({ ...comparison, looks, ...change })));
    expect(pageOf({})).toContain('not needed');
    const open = pageOf({ looks: [{ blocks: 12, alpha: 0.002, verdict: 'inconclusive' }] });
    expect(open).toContain('not reached');
    expect(open).not.toContain('not needed');
    const checks = [{ name: 'recovery.slo < 2s', pass: false, actual: null, limit: 2_000, unit: 'ms' }];
    expect(pageOf({ checks })).toMatch(/recovery\.slo < 2s\W*not measured/);
  });

  it('states the verdict in its title and, with its reason, in a sentence', () => {
    const page = comparisonReport(exampleComparison());
    expect(allIn(page, 'title').map(textOf)[0]).toBe('Regressed: baseline (main) against candidate (.) · letitcrash');
    expect(textOf(parsePage(page))).toContain('cpu.serverPerMessage is 11.2% worse, and the margin is 5%');
    expect(allIn(comparisonReport({ ...exampleComparison(), valid: false }), 'title').map(textOf)[0]).toMatch(/^Invalid/);
  });

  it('draws no line through the words of a row, also where they stand above its interval', () => {
    const forest = drawn(comparisonReport(exampleComparison()), 'forest narrow');
    const of = (kind: string) => [...elementsOf(forest)].filter(({ attributes }) => attributes.get('class') === kind);
    const readings = of('row').map(({ attributes }) => Number(attributes.get('y')) + 16);
    const uprights = [...of('same'), ...of('grid')].filter(({ attributes }) => attributes.get('x1') === attributes.get('x2'));
    expect(readings.length).toBeGreaterThan(2);
    expect(uprights.length).toBeGreaterThan(readings.length);
    for (const { attributes } of uprights)
      for (const y of readings) expect(Number(attributes.get('y1')) > y || Number(attributes.get('y2')) <= y - 34).toBe(true);
  });

  it('draws each metric with its interval and, on the side that is worse, its margin', () => {
    const comparison = exampleComparison();
    const forest = drawn(comparisonReport(comparison), 'forest wide');
    expect(classesIn(forest, 'worse-zone')).toBe(4);
    expect(['regressed', 'equivalent', 'inconclusive'].map((verdict) => classesIn(forest, `verdict-${verdict}`))).toEqual([
      1, 2, 1,
    ]);
    const same = Number(
      [...elementsOf(forest)].find(({ attributes }) => attributes.get('class') === 'same')?.attributes.get('x1'),
    );
    const margins = [...elementsOf(forest)].filter(({ attributes }) => attributes.get('class') === 'margin');
    const sides = margins.map(({ attributes }) => (Number(attributes.get('x1')) > same ? 'above' : 'below'));
    // Of the rate more is better: worse lies on the other side.
    expect(sides).toEqual(['above', 'above', 'below', 'above']);
    const ends = [...elementsOf(forest)].flatMap(({ attributes }) => {
      const [from, width] = [Number(attributes.get('x')), Number(attributes.get('width'))];
      return attributes.get('class') === 'worse-zone' ? [[from, from + width]] : [];
    });
    const at = margins.map(({ attributes }) => Number(attributes.get('x1')));
    expect(ends.map(([from, to], row) => [from, to].findIndex((end) => Math.abs((end ?? 0) - (at[row] ?? 0)) < 0.2))).toEqual([
      0, 0, 1, 0,
    ]);
  });

  it('says what is certainly better, which "equivalent" alone does not say', () => {
    const comparison = equivalentComparison();
    const faster = comparison.metrics.map((metric) =>
      metric.name === 'response.p50' ? { ...metric, ratio: 0.6, low: 0.5, high: 0.7 } : metric,
    );
    const slower = faster.map((metric) => (metric.name === 'rate' ? { ...metric, ratio: 0.6, low: 0.5, high: 0.7 } : metric));
    const said = allIn(comparisonReport({ ...comparison, metrics: slower }), 'p').find((one) =>
      one.text.includes('on the better side'),
    );
    expect(said?.text).toContain('response.p50');
    expect(said?.children.map(textOf)).toEqual(['−40.0%']);
    expect(comparisonReport(comparison)).not.toContain('on the better side');
  });

  it('draws every block of every metric, and crosses for blocks that are not evidence', () => {
    const page = comparisonReport(exampleComparison());
    const charts = allIn(page, 'svg').filter(({ attributes }) => attributes.get('class') === 'chart blocks only');
    expect(charts.map((chart) => [classesIn(chart, 'dot'), classesIn(chart, 'no-evidence')])).toEqual([
      [11, 1],
      [11, 1],
      [11, 1],
      [11, 1],
    ]);
  });

  it('places ratios that were listed only for valid blocks at those blocks', () => {
    const comparison = exampleComparison();
    const valid = comparison.metrics.map((metric) => ({ ...metric, blocks: metric.blocks.filter((ratio) => ratio !== null) }));
    expect(comparisonReport({ ...comparison, metrics: valid })).toBe(comparisonReport(comparison));
  });

  it('shows both curves with a ribbon each', () => {
    const curves = allIn(comparisonReport(exampleComparison()), 'svg').find(({ attributes }) =>
      attributes.get('aria-labelledby')?.startsWith('curves-wide'),
    ) as Element;
    expect([classesIn(curves, 'ribbon main'), classesIn(curves, 'ribbon third')]).toEqual([1, 1]);
  });

  it('names only what differs between A and B', () => {
    const comparison = exampleComparison();
    const b = { ...comparison.b, target: { ...comparison.b.target, runtime: 'node 24.1.0', config: { durability: 'memory' } } };
    const tables = allIn(comparisonReport({ ...comparison, b }), 'table');
    const differing = tables.find(
      (table) => textOf(table.children[0] as Element) === 'Settings that differ between A and B',
    ) as Element;
    const rows = [...elementsOf(differing)].filter(({ name }) => name === 'tr').map((row) => row.children.map(textOf));
    expect(rows.slice(1)).toEqual([
      ['label', 'baseline (main)', 'candidate (.)'],
      ['source', 'git 1a2b3c4d5e6f (main)', 'folder .'],
      ['overrides', 'none', 'load.rate=2000/s'],
      ['runtime', 'node 26.10.0', 'node 24.1.0'],
      ['durability', 'fsync', 'memory'],
    ]);
  });

  it('shows only numbers that are in the comparison, each beside its rounding', () => {
    const comparison = { ...exampleComparison(), broken: [{ side: 'B' as const, property: 'No loss', runs: 3 }] };
    const known = new Set(numbersOf(comparison).map(String));
    const units = ['us', 'ms', 'bytes', '/s', 'share', 'count', 'truth'];
    const formats = [formatUs, formatMs, formatBytes, formatMachineMemory, formatCount, formatShare, formatChange, formatNumber];
    const shown = allIn(comparisonReport(comparison), 'data').filter(({ attributes }) => attributes.get('value') !== null);
    expect(shown.length).toBeGreaterThan(120);
    for (const element of shown) {
      const value = element.attributes.get('value') as string;
      const number = Number(value);
      // Blocks are numbered by the page.
      if (!(Number.isInteger(number) && number >= 1 && number <= comparison.blocks.length)) expect(known).toContain(value);
      const readings = [
        ...formats.map((format) => format(number)),
        ...units.map((unit) => formatInUnit(number, unit)),
        formatChange(1 + number),
        formatPercentile(number),
      ];
      expect(readings).toContain(textOf(element));
    }
  });

  it('has landmarks, captions, scopes, names for pictures and a table beside each of them', () => {
    for (const comparison of [exampleComparison(), equivalentComparison()]) {
      const page = comparisonReport(comparison);
      expectNavigable(page);
      expectTablesBesideCharts(page);
      expect(/<script|\ssrc=|@import|url\(|https?:/i.exec(page)?.[0]).toBeUndefined();
    }
  });

  it('is well-formed, bounded and free of markup from the data, whatever the comparison', () => {
    fc.assert(
      fc.property(arbitraryComparison, (comparison) => {
        const page = comparisonReport(comparison);
        expectHarmless(page);
        expect(Buffer.byteLength(page)).toBeLessThan(HTML_SIZE_LIMIT);
      }),
      { ...RUNS, examples: [[hostile()]] },
    );
  });
});

/** The example with a hostile text wherever a person may write one. */
function hostile(): Comparison {
  const comparison = exampleComparison();
  const text = HOSTILE_TEXTS.join(' ');
  const side = {
    ...comparison.b,
    label: text,
    overrides: [text],
    source: text,
    target: { ...comparison.b.target, name: text, config: { [text]: text } },
  };
  return {
    ...comparison,
    reasons: [text, text],
    a: side,
    b: { ...side, scenario: { name: text, sha256: text } },
    metrics: comparison.metrics.map((metric) => ({ ...metric, name: text })),
    blocks: comparison.blocks.map((block) => ({ ...block, invalid: [text] })),
    checks: comparison.checks.map((check) => ({ ...check, name: text, unit: text })),
    broken: [{ side: 'A', property: text, runs: 1 }],
    reproduce: text,
  };
}
