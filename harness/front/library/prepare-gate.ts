/** Prepares what a gate plays: it checks everything, and builds both sides if they will be played. */
import { randomInt } from 'node:crypto';
import { commandLine } from '../../evidence/result/command-line.ts';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { cacheFolder } from '../../run/tools/cache.ts';
import type { Policy } from '../../studies/gate/policy.ts';
import { type GateRequest, type GateSide, prepareSides } from '../../studies/gate/prepare-sides.ts';
import { shortOfTime } from './beyond-reach.ts';
import { checkGate, type FinishedGate, type GateWishes, intendedGate } from './gate-checks.ts';
import type { PreparedComparison } from './prepare-comparison.ts';
import { ScenarioError } from './scenario-error.ts';

export type PreparedGate =
  | FinishedGate
  | { readonly kind: 'comparison'; readonly comparison: PreparedComparison }
  /** `lacks` says in words what is missing from the baseline. */
  | {
      readonly kind: 'first';
      readonly candidate: GateSide;
      readonly lacks: string;
      readonly policy: Policy;
      readonly outDir: string;
    };

export interface Building {
  readonly signal?: AbortSignal | undefined;
  /** Called when a build begins, with a sentence that says what is built. */
  readonly onBuild?: ((message: string) => void) | undefined;
}

/** @throws ScenarioError for mistakes, GateError for a server that a source lacks, ToolError when git, npm or a build fails. */
export async function prepareGate(
  wishes: GateWishes,
  { signal = new AbortController().signal, onBuild = () => undefined }: Building = {},
): Promise<PreparedGate> {
  const checked = await checkGate(wishes, signal);
  if (checked.kind !== 'played') return checked;
  const { set = [], seed = randomInt(MAX_SEED + 1), outDir: given } = wishes;
  const { baseline, candidate, scenario, policy, asked } = checked;
  const request: GateRequest = { baseline, candidate, scenario, overrides: set, seed };
  const building = { cache: cacheFolder('sources'), cwd: process.cwd(), signal, build: policy.build, progress: onBuild };
  const sides = await prepareSides(request, building);
  const { plan, target } = sides.candidate;
  const outDir = given ?? defaultRunPath(new Date(), `gate-${plan.scenario.name}`, target.name);
  // If there is nothing to compare with, one run is played.
  if (sides.baseline === null) return { kind: 'first', candidate: sides.candidate, lacks: sides.lacks ?? '', policy, outDir };
  // A server's own file may change the load.
  const short = shortOfTime(intendedGate(asked, policy, Math.max(plan.load.durationMs, sides.baseline.plan.load.durationMs)));
  if (short.length > 0) throw new ScenarioError(short);
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
