import { describe, expect, it } from 'vitest';
import type { ExplorationResult, ReplayResult } from '../../harness/evidence/result/exploration.ts';
import { explorationMarkdown, replayMarkdown } from '../../reports/exploration-markdown.ts';
import { explorationReport } from '../../reports/html/exploration.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { replayReport } from '../../reports/html/replay.ts';
import { MARKDOWN_SIZE_LIMIT } from '../../reports/markdown-text.ts';
import { HOSTILE_TEXTS } from './arbitrary-result.ts';
import { cleanExploration, exampleExploration, exampleReplay, oldReplay } from './example-exploration.ts';
import { allIn, expectHarmless, expectNavigable, expectTablesBesideCharts, parsePage } from './page-elements.ts';
import { expectPlainTables } from './plain-tables.ts';
import { elementsOf, textOf } from './well-formed.ts';

const textIn = (page: string): string => textOf(parsePage(page));

describe('the page of an exploration', () => {
  it('says what was broken, by how small a schedule, how often, with which seed, and how to replay it', () => {
    const page = explorationReport(exampleExploration());
    expect(allIn(page, 'title').map(textOf)[0]).toBe('Found: exploration of calibrated · letitcrash');
    expect(allIn(page, 'h1').map(textOf)).toEqual(['Exploration of calibrated']);
    const text = textIn(page);
    expect(text).toContain('"No loss" is broken by 1 fault, in 9 of 10 fresh runs, a share between 60% and 98% (95%)');
    expect(text).toContain('1 fault, of 3 as it was found');
    expect(text).toContain('message 17 of u3 to u9 was acknowledged at 0.581 s and never arrived');
    expect(allIn(page, 'code').map(textOf)).toContain('4711');
    expect(text).toContain('letitcrash replay found-1.yaml --times 20');
    expect(text).toContain('letitcrash explore --target calibrated --nodes 3 --seed 7');
  });

  it('draws the reduced schedule and the one it came from, each fault from its injection to its heal', () => {
    const page = explorationReport(exampleExploration());
    const drawn = allIn(page, 'svg').filter(({ attributes }) => attributes.get('class') === 'chart schedule wide');
    const bars = drawn.map(
      (svg) => [...elementsOf(svg)].filter(({ attributes }) => attributes.get('class') === 'fault-bar').length,
    );
    expect(bars).toEqual([1, 3]);
    const names = drawn.flatMap((svg) =>
      [...elementsOf(svg)].filter(({ attributes }) => attributes.get('class') === 'row').map(textOf),
    );
    expect(names).toEqual(['kill-node n2', 'kill-process random', 'kill-node n2', 'partition']);
    expect(textIn(page)).toContain('kill-node600 ms100 mstarget n2');
    expectTablesBesideCharts(page);
  });

  it('says what was explored: schedules, kinds of faults with what was verified, and the runs that do not count', () => {
    const text = textIn(explorationReport(exampleExploration()));
    expect(text).toContain('41 schedules, each run 2.00 s of load from 60 users that the server has not seen');
    expect(text).toMatch(/kill-node38353/);
    expect(text).toContain('kill-node-2 could not be verified');
  });

  it('claims no more than was examined if nothing was found, nothing counted, or nothing was started', () => {
    const clean = textIn(explorationReport(cleanExploration()));
    expect(clean).toContain('This proves nothing about the schedules that were not played');
    const wordOf = (change: Partial<ExplorationResult>): string | undefined =>
      allIn(explorationReport({ ...cleanExploration(), ...change }), 'title')
        .map(textOf)[0]
        ?.split(':')[0];
    expect(wordOf({})).toBe('Nothing found');
    expect(wordOf({ schedules: 0 })).toBe('Nothing proven');
    expect(wordOf({ ending: 'unfit' })).toBe('Given up');
    expect(wordOf({ ending: 'interrupted' })).toBe('Interrupted');
    expect(wordOf({ ending: 'going' })).toBe('Unfinished');
    expect(textIn(explorationReport({ ...cleanExploration(), target: null }))).toContain('never started');
  });

  it('is navigable, bounded and free of markup from the run, whatever it holds', () => {
    for (const exploration of [exampleExploration(), cleanExploration(), hostileExploration()]) {
      const page = explorationReport(exploration);
      expectNavigable(page);
      expectHarmless(page);
      expect(Buffer.byteLength(page)).toBeLessThan(HTML_SIZE_LIMIT);
      const summary = explorationMarkdown(exploration);
      expectPlainTables(summary);
      expect(Buffer.byteLength(summary)).toBeLessThan(MARKDOWN_SIZE_LIMIT);
    }
  });
});

