/** Checks what a gate was asked for before anything runs: it reports the mistakes, together as far as possible, or prepares what is played. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { commandLine } from '../../evidence/result/command-line.ts';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import { planScenario } from '../../plan/scenario/plan-scenario.ts';
import { isOfServer, type Problem } from '../../plan/scenario/problem.ts';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { type FinishedRun, readRun } from '../../run/folder/finished-run.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { profiledFigures } from '../../run/profile/profiled-figures.ts';
import { cacheFolder } from '../../run/tools/cache.ts';
import { type Asked, tooFewBlocks, tooLittleTime } from '../../studies/compare/reach.ts';
import type { GivenRun } from '../../studies/diff/side-by-side.ts';
import { machineRefusal, madeOn } from '../../studies/gate/hold-to-policy.ts';
import { loadPolicy, USUAL_POLICY } from '../../studies/gate/load-policy.ts';
import { BUILT_IN_POLICY, type Policy, type PolicyOutcome, policyMetrics } from '../../studies/gate/policy.ts';
import { type GateRequest, type GateSide, prepareSides } from '../../studies/gate/prepare-sides.ts';
import { finishedSides } from './diff.ts';
import { DEFAULT_SCENARIO, type PreparedComparison } from './prepare-comparison.ts';
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

export type PreparedGate =
  | { readonly kind: 'comparison'; readonly comparison: PreparedComparison }
  /** `lacks` says in words what is missing from the baseline. */
  | {
      readonly kind: 'first';
      readonly candidate: GateSide;
      readonly lacks: string;
      readonly policy: Policy;
      readonly outDir: string;
    }
  | {
      readonly kind: 'diff';
      readonly a: GivenRun;
      readonly b: GivenRun;
      readonly policy: Policy;
      readonly outDir: string | undefined;
    }
  | { readonly kind: 'run'; readonly run: FinishedRun; readonly policy: Policy; readonly outDir: string | undefined };

export interface Building {
  readonly signal?: AbortSignal | undefined;
  /** Called when a build begins, with a sentence that says what is built. */
  readonly onBuild?: ((message: string) => void) | undefined;
}

/**
 * Checks everything, and builds both sides if they will be played.
 * @throws ScenarioError for mistakes, GateError for a source that cannot be used, ToolError when git, npm or a build fails.
 */
export async function prepareGate(wishes: GateWishes, building: Building = {}): Promise<PreparedGate> {
  const { baseline, candidate, scenario, blocks, seed, set = [] } = wishes;
  const mistakes = mistakesIn(wishes);
  const loaded = await policyOf(wishes);
  const areFinished = await finishedSides(baseline, candidate, { scenario, blocks, seed, set: set[0] });
  // Mistakes in both files are reported at once, so that they can be mended together.
  const isPlayed = wishes.run === undefined && areFinished === null;
  const problems = [...(loaded.ok ? [] : loaded.problems), ...(isPlayed ? await scenarioProblems(wishes, loaded) : [])];
  if (!loaded.ok || mistakes.length > 0 || problems.length > 0) throw new ScenarioError(mistakes, problems);
  const { policy } = loaded;
  if (wishes.run !== undefined) return gatedRun(wishes.run, policy, wishes.outDir);
  if (areFinished === null) return playedGate({ ...wishes, baseline: baseline ?? '' }, policy, building);
  const [a, b] = areFinished;
  if (policy.slo.length > 0) refuseFigures(b.run, b, policy);
  return { kind: 'diff', a, b, policy, outDir: wishes.outDir };
}

function mistakesIn({ baseline, candidate, scenario, blocks, run, strict }: GateWishes): readonly string[] {
  if (run === undefined) {
    const remedy = '--baseline origin/main, a folder or a package; or --run <dir> for a single run';
    return baseline === undefined ? [`no baseline was given\n  ${remedy}`] : [];
  }
  const surplus = Object.entries({ baseline, candidate, scenario, blocks, strict }).filter(([, value]) => value !== undefined);
  if (surplus.length === 0) return [];
  const flags = surplus.map(([name]) => `--${name}`).join(', ');
  return [`--run ${run}: a finished run is not compared with anything, so ${flags} cannot be used\n  leave out one or the other`];
}

async function policyOf({ policy }: GateWishes): Promise<PolicyOutcome> {
  if (policy !== undefined) return loadPolicy(policy);
  const usual = await access(USUAL_POLICY).then(
    () => true,
    () => false,
  );
  return usual ? loadPolicy(USUAL_POLICY) : { ok: true, policy: BUILT_IN_POLICY };
}

