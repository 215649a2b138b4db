import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatChange, formatInUnit, formatShare } from '../../reports/format.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { trendReport } from '../../reports/html/trend.ts';
import { arbitraryHistory, HOSTILE_TEXTS, RUNS } from './arbitrary-result.ts';
import { exampleHistory } from './example-history.ts';
import { allIn, expectHarmless, expectNavigable, expectTablesBesideCharts, numbersOf, parsePage } from './page-elements.ts';
import { type Element, elementsOf, textOf } from './well-formed.ts';

describe('the trend page', () => {
  const history = exampleHistory();
  const page = trendReport(history);
  const chart = (title: string): Element =>
    allIn(page, 'svg').find((svg) => textOf(svg.children[0] as Element).startsWith(title)) as Element;
  const drawn = (svg: Element, kind: string): Element[] =>
    [...elementsOf(svg)].filter(({ name, attributes }) => name === kind || attributes.get('class') === kind);

  it('says in its title and a sentence what got worse, and since which run', () => {
    expect(allIn(page, 'title').map(textOf)[0]).toBe('1 metric got worse: trend of steady on reference · letitcrash');
    expect(allIn(page, 'h1').map(textOf)).toEqual(['Trend of steady on reference']);
    const since = history.series[0]?.runs[26];
    expect(textOf(parsePage(page))).toContain(`+12.1%, since ${since?.label}, 2026-11-09 03:12`);
    const calm = {
      ...history,
      series: history.series.map((one) => ({ ...one, metrics: one.metrics.map((metric) => ({ ...metric, changes: [] })) })),
    };
    expect(allIn(trendReport(calm), 'title').map(textOf)[0]).toMatch(/^Nothing got worse/);
  });

  it('counts the latest change of each metric, the latest first: what was worse once and is repaired is not news', () => {
    const change = { before: 40, after: 44, ratio: 1.1, worse: true };
    const mended = [
      { ...change, at: 10 },
      { ...change, at: 20, before: 44, after: 40, ratio: 0.91, worse: false },
    ];
    const changes = [mended, [{ ...change, at: 5 }], [{ ...change, at: 8 }], [], []];
    const [first] = history.series;
    if (first === undefined) throw new Error('the example has a series');
    const metrics = first.metrics.map((metric, index) => ({ ...metric, changes: changes[index] ?? [] }));
    const titleAndHead = (given: typeof metrics): string[] => {
      const made = trendReport({ ...history, series: [{ ...first, metrics: given }] });
      return [textOf(allIn(made, 'title')[0] as Element), textOf(parsePage(made))];
    };
    const [title, page] = titleAndHead(metrics);
    expect(title).toMatch(/^2 metrics got worse/);
    const [second, third] = [metrics[1]?.name, metrics[2]?.name].map((name) => page?.indexOf(`${name} went from`) ?? -1);
    expect(third).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(third ?? 0);

    const [calmTitle, calm] = titleAndHead(metrics.map((metric, index) => (index === 0 ? metric : { ...metric, changes: [] })));
    expect(calmTitle).toMatch(/^Nothing got worse/);
    expect(calm).toContain('At its latest change no metric got worse; 1 metric got better');
  });

  it('says that a scale does not begin at zero where it does not', () => {
    const [first] = history.series;
    const [metric] = first?.metrics ?? [];
    if (first === undefined || metric === undefined) throw new Error('the example has a series');
    const note = (values: readonly number[]): boolean =>
      trendReport({ ...history, series: [{ ...first, metrics: [{ ...metric, values: [...values], changes: [] }] }] }).includes(
        'the scale does not begin at zero',
      );
    const runs = first.runs.map((_, index) => index);
    expect(note(runs.map((index) => 1_000 + index))).toBe(true);
    // Values that are all the same have no range of their own.
    expect(note(runs.map(() => 1_000))).toBe(false);
  });

  it('draws a dot for each run, the level on each side of a change, and a line at the change', () => {
    const cpu = chart('cpu.serverPerMessage');
    expect(drawn(cpu, 'circle')).toHaveLength(40);
    const [before, after] = drawn(cpu, 'level').map(({ attributes }) => attributes);
    expect(Number(before?.get('x2'))).toBe(Number(after?.get('x1')));
    expect(Number(before?.get('y1'))).toBeGreaterThan(Number(after?.get('y1')));
    expect(drawn(cpu, 'change worse').map(({ attributes }) => attributes.get('x1'))).toEqual([before?.get('x2')]);
    expect(drawn(chart('memory.perConnection'), 'change better')).toHaveLength(1);
    // One night had no value.
    expect(drawn(chart('response.p99'), 'circle')).toHaveLength(39);
  });

  it('shows only numbers that are in the history, each beside its rounding', () => {
    const known = new Set(numbersOf(history).map(String));
    for (const element of allIn(page, 'data')) {
      const value = element.attributes.get('value') as string;
      expect(known).toContain(value);
      const readings = ['us', 'ms', 'bytes', '/s', 'share', 'count'].map((unit) => formatInUnit(Number(value), unit));
      expect([...readings, formatChange(Number(value)), formatShare(Number(value))]).toContain(textOf(element));
    }
  });

  it('has landmarks, captions, scopes, names for pictures and a table beside each of them', () => {
    expectNavigable(page);
    expectTablesBesideCharts(page);
    expect(/<script|\ssrc=|@import|url\(|https?:/i.exec(page)?.[0]).toBeUndefined();
  });

  it('says once of each series how many nodes it has, and names its faults in words', () => {
    const faults = ['kill-node at="2000 ms" target="random" count=1'];
    const nodes = history.series.map((one) => ({
      ...one,
      setup: { ...one.setup, nodes: 3, config: { durability: 'fsync', nodes: 3 }, faults },
    }));
    const text = textOf(parsePage(trendReport({ ...history, series: nodes }))).replaceAll('\u00a0', ' ');
    expect(text).toMatch(/durability fsync\s+(?:·\s*)?faults: kill-node at 2\.00 s target random count 1/);
    expect(text).not.toContain('nodes 3');
  });

  it('is well-formed, bounded and free of markup from the data, whatever the history', () => {
    const text = HOSTILE_TEXTS.join(' ');
    const hostile = {
      ...history,
      series: history.series.map((one) => ({
        ...one,
        fingerprint: text,
        setup: { ...one.setup, scenario: text, target: text, model: text, config: { [text]: text }, faults: [text] },
        runs: one.runs.map((run) => ({ ...run, label: text, version: text, startedAt: text })),
        metrics: one.metrics.map((metric) => ({ ...metric, name: text })),
      })),
    };
    fc.assert(
      fc.property(arbitraryHistory, (any) => {
        const made = trendReport(any);
        expectHarmless(made);
        expect(Buffer.byteLength(made)).toBeLessThan(HTML_SIZE_LIMIT);
      }),
      { ...RUNS, examples: [[hostile]] },
    );
  });
});