describe('the page of a replay', () => {
  it('says how many runs broke something, run by run, with the schedule and how to replay it', () => {
    const page = replayReport(exampleReplay());
    expect(allIn(page, 'title').map(textOf)[0]).toBe('Broken: replay of found-1 · letitcrash');
    expect(allIn(page, 'h1').map(textOf)).toEqual(['Replay of found-1']);
    const text = textIn(page);
    expect(text).toContain('"No loss" was broken in 3 of 4 fresh runs, a share between 30% and 95% (95%); 1 run did not count');
    expect(text).toMatch(/1✕ broken391No loss2✓ held402–3\? does not count0kill-node-1 could not be verified/);
    expect(text).toContain('letitcrash replay found-1.yaml --times 4 --seed 4711');
    expectTablesBesideCharts(page);
  });

  it('says of runs that all held how often such a schedule might fail all the same', () => {
    const held = { ...exampleReplay(), reproduction: { runs: 20, failures: 0, low: 0, high: 0.161 }, broken: {}, evidence: [] };
    expect(textIn(replayReport(held))).toContain(
      'a schedule that fails in more than 16.1% of its runs would very likely have failed',
    );
    expect(allIn(replayReport({ ...held, interrupted: true }), 'title').map(textOf)[0]).toMatch(/^Interrupted/);
    const none = { ...held, reproduction: { runs: 0, failures: 0, low: 0, high: 1 } };
    expect(allIn(replayReport(none), 'title').map(textOf)[0]).toMatch(/^Nothing proven/);
  });

  it('reads a document from before single runs were kept, and says that it does not know them', () => {
    const page = replayReport(oldReplay());
    expect(textIn(page)).toContain('This document does not have the single runs');
    expect(textIn(page)).toContain('not known');
    expectNavigable(page);
  });

  it('is navigable, bounded and free of markup from the run, whatever it holds', () => {
    for (const replay of [exampleReplay(), oldReplay(), hostileReplay()]) {
      const page = replayReport(replay);
      expectNavigable(page);
      expectHarmless(page);
      expect(Buffer.byteLength(page)).toBeLessThan(HTML_SIZE_LIMIT);
      const summary = replayMarkdown(replay);
      expectPlainTables(summary);
      expect(Buffer.byteLength(summary)).toBeLessThan(MARKDOWN_SIZE_LIMIT);
    }
  });

  it('has a summary in Markdown that begins with the outcome', () => {
    expect(replayMarkdown(exampleReplay())).toMatch(/^## Broken: replay of found-1\n/);
    expect(replayMarkdown(exampleReplay())).toContain('| 600 ms | kill-node | 100 ms | target n2 |');
    const found = explorationMarkdown(exampleExploration());
    expect(found).toMatch(/^## Found: exploration of calibrated\n/);
    expect(found).toContain('letitcrash replay found-1.yaml --times 20');
    expect(found).toContain('| kill-node | 38 | 35 | 3 |');
  });
});

const TEXT = HOSTILE_TEXTS.join(' ');

function hostileExploration(): ExplorationResult {
  const exploration = exampleExploration();
  const step = { at: TEXT, kind: TEXT, for: TEXT, [TEXT]: TEXT, target: TEXT };
  const many = Array.from({ length: 400 }, (_, index) => ({ ...step, at: `${index} ms` }));
  return {
    ...exploration,
    reproduce: TEXT,
    target: { name: TEXT, version: TEXT, runtime: TEXT, nodes: 3, config: { [TEXT]: TEXT } },
    discounted: Array.from({ length: 20 }, () => ({ reason: TEXT, schedule: [step] })),
    faults: { [TEXT]: { drawn: 1, verified: 1, impossible: 0 } },
    found: Array.from({ length: 30 }, () => ({
      property: TEXT,
      seed: 1,
      schedule: many,
      minimal: [step, ...many.slice(0, 3)],
      reproduction: { runs: 0, failures: 0, low: 0, high: 1 },
      evidence: Array.from({ length: 30 }, () => TEXT),
      scenario: 'found-1.yaml',
    })),
  };
}

function hostileReplay(): ReplayResult {
  const [found] = hostileExploration().found;
  return {
    ...exampleReplay(),
    scenario: TEXT,
    reproduce: TEXT,
    discounted: Array.from({ length: 2000 }, () => TEXT),
    broken: { [TEXT]: 3 },
    evidence: Array.from({ length: 100 }, () => TEXT),
    schedule: found?.schedule ?? [],
    trials: Array.from({ length: 1000 }, () => ({ discounted: TEXT, broken: [], acked: 1 })),
  };
}
