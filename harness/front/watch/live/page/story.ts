/**
 * What is known about a run so far, and how each piece of news changes it. Pure, and the same code on both sides: the server keeps the
 * story for readers who come late, the page keeps its own, and the same news make the same story. Everything in it is bounded.
 */

import type { Verdict } from '../../../../evidence/result/result.ts';
import type { Phase } from '../../../../run/conductor/progress.ts';
import type { Counts } from '../../../../run/load/counts.ts';

export const MAX_POINTS = 1_200;
export const MAX_FAULTS = 300;
export const MAX_ENTRIES = 300;

/** Facts of the run, in words if they are for people. */
export interface RunFacts {
  /** Different for every run. */
  readonly id: string;
  readonly scenario: string;
  readonly summary: string;
  readonly facts: readonly string[];
  readonly users: number;
  readonly load: 'messages' | 'requests';
  /** Seconds for which a point of the charts stands. */
  readonly pointS: number;
}

/** What was measured over an interval. Null if there is nothing to measure. */
export interface Point {
  /** Its end, in seconds since the run's zero. */
  readonly atS: number;
  readonly sentPerSecond: number | null;
  readonly ackedPerSecond: number | null;
  readonly deliveredPerSecond: number | null;
  /** At its end. */
  readonly connected: number;
  readonly outstanding: number;
  /** From intended send to acknowledgement. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly maxUs: number | null;
}

export interface LatencySoFar {
  readonly count: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

export interface StruckFault {
  readonly fault: string;
  readonly target: string;
  readonly atS: number;
  readonly healedS: number | null;
  readonly state: 'struck' | 'healed' | 'failed' | 'skipped';
  readonly words: string;
}

/** Something that happened, in words. */
export interface Entry {
  readonly kind: 'phase' | 'fault' | 'bad' | 'ending';
  /** Since the run's zero; null if that is not known. */
  readonly atS: number | null;
  readonly words: string;
}

export interface Judgement {
  readonly name: string;
  readonly tone: 'good' | 'bad' | 'open';
  readonly outcome: string;
  /** The rule, or what was measured and what the limit is. */
  readonly words: string;
}

/** How the run ended, ready to be shown. */
export interface Ending {
  readonly kind: Verdict | 'cut-short';
  readonly word: string;
  readonly sentence: string;
  readonly reasons: readonly string[];
  /** The ledger's verdict; none for requests alone. */
  readonly properties: readonly Judgement[];
  readonly checks: readonly Judgement[];
  /** The file; null if none was written. */
  readonly report: string | null;
}

export interface Story {
  readonly run: RunFacts;
  readonly phase: Phase | null;
  readonly time: { readonly elapsedS: number; readonly totalS: number | null } | null;
  /** The newest second. */
  readonly latest: Point | null;
  readonly points: readonly Point[];
  /** Since the workers began; null before the first reading, and for requests. */
  readonly counts: Readonly<Counts> | null;
  readonly soFar: LatencySoFar | null;
  readonly faults: readonly StruckFault[];
  readonly entries: readonly Entry[];
  /** What did not fit into its list: points and faults that came too late, and entries that made room for newer ones. */
  readonly leftOut: { readonly points: number; readonly faults: number; readonly entries: number };
  readonly ending: Ending | null;
}

export type News =
  | { readonly kind: 'phase'; readonly phase: Phase; readonly words: string }
  | { readonly kind: 'time'; readonly elapsedS: number; readonly totalS: number | null }
  | {
      readonly kind: 'measured';
      readonly latest: Point;
      /** Null while the interval of a point is not over. */
      readonly point: Point | null;
      readonly counts: Readonly<Counts> | null;
      readonly soFar: LatencySoFar | null;
    }
  | {
      readonly kind: 'fault';
      readonly what: 'injected' | 'healed' | 'failed' | 'skipped';
      readonly fault: string;
      readonly target: string;
      readonly atS: number;
      readonly words: string;
    }
  | { readonly kind: 'warning'; readonly words: string }
  | { readonly kind: 'ending'; readonly ending: Ending };

export function firstPage(run: RunFacts): Story {
  return {
    run,
    phase: null,
    time: null,
    latest: null,
    points: [],
    counts: null,
    soFar: null,
    faults: [],
    entries: [],
    leftOut: { points: 0, faults: 0, entries: 0 },
    ending: null,
  };
}

/** The story with one more piece of news. */
export function told(story: Story, news: News): Story {
  switch (news.kind) {
    case 'phase':
      return withEntry({ ...story, phase: news.phase }, { kind: 'phase', atS: null, words: news.words });
    case 'time':
      return { ...story, time: { elapsedS: news.elapsedS, totalS: news.totalS } };
    case 'measured':
      return withPoint({ ...story, latest: news.latest, counts: news.counts, soFar: news.soFar }, news.point);
    case 'fault':
      return withEntry(withFault(story, news), {
        kind: news.what === 'failed' ? 'bad' : 'fault',
        atS: news.atS,
        words: news.words,
      });
    case 'warning':
      return withEntry(story, { kind: 'bad', atS: null, words: news.words });
    case 'ending':
      return withEntry(
        { ...story, ending: news.ending },
        { kind: 'ending', atS: null, words: `${news.ending.word}: ${news.ending.sentence}` },
      );
  }
}

function withPoint(story: Story, point: Point | null): Story {
  if (point === null) return story;
  if (story.points.length < MAX_POINTS) return { ...story, points: [...story.points, point] };
  return { ...story, leftOut: { ...story.leftOut, points: story.leftOut.points + 1 } };
}

/** The oldest entries make room for newer ones. */
function withEntry(story: Story, entry: Entry): Story {
  const entries = [...story.entries, entry];
  if (entries.length <= MAX_ENTRIES) return { ...story, entries };
  return { ...story, entries: entries.slice(1), leftOut: { ...story.leftOut, entries: story.leftOut.entries + 1 } };
}

function withFault(story: Story, { what, fault, target, atS, words }: Extract<News, { kind: 'fault' }>): Story {
  const { faults } = story;
  if (what !== 'injected') {
    // If several faults strike the same target, the one that began last is the one that ends.
    const open = faults.findLastIndex((one) => one.state === 'struck' && one.fault === fault && one.target === target);
    if (open >= 0) {
      const ended: StruckFault = { ...(faults[open] as StruckFault), healedS: atS, state: what, words };
      return { ...story, faults: faults.with(open, ended) };
    }
  }
  if (faults.length >= MAX_FAULTS) return { ...story, leftOut: { ...story.leftOut, faults: story.leftOut.faults + 1 } };
  const state = what === 'injected' ? 'struck' : what;
  return { ...story, faults: [...faults, { fault, target, atS, healedS: null, state, words }] };
}
