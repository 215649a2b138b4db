import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import { planScenario } from '../../plan/scenario/plan-scenario.ts';
import { isOfServer, type Problem } from '../../plan/scenario/problem.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { type FinishedRun, readRun } from '../../run/folder/finished-run.ts';
import { profiledFigures } from '../../run/profile/profiled-figures.ts';
import type { Asked } from '../../studies/compare/reach.ts';
import type { GivenRun } from '../../studies/diff/side-by-side.ts';
import { machineRefusal, madeOn } from '../../studies/gate/hold-to-policy.ts';
import { loadPolicy, USUAL_POLICY } from '../../studies/gate/load-policy.ts';
import { BUILT_IN_POLICY, type Policy, type PolicyOutcome, policyMetrics } from '../../studies/gate/policy.ts';
import { refusedSource } from '../../studies/gate/side-source.ts';
import { beyondReach, type Intended } from './beyond-reach.ts';
import { type FinishedSides, finishedSides } from './diff.ts';
import { missingRuntimes } from './missing-runtimes.ts';
import { DEFAULT_SCENARIO } from './prepare-comparison.ts';
import { ScenarioError } from './scenario-error.ts';

export interface GateWishes {
  /** The server as it was: a git revision, a folder, a package like letitcrash@0.1.0, or a finished run. */
  readonly baseline?: string | undefined;
  /** The server as it is now, given in the same ways; the working directory by default. */
  readonly candidate?: string | undefined;
  /** One finished run, which is held to the policy's limits instead of being compared. */
  readonly run?: string | undefined;
  /** Whether an inconclusive answer is to fail. It is refused together with `run`, which is never inconclusive. */
  readonly strict?: boolean | undefined;
  /** A file of metrics, margins and limits; by default letitcrash/policy.yaml if it exists. */
  readonly policy?: string | undefined;
  /** The load, as a bundled name or a file; by default the policy's, or else `compare`. */
  readonly scenario?: string | undefined;
  /** The maximum number of blocks of four runs; by default the policy's, or else 24. */
  readonly blocks?: number | undefined;
  /** Overrides of both sides, as `--set` takes them. */
  readonly set?: readonly string[] | undefined;
  readonly seed?: number | undefined;
  /** By default runs/<time>-gate-<scenario>-<target>. A folder that holds an earlier comparison is refused. */
  readonly outDir?: string | undefined;
}

/** What is known before anything is built: finished runs to be judged, or what both sides are to be built for. */
export type CheckedGate =
  | FinishedGate
  | {
      readonly kind: 'played';
      readonly baseline: string;
      readonly candidate: string;
      /** A bundled name or a file. */
      readonly scenario: string;
      readonly policy: Policy;
      readonly asked: Asked;
    };

/** Finished runs: nothing is played. */
export type FinishedGate =
  | {
      readonly kind: 'diff';
      readonly a: GivenRun;
      readonly b: GivenRun;
      readonly policy: Policy;
      readonly outDir: string | undefined;
    }
  | { readonly kind: 'run'; readonly run: FinishedRun; readonly policy: Policy; readonly outDir: string | undefined };

/** @throws ScenarioError with every mistake, ToolError if git cannot be run. */
export async function checkGate(wishes: GateWishes, signal: AbortSignal = new AbortController().signal): Promise<CheckedGate> {
  const { baseline, candidate, run, scenario, blocks, seed, set = [], outDir } = wishes;
  const loaded = await policyOf(wishes);
  if (run !== undefined) return gatedRun(run, wishes, loaded);
  const finished = await finishedSides(baseline, candidate, { played: { scenario, blocks, seed, set: set[0] }, outDir });
  return finished === null ? playedGate(wishes, loaded, signal) : finishedGate(finished, loaded, outDir);
}

async function policyOf({ policy }: GateWishes): Promise<PolicyOutcome> {
  if (policy !== undefined) return loadPolicy(policy);
  const usual = await access(USUAL_POLICY).then(
    () => true,
    () => false,
  );
  return usual ? loadPolicy(USUAL_POLICY) : { ok: true, policy: BUILT_IN_POLICY };
}

/**
 * The policy, if nothing is wrong with it or with anything else.
 * @throws ScenarioError with everything, so that it can be mended together: what was said, the policy, the scenario.
 */
function unlessWrong(loaded: PolicyOutcome, mistakes: readonly string[], problems: readonly Problem[] = []): Policy {
  const all = [...(loaded.ok ? [] : loaded.problems), ...problems];
  if (!loaded.ok || mistakes.length > 0 || all.length > 0) throw new ScenarioError(mistakes, all);
  return loaded.policy;
}

async function gatedRun(given: string, wishes: GateWishes, loaded: PolicyOutcome): Promise<FinishedGate> {
  const read = await readRun(given);
  const run = typeof read === 'string' ? null : read;
  const mistakes = [
    ...surplusBesideRun(given, wishes),
    ...(typeof read === 'string' ? [read] : []),
    ...(loaded.ok && loaded.policy.slo.length === 0
      ? [
          `${loaded.policy.source ?? 'the policy'}: sets no limits, and a single run can be checked against nothing else\n  slo: { response.p99: < 50ms }`,
        ]
      : []),
    ...(loaded.ok && run !== null
      ? refusedFigures(given, run, loaded.policy, `\n  gate a run without a profiler: letitcrash run ${run.result.scenario.name}`)
      : []),
  ];
  const policy = unlessWrong(loaded, mistakes);
  // A run that cannot be read is a mistake.
  if (run === null) throw new ScenarioError(mistakes);
  return { kind: 'run', run, policy, outDir: wishes.outDir };
}

