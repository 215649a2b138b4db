/** Turns two finished runs into diff.json. Pure. It says how they differ, and draws no conclusion that two runs cannot support. */

import { DIFF_SCHEMA, type Diff, type DiffCondition, type DiffFigure, type DiffSide } from '../../evidence/result/diff.ts';
import type { Result } from '../../evidence/result/result.ts';
import { blocksFor } from '../compare/block-size.ts';
import { DEFAULT_METRICS } from '../compare/compared-metrics.ts';
import { ALPHA, MAX_BLOCKS, plannedLooks } from '../compare/looks.ts';
import { fewestForRegressed } from '../compare/reach.ts';
import { conditionsOf } from './conditions.ts';
import { curveOf, figuresOf } from './figures.ts';
import { instrumentOf, knownMachine, knownNumber, knownText } from './known.ts';

export interface GivenRun {
  /** The folder or file, as it was given. */
  readonly run: string;
  readonly result: Result;
}

/** The scatter of blocks for which it says what a comparison would take. */
const SCATTERS = [0.03, 0.05, 0.1] as const;
const POWER = 0.9;
/** Maximum figures shown: those that differ most. */
const JUDGED = 3;
/** A smaller difference is not worth the time of a comparison. */
const SMALLEST = 0.01;

export function sideBySide(a: GivenRun, b: GivenRun): Diff {
  const conditions = conditionsOf(a.result, b.result);
  const comparable = comparableBy(conditions);
  // If something forbids a comparison, the figures are only listed beside each other.
  const figures = figuresOf(a.result, b.result).map((each) => (comparable === 'no' ? { ...each, ratio: null } : each));
  return {
    schema: DIFF_SCHEMA,
    a: sideOf(a),
    b: sideOf(b),
    comparable,
    says: [...sayings(comparable, conditions)],
    conditions: [...conditions],
    figures: [...figures],
    curves: { a: curveOf(a.result), b: curveOf(b.result) },
    judging: {
      fewestBlocks: fewestForRegressed({ metrics: DEFAULT_METRICS, alpha: ALPHA }),
      needed: [...neededFor(figures)],
    },
  };
}

function sideOf({ run, result }: GivenRun): DiffSide {
  const { scenario, verdict, reasons, startedAt, durationMs, target } = result;
  return {
    run,
    scenario: { name: scenario.name, sha256: scenario.sha256 },
    verdict,
    reasons: [...reasons],
    startedAt,
    durationMs: knownNumber(durationMs),
    measuredBy: instrumentOf(result),
    target: {
      name: knownText(target.name),
      version: knownText(target.version),
      runtime: knownText(target.runtime),
      nodes: knownNumber(target.nodes),
    },
    fingerprint: knownMachine(result),
  };
}

/** What is compared may be unknown; the conditions of the comparison may not. */
function comparableBy(conditions: readonly DiffCondition[]): Diff['comparable'] {
  if (conditions.some(({ effect }) => effect === 'forbids')) return 'no';
  return conditions.some(({ effect, about }) => effect === 'unknown' && about !== 'target') ? 'unknown' : 'yes';
}

function* sayings(comparable: Diff['comparable'], conditions: readonly DiffCondition[]): Iterable<string> {
  const named = (effect: DiffCondition['effect']): string =>
    conditions
      .filter((each) => each.effect === effect)
      .map(({ name }) => name)
      .join(', ');
  if (comparable === 'no')
    yield `these figures cannot be compared, because their runs differ in more than the server: ${named('forbids')}`;
  if (comparable === 'unknown')
    yield `whether these figures may be compared is unknown: at least one of the runs does not say what its ${named('unknown')} was`;
  if (comparable === 'yes') yield 'nothing that was recorded prevents comparing these figures';
  yield 'two runs are only one pair and do not show how much runs of the same server vary, so nothing here says that B is better or worse';
  const subjects = conditions.filter(({ effect }) => effect === 'subject');
  if (comparable === 'yes' && subjects.length > 1)
    yield `several properties of the server differ at once (${named('subject')}), so a difference could not be attributed to one of them`;
  if (comparable === 'yes' && subjects.length === 0)
    yield 'the recorded properties of the server do not differ: differences between the figures are chance, or were not recorded';
}

/** Of the metrics that a comparison judges by default: those that differ most here. */
function neededFor(figures: readonly DiffFigure[]): readonly Diff['judging']['needed'][number][] {
  const blocking = DEFAULT_METRICS.filter(({ role }) => role === 'blocking').length;
  const alpha = (plannedLooks(MAX_BLOCKS, ALPHA).at(-1) as ReturnType<typeof plannedLooks>[number]).alpha / blocking;
  const sized = figures.flatMap(({ name, kind, ratio }) =>
    kind === 'metric' && ratio !== null && isJudged(name) ? [{ name, log: Math.abs(Math.log(ratio)) }] : [],
  );
  return sized
    .filter(({ log }) => Math.expm1(log) >= SMALLEST)
    .toSorted((one, other) => other.log - one.log)
    .slice(0, JUDGED)
    .map(({ name, log }) => ({
      name,
      size: Math.expm1(log),
      blocks: SCATTERS.map((deviation) => ({
        scatter: deviation,
        blocks: blocksFor(log, { deviation, alpha, power: POWER, margin: 0 }, MAX_BLOCKS),
      })),
    }));
}

function isJudged(name: string): boolean {
  return DEFAULT_METRICS.some(({ metric }) => metric === name) || /^http\.(?:p50|p99|rate)$/.test(name);
}
