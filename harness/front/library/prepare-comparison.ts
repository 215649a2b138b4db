/** Checks what a comparison was asked for before anything runs: it reports all mistakes together, or prepares what is played. */
import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { metrics as allMetrics } from '../../evidence/metrics/metrics.ts';
import { commandLine } from '../../evidence/result/command-line.ts';
import { suggestion } from '../../plan/scenario/did-you-mean.ts';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import type { Expectation } from '../../plan/scenario/plan.ts';
import type { Problem } from '../../plan/scenario/problem.ts';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import { parseShare } from '../../plan/scenario/units.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { planLoaded } from '../../run/conductor/plan-given.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { type ComparedMetricPolicy, comparedBy } from '../../studies/compare/compared-metrics.ts';
import { type ComparisonRequest, readRequest } from '../../studies/compare/comparison-request.ts';
import type { ComparisonSides } from '../../studies/compare/comparison-sides.ts';
import { planSides } from '../../studies/compare/plan-sides.ts';
import type { Asked } from '../../studies/compare/reach.ts';
import { loadPolicy } from '../../studies/gate/load-policy.ts';
import { BUILT_IN_POLICY, type PolicyOutcome, policyMetrics } from '../../studies/gate/policy.ts';
import { beyondReach } from './beyond-reach.ts';
import { namesFinishedRun } from './finished.ts';
import { missingRuntimes } from './missing-runtimes.ts';
import { ScenarioError } from './scenario-error.ts';

/** The load if none is named. */
export const DEFAULT_SCENARIO = 'compare';

export interface ComparisonWishes {
  /** The load of a side that names none, as a bundled name or a file; by default the policy's, or else `compare`. */
  readonly scenario?: string | undefined;
  /** Overrides of both sides, as `--set` takes them; a side's own overrides come after them. */
  readonly set?: readonly string[] | undefined;
  readonly seed?: number | undefined;
  /** A file of metrics, margins and limits. Other options given here override it. */
  readonly policy?: string | undefined;
  /** The maximum number of blocks of four runs; by default the policy's, or else 24. Fewer blocks find only larger differences. */
  readonly blocks?: number | undefined;
  /**
   * The largest share of servers that are no worse and are called regressed all the same; by default the policy's, or else 0.01. Fewer blocks
   * need a larger share.
   */
  readonly alpha?: number | undefined;
  /**
   * The metrics that decide, each with the margin within which a worse value does not count: { 'response.p50': '5%' }. By default the
   * policy's, or else the built-in ones.
   */
  readonly metrics?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds after which no block begins; by default the policy's limit, or else no limit. */
  readonly budgetMs?: number | undefined;
  /** runs/<time>-compare-<target> by default. A folder with blocks of the same comparison is continued. */
  readonly outDir?: string | undefined;
}

export interface PreparedComparison {
  readonly sides: ComparisonSides;
  readonly seed: number;
  readonly asked: Asked;
  readonly slo: readonly Expectation[];
  readonly budgetMs: number | null;
  readonly outDir: string;
  /** Null if no command line can ask for this comparison. */
  readonly request: ComparisonRequest | null;
  readonly reproduce: string;
}

/** @throws ScenarioError with every mistake. */
export async function prepareComparison(
  a: string | undefined,
  b: string | undefined,
  wishes: ComparisonWishes,
): Promise<PreparedComparison> {
  const { set = [], seed = randomInt(MAX_SEED + 1) } = wishes;
  const loaded = await policyOf(wishes.policy);
  const policy = loaded.ok ? loaded.policy : BUILT_IN_POLICY;
  const scenario = wishes.scenario ?? policy.scenario ?? DEFAULT_SCENARIO;
  const { sides, ...wrong } = await sidesOf({ a, b, scenario, set, seed });
  const decisive =
    wishes.metrics === undefined ? { metrics: policyMetrics(policy), mistakes: [] } : comparedMetrics(wishes.metrics);
  const { metrics } = decisive;
  const asked = {
    blocks: wishes.blocks ?? policy.blocks,
    metrics,
    alpha: wishes.alpha ?? policy.alpha,
    alphaEquivalent: policy.alphaEquivalent,
  };
  const budgetMs = wishes.budgetMs ?? policy.budgetMs;
  // Without a readable policy nobody knows what it asks for.
  const loads = sides === null ? [] : [sides.a, sides.b].map(({ plan }) => plan.load.durationMs);
  const intended = { asked, policy, budgetMs, loadMs: Math.max(0, ...loads), namelessPolicy: '' };
  const moreBlocks = 'leave out --blocks, or give a higher number';
  const beyond = loaded.ok ? beyondReach({ ...intended, moreBlocks }) : [];
  const mistakes = [...wrong.mistakes, ...decisive.mistakes, ...beyond];
  const problems = [...(loaded.ok ? [] : loaded.problems), ...wrong.problems];
  if (sides === null || mistakes.length > 0 || problems.length > 0) throw new ScenarioError(mistakes, problems);
  const outDir = wishes.outDir ?? defaultRunPath(new Date(), 'compare', sides.b.plan.target.use);
  const options = { scenario: wishes.scenario ?? null, policy: wishes.policy ?? null, blocks: wishes.blocks ?? null };
  const request = { a: a ?? '', b: b ?? '', ...options, set: [...set], seed };
  const isInWords = wishes.alpha === undefined && wishes.metrics === undefined && wishes.budgetMs === undefined;
  const reproduce = commandLine({ words: ['compare', request.a, request.b], options, set, seed });
  return { sides, seed, asked, slo: policy.slo, budgetMs, outDir, request: isInWords ? request : null, reproduce };
}

