/** Builds comparison.json from the blocks that were played. Pure. */

import { COMPARISON_SCHEMA, type Comparison } from '../../evidence/result/comparison.ts';
import { plural } from '../../evidence/result/format.ts';
import { canBeNever } from '../../evidence/result/never.ts';
import { meets } from '../../plan/scenario/condition.ts';
import type { Expectation } from '../../plan/scenario/plan.ts';
import type { Letter } from './block-order.ts';
import type { ComparedMetricPolicy } from './compared-metrics.ts';
import type { ComparisonSide, ComparisonSides } from './comparison-sides.ts';
import { courseOf, validBlocks } from './course.ts';
import { percentileCurve, type RunsOfBlocks } from './curves.ts';
import { type Judgement, judge } from './judge.ts';
import type { Look } from './looks.ts';
import type { PlayedBlock } from './played-block.ts';
import { medianOfSide, valuesOf } from './run-values.ts';

export interface ComparisonRecord {
  readonly sides: ComparisonSides;
  readonly seed: number;
  readonly metrics: readonly ComparedMetricPolicy[];
  readonly planned: readonly Look[];
  readonly alpha: number;
  readonly alphaEquivalent: number;
  readonly slo: readonly Expectation[];
  readonly startedAt: string;
  readonly played: readonly PlayedBlock[];
  /** Invalid blocks from before an interruption. */
  readonly forgiven: number;
  /** The time budget was used up. */
  readonly outOfTime: boolean;
  /** Who ended it early; null if nobody did. */
  readonly interrupted: string | null;
  readonly environment: Comparison['environment'];
  readonly reproduce: string;
}

export function buildComparison(record: ComparisonRecord): Comparison {
  const { sides, seed, metrics, planned, played } = record;
  const blocks = played.map(({ block }) => block);
  const valid = validBlocks(blocks);
  const course = courseOf(blocks, metrics, planned, record.forgiven);
  const looks = [...course.looks];
  const isValid = valid.length >= (planned[0]?.blocks ?? 1) && record.interrupted === null;
  let { judgement } = course;
  const unseen = valid.length > (looks.at(-1)?.blocks ?? 0);
  if (unseen && record.interrupted === null && (course.end === null || course.end === 'too-many-invalid')) {
    // Blocks beyond the last look are examined once, with the error that the next look may spend.
    const next = planned[looks.length] as Look;
    judgement = isValid ? judge(valid, metrics, next) : unproven(judge(valid, metrics, next));
    looks.push({ blocks: valid.length, alpha: next.alpha, verdict: judgement.verdict });
  }
  const short = shortfall(record, valid.length, course.end);
  const { verdict, metrics: judged, reasons } = judgedOf(record, judgement, valid);
  return {
    schema: COMPARISON_SCHEMA,
    verdict,
    reasons: isValid ? [...reasons, ...short] : [...short, ...reasons],
    valid: isValid,
    ...(record.interrupted === null ? {} : { interrupted: record.interrupted }),
    startedAt: record.startedAt,
    durationMs: played.reduce((sum, { tookMs }) => sum + tookMs, 0),
    seed,
    a: sideOf(sides.a, lastTarget(played, 'a')),
    b: sideOf(sides.b, lastTarget(played, 'b')),
    environment: record.environment,
    alpha: record.alpha,
    alphaEquivalent: record.alphaEquivalent,
    looks,
    plannedLooks: planned.map(({ blocks: count, alpha }) => ({ blocks: count, alpha })),
    blocks,
    metrics: [...judged],
    curves: {
      a: percentileCurve(responsesOf(played, 'A'), seed, 'A'),
      b: percentileCurve(responsesOf(played, 'B'), seed, 'B'),
    },
    broken: brokenOf(played),
    checks: record.slo.map((expectation) => checkOf(expectation, valid)),
    reproduce: record.reproduce,
  };
}

/**
 * The judgement of the last look. If the comparison was interrupted: what the existing blocks show, without an answer, because another look
 * would need its own share of alpha.
 */
function judgedOf(
  { metrics, planned, interrupted }: ComparisonRecord,
  judgement: Judgement | null,
  valid: readonly PlayedBlock['block'][],
): Judgement {
  const [first] = planned as readonly [Look, ...Look[]];
  if (interrupted !== null) return unproven(judge(valid, metrics, first));
  return judgement ?? judge([], metrics, first);
}

/** What so few blocks show, without an answer, neither for the whole nor for a metric. */
function unproven({ metrics }: Judgement): Judgement {
  return {
    verdict: 'inconclusive',
    metrics: metrics.map((metric) => ({ ...metric, verdict: 'inconclusive' })),
    reasons: [],
  };
}

/** Why there are fewer blocks than planned although no look had the answer. */
function shortfall({ planned, played, outOfTime, interrupted }: ComparisonRecord, valid: number, end: string | null): string[] {
  if (end === 'decided' || end === 'all-blocks') return [];
  const invalid = played.flatMap(({ block }) => (block.invalid.length === 0 ? [] : [block.invalid[0] as string]));
  const stopped = interrupted === null ? null : `interrupted by ${interrupted}`;
  const why =
    stopped !== null
      ? stopped
      : outOfTime
        ? 'the time budget was used up'
        : `${plural(invalid.length, 'block')} ${invalid.length === 1 ? 'was' : 'were'} invalid; the last because: ${invalid.at(-1)}`;
  return [`${valid} of ${plural(planned.at(-1)?.blocks ?? 0, 'block')}: ${why}`];
}

function sideOf({ label, plan, source }: ComparisonSide, target: Comparison['a']['target'] | null): Comparison['a'] {
  const { name, sha256, overrides } = plan.scenario;
  const planned = { name: plan.target.use, version: 'unknown', runtime: 'unknown', nodes: plan.target.nodes, config: {} };
  return { label, scenario: { name, sha256 }, overrides: [...overrides], source, target: target ?? planned };
}

function lastTarget(played: readonly PlayedBlock[], side: 'a' | 'b'): Comparison['a']['target'] | null {
  return played.findLast(({ targets }) => targets[side] !== null)?.targets[side] ?? null;
}

function responsesOf(played: readonly PlayedBlock[], letter: Letter): RunsOfBlocks {
  return played
    .filter(({ block }) => block.invalid.length === 0)
    .map(({ block, runs }) => runs.filter((_, at) => block.runs[at]?.letter === letter).map(({ response }) => response));
}

/** From invalid blocks, too: a message that was lost stays lost. */
function brokenOf(played: readonly PlayedBlock[]): Comparison['broken'] {
  const counts = new Map<string, Comparison['broken'][number]>();
  for (const { block, runs } of played) {
    for (const [at, { broken }] of runs.entries()) {
      const side = block.runs[at]?.letter as Letter;
      for (const property of broken) {
        const key = `${side} ${property}`;
        counts.set(key, { side, property, runs: (counts.get(key)?.runs ?? 0) + 1 });
      }
    }
  }
  return [...counts.values()];
}

function checkOf(
  { metric, comparator, limit, unit, source }: Expectation,
  valid: readonly Pick<PlayedBlock['block'], 'runs'>[],
): Comparison['checks'][number] {
  const actual = medianOfSide(valid, 'B', metric);
  const check = { name: `${metric} ${source.trim()}`, pass: meets(actual, comparator, limit), actual, limit, unit };
  // Where no run measured it, nobody knows.
  const isNever = actual === null && canBeNever(metric) && valuesOf(valid, 'B', metric).some((value) => value !== null);
  return isNever ? { ...check, never: true } : check;
}
