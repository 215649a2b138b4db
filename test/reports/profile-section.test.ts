import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../harness/evidence/result/profile.ts';
import { callTotals } from '../../reports/charts/flame-graph.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { HOSTILE_TEXTS } from './arbitrary-result.ts';
import { exampleProfile } from './example-profile.ts';
import { exampleResult } from './example-result.ts';
import {
  allIn,
  expectHarmless,
  expectNavigable,
  expectTablesBesideCharts,
  parsePage,
  withoutOwnScript,
} from './page-elements.ts';
import { type Element, elementsOf, textOf } from './well-formed.ts';

const profiled = { ...exampleResult(), profiledWith: 'cpu' as const };
const page = htmlReport(profiled, exampleProfile());
const flame = (html: string): Element =>
  allIn(html, 'svg').find(({ attributes }) => attributes.get('class') === 'chart flame wide') as Element;
const bars = (html: string) =>
  [...elementsOf(flame(html))]
    .filter(({ name }) => name === 'rect')
    .map((rect) => ({
      name: textOf(rect).split(',')[0]?.split(':')[0],
      left: Number(rect.attributes.get('x')),
      top: Number(rect.attributes.get('y')),
      width: Number(rect.attributes.get('width')),
    }));

describe('the profile of a run', () => {
  it('is a section of its page, which links the file and says what was profiled', () => {
    const text = textOf(parsePage(page));
    expect(text).toContain('What node n2 did');
    expect(text).toContain('of 2 nodes it used most CPU');
    expect(text).toContain('n2 was restarted during the load');
    expect(allIn(page, 'a').map(({ attributes }) => attributes.get('href'))).toContain('profile/n2.cpuprofile');
    expect(htmlReport(profiled)).not.toContain('id="profile"');
  });

  it('is mentioned wherever the figures are, because they are not those of an unobserved server', () => {
    const words = 'The server was observed by the CPU profiler under load';
    expect(textOf(parsePage(htmlReport(profiled)))).toContain(words);
    expect(markdownSummary(profiled)).toContain(words);
    expect(terminalSummary(profiled, { colour: false, reportPath: null, width: 120 })).toContain(words);
    expect(markdownSummary(exampleResult())).not.toContain('profiler');
  });

  it('draws each call as wide as its share, below its caller and beside its neighbours', () => {
    const all = bars(page);
    const of = (name: string) => all.find((bar) => bar.name === name) as (typeof all)[number];
    const [outer, inner, send, write] = ['runSlice', 'handle', 'send', 'writeGeneric'].map(of);
    expect(outer?.width).toBeCloseTo((18.3 / 24.3) * 960, 0);
    expect(inner?.width).toBeCloseTo((17.1 / 24.3) * 960, 0);
    expect([outer?.top, inner?.top, send?.top, write?.top]).toEqual([1, 20, 39, 58]);
    expect(of('(program)').left).toBeCloseTo(outer?.width ?? 0, 0);
    expect(of('(garbage collector)').top).toBe(1);
  });

  it('has a table of the hottest functions, and everything that other charts have', () => {
    expectNavigable(page);
    expectTablesBesideCharts(page);
    expectHarmless(page);
    const hottest = allIn(page, 'table').find((table) => textOf(table).startsWith('The functions with the most')) as Element;
    expect(textOf(hottest)).toContain('session.ts:140');
  });

  it('without stacks lists its files', () => {
    const doctor = { ...exampleProfile(), with: 'doctor' as const, stacks: null };
    const html = htmlReport(profiled, { ...doctor, files: [{ path: 'profile/n2.doctor.html', opensWith: 'a browser' }] });
    expect(html).toContain('href="profile/n2.doctor.html"');
    expect(html).not.toContain('profile-flame');
  });

  it('stays bounded and free of markup, whatever is in it', () => {
    const text = fc.constantFrom(...HOSTILE_TEXTS);
    const weight = fc.constantFrom(0, 1, 1e3, 1e9, 1e15);
    const profiles = fc
      .record({
        names: fc.array(text, { minLength: 1, maxLength: 5 }),
        rows: fc.array(fc.tuple(fc.integer({ min: -1, max: 3_000 }), fc.nat(6), weight), { maxLength: 60 }),
        times: fc.constantFrom(1, 40),
      })
      .map(({ names, rows, times }): Profile => {
        const example = exampleProfile();
        const tree = Array.from({ length: times }, () => rows).flat();
        const stacks = example.stacks as NonNullable<Profile['stacks']>;
        return {
          ...example,
          node: names[0] as string,
          files: names.map((path) => ({ path, opensWith: path })),
          notes: names,
          stacks: { ...stacks, tree, functions: names.map((name) => ({ name, place: name })), hottest: tree.slice(0, 30) },
        };
      });
    fc.assert(
      fc.property(profiles, (profile) => {
        const html = htmlReport(profiled, profile);
        expect(Buffer.byteLength(html)).toBeLessThan(HTML_SIZE_LIMIT);
        parsePage(html);
        expect(withoutOwnScript(html)).not.toMatch(/<script|href="(?:javascript|data:text|https?):/i);
      }),
      { numRuns: 15 },
    );
  });
});

describe('totals of calls', () => {
  it('are their own and that of everything below; a call that does not exist earlier is not a caller', () => {
    const calls = [
      { caller: 2, own: 1 },
      { caller: 0, own: 2 },
      { caller: 1, own: 4 },
      { caller: -1, own: 8 },
    ];
    expect(callTotals(calls)).toEqual([7, 6, 4, 8]);
  });
});