/** The comparison that was asked for in a folder, to be resumed. @throws ScenarioError with `mistakes` and every other one. */
export async function resumedComparison(folder: string, mistakes: readonly string[] = []): Promise<PreparedComparison> {
  const request = await readRequest(folder);
  if (typeof request === 'string') throw new ScenarioError([...mistakes, request]);
  if (mistakes.length > 0) throw new ScenarioError(mistakes);
  const { a, b, scenario, policy, blocks, set, seed } = request;
  const said = { scenario: scenario ?? undefined, policy: policy ?? undefined, blocks: blocks ?? undefined };
  return prepareComparison(a, b, { ...said, set, seed, outDir: folder });
}

/** Whether its folder already holds its request, so that the folder alone is enough to resume it. */
export async function canBeResumed({ outDir, request }: PreparedComparison): Promise<boolean> {
  return request !== null && isDeepStrictEqual(await readRequest(outDir), request);
}

async function policyOf(file: string | undefined): Promise<PolicyOutcome> {
  return file === undefined ? { ok: true, policy: BUILT_IN_POLICY } : loadPolicy(file);
}

interface GivenSides {
  readonly a: string | undefined;
  readonly b: string | undefined;
  readonly scenario: string;
  readonly set: readonly string[];
  readonly seed: number;
}

interface FoundSides {
  /** Null if they cannot be planned. */
  readonly sides: ComparisonSides | null;
  readonly mistakes: readonly string[];
  readonly problems: readonly Problem[];
}

async function sidesOf({ a, b, ...given }: GivenSides): Promise<FoundSides> {
  const written = [a, b].filter((side) => side !== undefined);
  const finished = await Promise.all(written.map(namesFinishedRun));
  const servers = written.filter((_, index) => finished[index] !== true);
  const runs = written.filter((side) => !servers.includes(side));
  const [one, second = one] = servers;
  const planned = await (one === undefined || second === undefined
    ? planLoaded(await loadScenario(given.scenario), given)
    : planSides({ a: one, b: second, ...given, isTarget: (word) => catalogue.targets.has(word) }));
  const sides = planned.ok && 'sides' in planned ? planned.sides : null;
  const runtimes = sides === null ? [] : [sides.a, sides.b].flatMap(({ plan }) => plan.target.runtime ?? []);
  const mistakes = [
    ...runs.map((run) => {
      const other = one === undefined ? 'and ' : `but ${one} is not: `;
      return `${run}: is a finished run, ${other}a comparison plays both of its sides, in turns\n  ${TWO_SIDES}`;
    }),
    ...(written.length < 2 ? ['give two sides to compare\n  letitcrash compare durability=fsync durability=memory'] : []),
    ...(await missingRuntimes([...given.set, ...servers.flatMap((side) => side.split(/[\s,]+/)), ...runtimes])),
  ];
  return { sides: servers.length === 2 ? sides : null, mistakes, problems: planned.ok ? [] : planned.problems };
}

const TWO_SIDES = 'give two servers, or two finished runs (letitcrash diff)';

function comparedMetrics(written: Readonly<Record<string, string>>): {
  readonly metrics: readonly ComparedMetricPolicy[];
  readonly mistakes: readonly string[];
} {
  const metrics: ComparedMetricPolicy[] = [];
  const mistakes: string[] = [];
  for (const [metric, text] of Object.entries(written)) {
    const margin = parseShare(text);
    if (!allMetrics.has(metric))
      mistakes.push(`metrics: ${metric} is not a metric\n  ${suggestion(metric, [...allMetrics.keys()], 'metrics')}`);
    else if (!margin.ok) mistakes.push(`metrics: ${metric}: ${JSON.stringify(text)} ${margin.message}`);
    else metrics.push(comparedBy(metric, margin.value, 'blocking'));
  }
  return { metrics, mistakes };
}