function surplusBesideRun(run: string, { baseline, candidate, scenario, blocks, strict }: GateWishes): readonly string[] {
  const surplus = Object.entries({ baseline, candidate, scenario, blocks, strict }).filter(([, value]) => value !== undefined);
  if (surplus.length === 0) return [];
  const flags = surplus.map(([name]) => `--${name}`).join(', ');
  return [`--run ${run}: a finished run is not compared with anything, so ${flags} cannot be used\n  leave out one or the other`];
}

function finishedGate(
  { sides, mistakes: found }: FinishedSides,
  loaded: PolicyOutcome,
  outDir: string | undefined,
): FinishedGate {
  const b = sides?.[1];
  const isHeld = loaded.ok && loaded.policy.slo.length > 0;
  const mistakes = [...found, ...(isHeld && b !== undefined ? refusedFigures(b.run, b, loaded.policy) : [])];
  const policy = unlessWrong(loaded, mistakes);
  // A side that cannot be read is a mistake.
  if (sides === null) throw new ScenarioError(mistakes);
  return { kind: 'diff', a: sides[0], b: sides[1], policy, outDir };
}

/** Figures that the policy's absolute limits do not apply to, in words; none if they apply. */
function refusedFigures(given: string, { result }: Pick<FinishedRun, 'result'>, policy: Policy, remedy = ''): readonly string[] {
  const profiled = profiledFigures(result);
  const refusal =
    profiled === null ? machineRefusal(policy, madeOn(result), machineFingerprint(thisMachine())) : `${profiled}${remedy}`;
  return refusal === null ? [] : [`${given}: ${refusal}`];
}

async function playedGate(wishes: GateWishes, loaded: PolicyOutcome, signal: AbortSignal): Promise<CheckedGate> {
  const { baseline, candidate = '.', set = [], outDir } = wishes;
  const load = await givenLoad(wishes, loaded);
  const looking = { cwd: process.cwd(), signal };
  const mistakes = [
    baseline === undefined
      ? 'no baseline was given\n  --baseline origin/main, a folder or a package; or --run <dir> for a single run'
      : await refusedSource(baseline, looking),
    await refusedSource(candidate, looking),
    outRefusal(outDir),
    ...(await missingRuntimes([...set, ...load.runtimes])),
    ...(loaded.ok ? beyondReach(intendedGate(askedFor(wishes, loaded.policy), loaded.policy, load.durationMs)) : []),
  ].filter((mistake) => mistake !== null);
  const policy = unlessWrong(loaded, mistakes, load.problems);
  const scenario = wishes.scenario ?? policy.scenario ?? DEFAULT_SCENARIO;
  return { kind: 'played', baseline: baseline ?? '', candidate, scenario, policy, asked: askedFor(wishes, policy) };
}

interface GivenLoad {
  /** Those that can be found before the sides are built. Their sources say which servers there are and what those can do. */
  readonly problems: readonly Problem[];
  /** Versions of Node that the load names for its server. */
  readonly runtimes: readonly string[];
  /** Null if it cannot be told before the sides are built. */
  readonly durationMs: number | null;
}

const NOT_KNOWN: GivenLoad = { problems: [], runtimes: [], durationMs: null };

async function givenLoad({ scenario, set = [], seed = 0 }: GateWishes, loaded: PolicyOutcome): Promise<GivenLoad> {
  // A policy that cannot be read may name another load.
  const given = scenario ?? (loaded.ok ? (loaded.policy.scenario ?? DEFAULT_SCENARIO) : null);
  if (given === null) return NOT_KNOWN;
  const read = await loadScenario(given);
  if (!read.ok) return { ...NOT_KNOWN, problems: read.problems };
  const planned = planScenario(read.source, { catalogue, overrides: set, seed });
  if (!planned.ok) return { ...NOT_KNOWN, problems: planned.problems.filter((problem) => !isOfServer(problem)) };
  const { target, load } = planned.plan;
  return { problems: [], runtimes: target.runtime === null ? [] : [target.runtime], durationMs: load.durationMs };
}

function askedFor({ blocks }: GateWishes, policy: Policy): Asked {
  return {
    blocks: blocks ?? policy.blocks,
    metrics: policyMetrics(policy),
    alpha: policy.alpha,
    alphaEquivalent: policy.alphaEquivalent,
  };
}

/** What decides whether a gate can give an answer at all. */
export function intendedGate(asked: Asked, policy: Policy, loadMs: number | null): Intended {
  const moreBlocks = 'allow more blocks (--blocks, or in the policy), or set fewer blocking metrics';
  return { asked, policy, budgetMs: policy.budgetMs, loadMs, namelessPolicy: 'the policy', moreBlocks };
}

/** Blocks of an earlier gate may belong to another state of the same folder, so they prove nothing about this one. */
function outRefusal(outDir: string | undefined): string | null {
  if (outDir === undefined || !existsSync(join(outDir, 'blocks.ndjson'))) return null;
  return `--out ${outDir}: holds an earlier comparison\n  name another folder, or remove that one`;
}
