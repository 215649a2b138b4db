import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCores,
  formatCount,
  formatMachineMemory,
  formatMs,
  formatRate,
  formatShare,
  formatUs,
} from '../../reports/format.ts';
import { comparisonReport } from '../../reports/html/comparison.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { arbitraryResult, HOSTILE_TEXTS, RUNS } from './arbitrary-result.ts';
import { exampleComparison } from './example-comparison.ts';
import { brokenResult, exampleResult, misdrivenResult, repeatedResult } from './example-result.ts';
import {
  allIn,
  expectHarmless,
  expectNavigable,
  expectTablesBesideCharts,
  numbersOf,
  parsePage,
  withoutOwnScript,
} from './page-elements.ts';
import { type Element, elementsOf, textOf } from './well-formed.ts';

const elsIn = (root: Element, name: string): Element[] => [...elementsOf(root)].filter((element) => element.name === name);

describe('the HTML report', () => {
  it('states the verdict in its title, its first heading and a sentence', () => {
    const page = htmlReport(brokenResult());
    expect(allIn(page, 'title').map(textOf)[0]).toBe('Fail: quickstart · letitcrash');
    expect(allIn(page, 'h1').map(textOf)).toEqual(['quickstart']);
    expect(textOf(parsePage(page))).toContain('48 acknowledged messages lost; 3 messages out of order');
  });

  it('names the driver that broke its rules, and does not blame the server', () => {
    const page = htmlReport(misdrivenResult());
    const text = textOf(parsePage(page));
    expect(allIn(page, 'title').map(textOf)[0]).toBe('Invalid: quickstart · letitcrash');
    expect(text).toContain('The driver chat (chat-driver.ts) broke the rule "a message is acknowledged or refused once');
    expect(text).toContain('Not judged: the mistakes of the driver cannot be separated from those of the server');
    expect(text).not.toMatch(/48 acknowledged messages lost|3 messages out of order|u17 to u244|broken✕|Lost48/);
    expect(allIn(page, 'span').filter(({ attributes }) => attributes.get('class') === 'state open').length).toBe(4);
  });

  it('shows only numbers that are in the result, each beside its rounding', () => {
    const result = brokenResult();
    const known = new Set(numbersOf(result).map(String));
    const formats = [formatUs, formatMs, formatBytes, formatMachineMemory, formatCount, formatRate, formatShare, formatCores];
    const shown = allIn(htmlReport(result), 'data');
    expect(shown.length).toBeGreaterThan(80);
    for (const element of shown) {
      const value = element.attributes.get('value') as string;
      expect(known).toContain(value);
      const readings = [
        ...formats.map((format) => format(Number(value))),
        `${(Number(value) / 1000).toFixed(3)} s`,
        `${(Number(value) / 1000).toFixed(1)} s`,
        formatMachineMemory(Number(value)),
        Number(value).toPrecision(3),
      ];
      expect(readings).toContain(textOf(element));
    }
  });

  it('draws every repeat of a fault as a dot on each of its clocks, with censored ones apart, and tabulates the distribution', () => {
    const result = repeatedResult();
    const page = htmlReport(result);
    const strip = allIn(page, 'svg').find(({ attributes }) => attributes.get('class') === 'chart strip wide') as Element;
    const drawn = (name: string): number =>
      [...elementsOf(strip)].filter(({ attributes }) => attributes.get('class') === name).length;
    // Twenty repeats of five clocks; in the last the service level was never regained.
    expect([drawn('dot'), drawn('unseen-dot'), drawn('median'), drawn('p95')]).toEqual([99, 1, 5, 5]);
    expect(textOf(strip)).toContain('1 repeat in which this was not observed');
    const text = textOf(parsePage(page));
    expect(text).toContain('Recovery over 20 repeats of kill-node');
    expect(text).toContain('1 of 20 were injected before an earlier fault was recovered from');

    const known = new Set(numbersOf(result).map(String));
    for (const element of allIn(page, 'data')) expect(known).toContain(element.attributes.get('value'));
  });

  it('draws every chart twice, each with a title, a description and a table of its data', () => {
    const page = htmlReport(repeatedResult());
    const figures = allIn(page, 'figure');
    expect(figures).toHaveLength(8);
    expectTablesBesideCharts(page);
    for (const figure of figures) {
      const charts = [...elementsOf(figure)].filter(({ attributes }) => attributes.get('role') === 'img');
      const classes = charts.map(({ attributes }) => attributes.get('class')?.replace(/ (?:strip|heat)/, ''));
      expect(classes).toEqual(['chart wide', 'chart narrow']);
    }
  });

  it('draws the heat map of the run cell by cell, and leaves it out if the result has none', () => {
    const result = exampleResult();
    const page = htmlReport(result);
    const heat = allIn(page, 'svg').find(({ attributes }) => attributes.get('class') === 'chart heat wide') as Element;
    const levels = [...elsIn(heat, 'path')].map(({ attributes }) => attributes.get('class'));
    expect(levels).toContain('heat-1');
    expect(levels).toContain('heat-5');
    const table = allIn(page, 'table').find((one) =>
      textOf(one.children[0] as Element).startsWith('Acknowledged messages by'),
    ) as Element;
    const cells = [...elsIn(table, 'td')].map((cell) => Number(textOf(cell).replaceAll(/[^0-9]/g, '')));
    expect(cells.reduce((sum, count) => sum + count, 0)).toBe(result.latency.response?.count);
    const old = htmlReport({ ...result, timeline: { ...result.timeline, heat: null } });
    expect(old).not.toContain('chart heat');
    expect(old).toContain('Response time over the run');
  });

  it('draws memory at plateaus with the slope and its interval, and the memory that connections leave behind', () => {
    const page = htmlReport(exampleResult());
    const charts = ['memory', 'rounds'].map(
      (id) => allIn(page, 'svg').find(({ attributes }) => attributes.get('aria-labelledby')?.startsWith(`${id}-wide`)) as Element,
    );
    for (const chart of charts) {
      expect(elsIn(chart, 'circle').length).toBeGreaterThan(4);
      expect(elsIn(chart, 'path').map(({ attributes }) => attributes.get('class'))).toContain('ribbon second');
    }
    expect(textOf(parsePage(page))).toContain('no leak');
  });

  it('marks each fault on the charts over time, from injection to recovery', () => {
    const page = htmlReport(exampleResult());
    const latency = allIn(page, 'svg').find(({ attributes }) =>
      attributes.get('aria-labelledby')?.startsWith('latency-time-wide'),
    ) as Element;
    const classes = [...elementsOf(latency)].map(({ attributes }) => attributes.get('class'));
    expect(classes.filter((name) => name === 'fault-band')).toHaveLength(2);
    expect(classes.filter((name) => name === 'recovered')).toHaveLength(2);
    expect(textOf(latency)).toContain('F2 kill-node');
  });

  it('leads from the worst seconds to their slowest messages and to what the server logged in those seconds', () => {
    const page = htmlReport(exampleResult());
    const links = allIn(page, 'a').map(({ attributes }) => attributes.get('href'));
    expect(links).toContain('#second-1');
    expect(links).toContain('logs/n1-2.log');
    const rows = allIn(page, 'tr').map(textOf);
    expect(rows.find((row) => row.includes('u12'))).toMatch(/1\.97 s.*n1|n1.*1\.97 s/);
    expect(rows.find((row) => row.includes('listening again'))).toContain('8.8 s');
    expect(textOf(parsePage(page))).toContain('8 s to 9 s: p99 never answered, 2,011 messages');
    expect(textOf(parsePage(page))).toContain('3 more rows in the logs');
    expect(htmlReport({ ...exampleResult(), worstSeconds: [] })).not.toContain('The worst seconds');
  });

  it('has landmarks, a caption on every table, scopes on every heading cell, and no id twice', () => {
    expectNavigable(htmlReport(brokenResult()));
    expectNavigable(htmlReport(repeatedResult()));
  });

  it('needs nothing from anywhere: no resource, no address, and only a script of its own that its policy names and that requests nothing', () => {
    const page = htmlReport(exampleResult());
    expect(/<script|\ssrc=|@import|url\(|https?:/i.exec(withoutOwnScript(page))?.[0]).toBeUndefined();
    for (const link of allIn(page, 'link')) expect(link.attributes.get('href')).toBe('data:,');
    const [script] = allIn(page, 'script');
    const hash = createHash('sha256')
      .update(script?.text ?? '')
      .digest('base64');
    const policy = allIn(page, 'meta')
      .find(({ attributes }) => attributes.has('http-equiv'))
      ?.attributes.get('content');
    expect(policy).toBe(`default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${hash}'`);
    expect(script?.text).not.toMatch(/fetch|XMLHttp|import\s*\(|eval|innerHTML|location|<\//);
    // A page without charts over time has no script, and allows none.
    const other = comparisonReport(exampleComparison());
    expect(other).not.toContain('<script');
    expect(other).not.toContain('script-src');
  });

  it('marks what its script moves: every line with its series, and every chart over time with its end', () => {
    const page = htmlReport(exampleResult());
    const drawn = allIn(page, 'svg').filter(({ attributes }) => attributes.has('data-zoom'));
    expect(drawn).toHaveLength(8);
    const keys = allIn(page, 'li').flatMap(({ attributes }) => attributes.get('data-series') ?? []);
    const lines = allIn(page, 'g').flatMap(({ attributes }) => attributes.get('data-series') ?? []);
    expect(new Set(lines)).toEqual(new Set([...keys, 'signed in']));
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
        expectHarmless(page);
        expect(Buffer.byteLength(page)).toBeLessThan(HTML_SIZE_LIMIT);
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