/** Problems of the load that can be found before the sides are built. Their sources say which servers there are and what those can do. */
async function scenarioProblems(wishes: GateWishes, policy: PolicyOutcome): Promise<readonly Problem[]> {
  const given = wishes.scenario ?? (policy.ok ? policy.policy.scenario : null);
  if (given === null) return [];
  const loaded = await loadScenario(given);
  if (!loaded.ok) return loaded.problems;
  const planned = planScenario(loaded.source, { catalogue, overrides: wishes.set ?? [], seed: wishes.seed ?? 0 });
  return planned.ok ? [] : planned.problems.filter((problem) => !isOfServer(problem));
}

async function gatedRun(given: string, policy: Policy, outDir: string | undefined): Promise<PreparedGate> {
  if (policy.slo.length === 0) {
    const named = policy.source ?? 'the policy';
    throw new ScenarioError(
      `${named}: sets no limits, and a single run can be checked against nothing else\n  slo: { response.p99: < 50ms }`,
    );
  }
  const run = await readRun(given);
  if (typeof run === 'string') throw new ScenarioError(run);
  refuseFigures(given, run, policy, `\n  gate a run without a profiler: letitcrash run ${run.result.scenario.name}`);
  return { kind: 'run', run, policy, outDir };
}

/** @throws ScenarioError for figures that the policy's absolute limits do not apply to. */
function refuseFigures(given: string, { result }: Pick<FinishedRun, 'result'>, policy: Policy, remedy = ''): void {
  const profiled = profiledFigures(result);
  const refusal =
    profiled === null ? machineRefusal(policy, madeOn(result), machineFingerprint(thisMachine())) : `${profiled}${remedy}`;
  if (refusal !== null) throw new ScenarioError(`${given}: ${refusal}`);
}

async function playedGate(
  wishes: GateWishes & { readonly baseline: string },
  policy: Policy,
  { signal = new AbortController().signal, onBuild = () => undefined }: Building,
): Promise<PreparedGate> {
  const { baseline, candidate = '.', set = [], seed = randomInt(MAX_SEED + 1), outDir: given } = wishes;
  const asked = { blocks: wishes.blocks ?? policy.blocks, metrics: policyMetrics(policy), alpha: policy.alpha };
  refuseBeforeBuilding(policy, asked, given);
  const scenario = wishes.scenario ?? policy.scenario ?? DEFAULT_SCENARIO;
  const request: GateRequest = { baseline, candidate, scenario, overrides: set, seed };
  const building = { cache: cacheFolder('sources'), cwd: process.cwd(), build: policy.build, signal, progress: onBuild };
  const sides = await prepareSides(request, building);
  const { plan, target } = sides.candidate;
  const outDir = given ?? defaultRunPath(new Date(), `gate-${plan.scenario.name}`, target.name);
  // If there is nothing to compare with, one run is played.
  if (sides.baseline === null) return { kind: 'first', candidate: sides.candidate, lacks: sides.lacks ?? '', policy, outDir };
  const loadMs = Math.max(plan.load.durationMs, sides.baseline.plan.load.durationMs);
  const short = tooLittleTime(asked, policy.budgetMs, loadMs);
  if (short !== null)
    throw new ScenarioError(
      `${policy.source ?? 'the policy'}: ${short}\n  set a larger budget, a shorter load, or fewer blocking metrics`,
    );
  const options = { baseline, candidate, scenario, policy: policy.source, blocks: asked.blocks };
  const sideOf = ({ source, ...side }: GateSide, label: string) => ({ ...side, label, source: source.label });
  const comparison = {
    sides: {
      a: sideOf(sides.baseline, `baseline (${baseline})`),
      b: sideOf(sides.candidate, `candidate (${candidate})`),
    },
    seed,
    asked,
    slo: policy.slo,
    budgetMs: policy.budgetMs,
    outDir,
    request: null,
    reproduce: commandLine({ words: ['gate'], options, set, seed }),
  };
  return { kind: 'comparison', comparison };
}

/** @throws ScenarioError for mistakes that would remain after building both sides. */
function refuseBeforeBuilding(policy: Policy, asked: Asked, outDir: string | undefined): void {
  const here = machineFingerprint(thisMachine());
  const refusal = machineRefusal(policy, here, here);
  const few = tooFewBlocks(asked);
  const mistakes = [
    ...(refusal === null ? [] : [`${policy.source ?? 'the policy'}: ${refusal}`]),
    ...(few === null ? [] : [`${few}\n  allow more blocks (--blocks, or in the policy), or set fewer blocking metrics`]),
    // Blocks of an earlier gate may belong to another state of the same folder, so they prove nothing about this one.
    ...(outDir !== undefined && existsSync(join(outDir, 'blocks.ndjson'))
      ? [`--out ${outDir}: holds an earlier comparison\n  name another folder, or remove that one`]
      : []),
  ];
  if (mistakes.length > 0) throw new ScenarioError(mistakes);
}
