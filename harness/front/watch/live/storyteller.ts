/** Turns the events of a run into news for the page, and keeps the story so far. */

import { randomUUID } from 'node:crypto';
import type { Histogram } from 'hdr-histogram-js';
import { clip } from '../../../../reports/format.ts';
import { oneLine } from '../../../../reports/markup.ts';
import { decodeHistogram } from '../../../evidence/measure/latency-merge.ts';
import { emptyHistogram } from '../../../evidence/measure/latency-recorder.ts';
import { formatMs, plural } from '../../../evidence/result/format.ts';
import { moduleLabel } from '../../../plan/own-server/module-path.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import type { LiveReading } from '../../../run/conductor/live-readings.ts';
import type { RunEvent } from '../../../run/conductor/progress.ts';
import type { Counts } from '../../../run/load/counts.ts';
import { type Ending, firstPage, type News, type Point, type RunFacts, type Story, told } from './page/story.ts';

/** A chart has at most about this many points; in a longer run each of them stands for more seconds. */
const POINTS_WANTED = 900;
/** Maximum characters of any text. */
const MAX_WORDS = 400;

type Told = (news: News) => void;

export class Storyteller {
  readonly #tell: Told;
  readonly #readingsAPoint: number;
  readonly #soFar = emptyHistogram();
  #story: Story;
  #before: Counts | null = null;
  #gathered: { readings: number; overMs: number; from: Counts | null; readonly responses: Histogram } = nothingGathered(null);
  #ticks = 0;

  /** `tell` is called with every piece of news, after the story has it. */
  constructor(plan: Plan, tell: Told) {
    this.#tell = tell;
    this.#readingsAPoint = readingsAPoint(plan);
    this.#story = firstPage(factsOf(plan, this.#readingsAPoint));
  }

  get story(): Story {
    return this.#story;
  }

  event(event: RunEvent): void {
    if (event.kind === 'tick') this.#tick(event);
    else if (event.kind === 'reading') this.#reading(event.reading);
    else if (event.kind === 'phase' || event.kind === 'fault' || event.kind === 'warning') this.#news(newsOf(event));
  }

  /** Once; nothing is sent after it. */
  end(ending: Ending): void {
    this.#news({ kind: 'ending', ending });
  }

  #news(news: News): void {
    this.#story = told(this.#story, news);
    this.#tell(news);
  }

  #tick(tick: Extract<RunEvent, { kind: 'tick' }>): void {
    const totalS = tick.totalMs === null ? null : tick.totalMs / 1000;
    this.#news({ kind: 'time', elapsedS: tick.elapsedMs / 1000, totalS });
    // Requests alone have no readings; a tick has everything there is.
    if (this.#story.run.load !== 'requests') return;
    this.#ticks += 1;
    const latest: Point = {
      atS: tick.elapsedMs / 1000,
      sentPerSecond: tick.sentPerSecond,
      ackedPerSecond: tick.ackedPerSecond,
      deliveredPerSecond: null,
      connected: tick.connected,
      outstanding: tick.outstanding,
      p50Us: tick.p50Us,
      p99Us: tick.p99Us,
      maxUs: null,
    };
    const isPoint = this.#ticks % this.#readingsAPoint === 0;
    this.#news({ kind: 'measured', latest, point: isPoint ? latest : null, counts: null, soFar: null });
  }

  #reading({ atMs, overMs, values, counts, responses }: LiveReading): void {
    const gathered = this.#gathered;
    const decoded = responses.map(decodeHistogram);
    const newest = emptyHistogram();
    for (const one of decoded) {
      newest.add(one);
      gathered.responses.add(one);
      this.#soFar.add(one);
    }
    gathered.readings += 1;
    gathered.overMs += overMs;
    const measured = pointOf(atMs, { overMs, from: this.#before, responses: newest }, counts);
    // For the first reading, only the reader of the workers knows the counts before it.
    const latest = { ...measured, ackedPerSecond: values['ack.rate'] };
    const isPoint = gathered.readings >= this.#readingsAPoint;
    const gatheredPoint = (): Point => (gathered.readings === 1 ? latest : pointOf(atMs, gathered, counts));
    const point = isPoint ? gatheredPoint() : null;
    if (isPoint) this.#gathered = nothingGathered(counts);
    this.#before = counts;
    const all = this.#soFar;
    const soFar =
      all.totalCount === 0
        ? null
        : {
            count: all.totalCount,
            p50Us: all.getValueAtPercentile(50),
            p99Us: all.getValueAtPercentile(99),
            maxUs: all.getValueAtPercentile(100),
          };
    this.#news({ kind: 'measured', latest, point, counts, soFar });
  }
}

function newsOf(event: Extract<RunEvent, { kind: 'phase' | 'fault' | 'warning' }>): News {
  const words = clip(oneLine(event.message), MAX_WORDS);
  switch (event.kind) {
    case 'phase':
      return { kind: 'phase', phase: event.phase, words };
    case 'warning':
      return { kind: 'warning', words };
    case 'fault': {
      const { what, fault, target, atMs } = event;
      return { kind: 'fault', what, fault, target: clip(oneLine(target), MAX_WORDS), atS: atMs / 1000, words };
    }
  }
}

function nothingGathered(from: Counts | null) {
  return { readings: 0, overMs: 0, from, responses: emptyHistogram() };
}

/** What was measured in an interval. */
interface Interval {
  readonly overMs: number;
  /** The counts when it began; null where nobody knows them, and then there are no rates. */
  readonly from: Counts | null;
  readonly responses: Histogram;
}

/** `now`: the counts when the interval ended, at `atMs`. */
function pointOf(atMs: number, { overMs, from, responses }: Interval, now: Counts): Point {
  const rate = (name: 'sent' | 'acked' | 'deliveries'): number | null =>
    from === null || overMs <= 0 ? null : Math.max(0, ((now[name] - from[name]) * 1000) / overMs);
  const percentile = (p: number): number | null => (responses.totalCount === 0 ? null : responses.getValueAtPercentile(p));
  return {
    atS: atMs / 1000,
    sentPerSecond: rate('sent'),
    ackedPerSecond: rate('acked'),
    deliveredPerSecond: rate('deliveries'),
    connected: now.connected,
    outstanding: now.outstanding,
    p50Us: percentile(50),
    p99Us: percentile(99),
    maxUs: percentile(100),
  };
}

function readingsAPoint({ load, limits }: Plan): number {
  return Math.max(1, Math.ceil((load.warmUpMs + load.durationMs + limits.drainMs) / 1000 / POINTS_WANTED));
}

function factsOf(plan: Plan, pointS: number): RunFacts {
  const { scenario, target, load, users, http } = plan;
  const isRequests = load.model.kind === 'closed';
  const server = isRequests && http?.url != null ? http.url : moduleLabel(target.use);
  return {
    id: randomUUID(),
    scenario: scenario.name,
    summary: scenario.summary,
    facts: [
      server,
      `${target.nodes} ${target.nodes === 1 ? 'node' : 'nodes'}`,
      ...(isRequests
        ? [plural(http?.connections ?? 0, 'connection')]
        : [plural(users, 'user'), `durability ${target.durability}`]),
      `${formatMs(load.durationMs)} of load`,
      ...(plan.faults.length === 0 ? [] : [`${plan.faults.length} ${plan.faults.length === 1 ? 'fault' : 'faults'} planned`]),
    ],
    users: isRequests ? (http?.connections ?? 0) : users,
    load: isRequests ? 'requests' : 'messages',
    pointS,
  };
}
