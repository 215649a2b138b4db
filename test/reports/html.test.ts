import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCores, formatCount, formatMs, formatRate, formatShare, formatUs } from '../../reports/format.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { arbitraryResult, HOSTILE_TEXTS, RUNS } from './arbitrary-result.ts';
import { brokenResult, exampleResult, repeatedResult } from './example-result.ts';
import { type Element, elementsOf, parseXml, textOf } from './well-formed.ts';

const VOID = new Set(['meta', 'link', 'br']);
const RAW = new Set(['style']);
const INTRUDERS = new Set(['script', 'img', 'iframe', 'textarea']);
const parse = (page: string): Element => parseXml(page, VOID, RAW);
const all = (page: string, name: string): Element[] => [...elementsOf(parse(page))].filter((element) => element.name === name);

/** Every number of a JSON value. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersOf);
}

describe('the HTML report', () => {
  it('says the verdict in its title, its first heading and a sentence', () => {
    const page = htmlReport(brokenResult());
    expect(all(page, 'title').map(textOf)[0]).toBe('Fail: quickstart · letitcrash');
    expect(all(page, 'h1').map(textOf)).toEqual(['quickstart']);
    expect(textOf(parse(page))).toContain('48 acknowledged messages lost; 3 messages out of order');
  });

  it('shows only numbers that are in the result, each beside its rounding', () => {
    const result = brokenResult();
    const known = new Set(numbersOf(result).map(String));
    const formats = [formatUs, formatMs, formatBytes, formatCount, formatRate, formatShare, formatCores];
    const shown = all(htmlReport(result), 'data');
    expect(shown.length).toBeGreaterThan(80);
    for (const element of shown) {
      const value = element.attributes.get('value') as string;
      expect(known).toContain(value);
      const readings = [
        ...formats.map((format) => format(Number(value))),
        `${(Number(value) / 1000).toFixed(3)} s`,
        Number(value).toPrecision(3),
      ];
      expect(readings).toContain(textOf(element));
    }
  });

  it('draws every repeat of a fault as a dot on each of its clocks, with what never came apart, and tabulates the distribution', () => {
    const result = repeatedResult();
    const page = htmlReport(result);
    const strip = all(page, 'svg').find(({ attributes }) => attributes.get('class') === 'chart strip wide') as Element;
    const drawn = (name: string): number =>
      [...elementsOf(strip)].filter(({ attributes }) => attributes.get('class') === name).length;
    // Twenty repeats of five clocks; in the last the service level was never regained.
    expect([drawn('dot'), drawn('unseen-dot'), drawn('median'), drawn('p95')]).toEqual([99, 1, 5, 5]);
    expect(textOf(strip)).toContain('1 repeat in which it was not seen to be');
    const text = textOf(parse(page));
    expect(text).toContain('Recovery over 20 repeats of kill-node');
    expect(text).toContain('1 of 20 were injected before an earlier fault was recovered from');

    const known = new Set(numbersOf(result).map(String));
    for (const element of all(page, 'data')) expect(known).toContain(element.attributes.get('value'));
  });

  it('draws every chart twice, each with a title, a description and a table of its data', () => {
    const page = htmlReport(repeatedResult());
    const figures = all(page, 'figure');
    expect(figures).toHaveLength(7);
    for (const figure of figures) {
      const parts = [...elementsOf(figure)];
      const charts = parts.filter(({ name, attributes }) => name === 'svg' && attributes.get('role') === 'img');
      const classes = charts.map(({ attributes }) => attributes.get('class')?.replace(/ (?:strip|heat)/, ''));
      expect(classes).toEqual(['chart wide', 'chart narrow']);
      for (const chart of charts) {
        const named = (chart.attributes.get('aria-labelledby') as string).split(' ');
        const texts = named.map((id) => [...elementsOf(chart)].find(({ attributes }) => attributes.get('id') === id));
        expect(texts.map((element) => element?.name)).toEqual(['title', 'desc']);
        for (const element of texts) expect(textOf(element as Element).length).toBeGreaterThan(5);
      }
      const details = parts.find(({ name }) => name === 'details') as Element;
      expect([...elementsOf(details)].filter(({ name }) => name === 'tr').length).toBeGreaterThan(3);
    }
  });

  it('marks each fault on the charts over time, from injection to whole again', () => {
    const page = htmlReport(exampleResult());
    const latency = all(page, 'svg').find(({ attributes }) =>
      attributes.get('aria-labelledby')?.startsWith('latency-time-wide'),
    ) as Element;
    const classes = [...elementsOf(latency)].map(({ attributes }) => attributes.get('class'));
    expect(classes.filter((name) => name === 'fault-band')).toHaveLength(2);
    expect(classes.filter((name) => name === 'recovered')).toHaveLength(2);
    expect(textOf(latency)).toContain('F2 kill-node');
  });

  it('has landmarks, a caption on every table, scopes on every heading cell, and no id twice', () => {
    const page = htmlReport(brokenResult());
    expect(all(page, 'main')).toHaveLength(1);
    expect(all(page, 'nav')[0]?.attributes.get('aria-label')).toBeTruthy();
    for (const table of all(page, 'table')) expect(table.children[0]?.name).toBe('caption');
    for (const cell of all(page, 'th')) expect(['col', 'row']).toContain(cell.attributes.get('scope'));
    const ids = [...elementsOf(parse(page))].flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = all(page, 'a').map(({ attributes }) => attributes.get('href')?.slice(1));
    for (const target of targets) expect(ids).toContain(target);
  });

  it('needs nothing from anywhere: no script, no resource, no address', () => {
    const page = htmlReport(exampleResult());
    expect(/<script|\ssrc=|@import|url\(|https?:/i.exec(page)?.[0]).toBeUndefined();
    for (const link of all(page, 'link')) expect(link.attributes.get('href')).toBe('data:,');
  });

  it('folds a long run into bounded charts without averaging a percentile', () => {
    const result = exampleResult();
    const repeat = <T>(column: readonly T[]): T[] => Array.from({ length: 100 }, () => column).flat();
    const timeline = Object.fromEntries(
      Object.entries(result.timeline).map(([key, value]) => [key, Array.isArray(value) ? repeat(value as number[]) : value]),
    ) as typeof result.timeline;
    const page = htmlReport({ ...result, timeline });
    expect(Buffer.byteLength(page)).toBeLessThan(HTML_SIZE_LIMIT);
    expect(page.includes('the highest value of 87 slots')).toBe(true);
  });

  it('is well-formed, bounded and free of markup from the run, whatever the result', () => {
    fc.assert(
      fc.property(arbitraryResult, (result) => {
        const page = htmlReport(result);
        const root = parse(page);
        const intruders = [...elementsOf(root)].filter(
          ({ name, attributes }) => INTRUDERS.has(name) || [...attributes.keys()].some((key) => key.startsWith('on')),
        );
        expect(intruders.map(({ name }) => name)).toEqual([]);
        expect(Buffer.byteLength(page)).toBeLessThan(HTML_SIZE_LIMIT);
        expect(/.{0,80}(?:NaN|Infinity|undefined)/.exec(page)?.[0]).toBeUndefined();
      }),
      { ...RUNS, examples: [[hostile()]] },
    );
  });
});

/** The example with a hostile text wherever a person may write one. */
function hostile(): ReturnType<typeof exampleResult> {
  const result = brokenResult();
  const text = HOSTILE_TEXTS.join(' ');
  return {
    ...result,
    reasons: [text, text],
    scenario: { name: text, sha256: text, summary: text },
    reproduce: text,
    target: { ...result.target, name: text, config: { [text]: text } },
    checks: result.checks.map((check) => ({ ...check, name: text, unit: text })),
    faults: result.faults.map((fault) => ({
      ...fault,
      kind: text,
      target: text,
      evidence: [text],
      requested: { [text]: [text] },
    })),
  };
}
