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

  it('says what got worse, and since which run, in its title and a sentence', () => {
    expect(allIn(page, 'title').map(textOf)[0]).toMatch(/^1 change for the worse/);
    const since = history.series[0]?.runs[26];
    expect(textOf(parsePage(page))).toContain(`+12.1%, since ${since?.label}, 2026-11-09 03:12`);
    const calm = {
      ...history,
      series: history.series.map((one) => ({ ...one, metrics: one.metrics.map((metric) => ({ ...metric, changes: [] })) })),
    };
    expect(allIn(trendReport(calm), 'title').map(textOf)[0]).toMatch(/^Nothing got worse/);
  });

  it('draws a dot a run, the level on each side of a change, and a line where it is', () => {
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
