import { describe, expect, it } from 'vitest';
import { CUT_SHORT, endingOf } from '../../../../harness/front/watch/live/ending.ts';
import {
  firstPage,
  MAX_ENTRIES,
  MAX_FAULTS,
  MAX_POINTS,
  type News,
  type Point,
  type RunFacts,
  type Story,
  told,
} from '../../../../harness/front/watch/live/page/story.ts';
import { Storyteller } from '../../../../harness/front/watch/live/storyteller.ts';
import type { WatchEvent } from '../../../../harness/front/watch/watcher.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { fault, plan, reading, WHOLE_RUN } from './watched-run.ts';

const FACTS: RunFacts = { id: '1', scenario: 's', summary: '', facts: [], users: 1, load: 'messages', pointS: 1 };
const POINT: Point = {
  atS: 1,
  sentPerSecond: 1,
  ackedPerSecond: 1,
  deliveredPerSecond: 1,
  connected: 1,
  outstanding: 0,
  p50Us: 1,
  p99Us: 1,
  maxUs: 1,
};

function teller(of = plan()): { readonly teller: Storyteller; readonly news: News[]; play(events: readonly WatchEvent[]): void } {
  const news: News[] = [];
  const teller = new Storyteller(of, (one) => news.push(one));
  return {
    teller,
    news,
    play: (events) => {
      for (const event of events) {
        if (event.kind === 'end') teller.end(endingOf(event.result, event.reportPath));
        else teller.event(event);
      }
    },
  };
}

describe('the story of a run', () => {
  it('is the same for late readers as for those who watched from the beginning', () => {
    for (let seen = 0; seen <= WHOLE_RUN.length; seen += 1) {
      const { teller: one, news, play } = teller();
      play(WHOLE_RUN.slice(0, seen));
      // As it goes over the wire.
      let page = JSON.parse(JSON.stringify(one.story)) as Story;
      const before = news.length;
      play(WHOLE_RUN.slice(seen));
      for (const each of news.slice(before)) page = told(page, JSON.parse(JSON.stringify(each)) as News);
      expect(page).toEqual(JSON.parse(JSON.stringify(one.story)));
    }
  });

  it('has the readings as points, the fault from its injection to its healing, and the verdict', () => {
    const { teller: one, play } = teller();
    play(WHOLE_RUN);
    const { points, soFar, counts, faults, entries, ending } = one.story;
    expect(points).toMatchObject([
      { atS: 1, ackedPerSecond: 100, sentPerSecond: null, connected: 100, outstanding: 2 },
      { atS: 2, ackedPerSecond: 100, sentPerSecond: 0 },
    ]);
    expect(points[1]?.p50Us).toBeCloseTo(5_000, -2);
    expect(soFar?.count).toBe(5);
    expect(counts?.acked).toBe(250);
    expect(faults).toMatchObject([{ fault: 'kill-node', target: 'n1', atS: 2, healedS: 2, state: 'healed' }]);
    expect(entries.map(({ kind }) => kind)).toEqual(['phase', 'fault', 'fault', 'bad', 'phase', 'ending']);
    expect(ending).toMatchObject({ kind: exampleResult().verdict, report: 'runs/example/report.html' });
    expect(ending?.properties).toHaveLength(9);
  });

  it('tells a fault that could not be verified from one that healed, and from one that never struck', () => {
    const { teller: one, play } = teller();
    play([fault('injected'), fault('failed'), fault('skipped', 'kill-process')]);
    expect(one.story.faults.map(({ state }) => state)).toEqual(['failed', 'skipped']);
    expect(one.story.entries.map(({ kind }) => kind)).toEqual(['bad', 'fault'].toSpliced(0, 0, 'fault'));
  });

  it('adds up the histograms of a long run, several seconds to a point, and averages no percentile', () => {
    const base = plan();
    const { teller: one, play } = teller({ ...base, load: { ...base.load, durationMs: 1_700_000 } });
    const { pointS } = one.story.run;
    expect(pointS).toBeGreaterThan(1);
    const slow = Array.from({ length: pointS }, (_, index) =>
      reading((index + 1) * 1000, index * 10, index === 0 ? [1_000] : [9_000]),
    );
    play(slow);
    expect(one.story.points).toHaveLength(1);
    expect(one.story.latest?.p50Us).toBeGreaterThan(8_900);
    expect(one.story.points[0]?.maxUs).toBeGreaterThan(8_900);
    expect(one.story.points[0]?.p50Us).toBe(pointS === 2 ? one.story.points[0]?.p50Us : one.story.latest?.p50Us);
    expect(one.story.soFar?.count).toBe(pointS);
  });

  it('is bounded in everything that can grow, and counts what it leaves out', () => {
    let story = firstPage(FACTS);
    for (let index = 0; index < MAX_POINTS + 5; index += 1) {
      story = told(story, { kind: 'measured', latest: POINT, point: POINT, counts: null, soFar: null });
    }
    for (let index = 0; index < MAX_FAULTS + 7; index += 1) {
      story = told(story, {
        kind: 'fault',
        what: 'injected',
        fault: 'kill-node',
        target: `n${index}`,
        atS: index,
        words: `${index}`,
      });
    }
    expect([story.points.length, story.faults.length, story.entries.length]).toEqual([MAX_POINTS, MAX_FAULTS, MAX_ENTRIES]);
    expect(story.leftOut).toEqual({ points: 5, faults: 7, entries: MAX_FAULTS + 7 - MAX_ENTRIES });
    expect(story.entries.at(-1)?.words).toBe(`${MAX_FAULTS + 6}`);
  });

  it('ends as cut short if nobody judged the run', () => {
    expect(told(firstPage(FACTS), { kind: 'ending', ending: CUT_SHORT }).ending).toMatchObject({
      kind: 'cut-short',
      report: null,
    });
  });
});
