/** `letitcrash gate --baseline ...`: builds both sides, has them compared, and writes what CI reads. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { comparisonMarkdown } from '../../../reports/comparison-markdown.ts';
import { comparisonTerminal } from '../../../reports/comparison-terminal.ts';
import { comparisonAnnotations } from '../../../reports/github-annotations.ts';
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import type { Comparison } from '../../evidence/result/comparison.ts';
import { shellWord } from '../../evidence/result/command-line.ts';
import { toldText } from '../../evidence/result/told-error.ts';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import { nodeRuntime } from '../../run/conductor/node-runtime.ts';
import { ForeignEndpointError } from '../../run/drivers/own-endpoints.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { cacheFolder } from '../../run/tools/cache.ts';
import type { ComparisonSide } from '../../studies/compare/comparison-sides.ts';
import { type Asked, reachText, tooFewBlocks, tooLittleTime } from '../../studies/compare/reach.ts';
import { GateError } from '../../studies/gate/gate-error.ts';
import { machineRefusal } from '../../studies/gate/hold-to-policy.ts';
import type { Policy } from '../../studies/gate/policy.ts';
import { policyMetrics } from '../../studies/gate/policy-metrics.ts';
import { type GateRequest, type GateSide, type GateSides, prepareSides } from '../../studies/gate/prepare-sides.ts';
import { writeComparisonReports } from '../library/comparison-files.ts';
import { buildProgress } from './build-progress.ts';
import { refuse, tellGitHub } from './ci-output.ts';
import { compareProgress } from './compare-progress.ts';
import { comparisonExitCode } from './comparison-exit-code.ts';
import type { Console } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { gateFirst } from './gate-first.ts';
import type { GateOptions } from './gate-options.ts';
import { inArena } from './in-arena.ts';
import { interruptible } from './interruption.ts';
import { isLive } from './progress-line.ts';

/** Used if neither the command line nor the policy names a load. */
const DEFAULT_SCENARIO = 'compare';

type ComparedOptions = GateOptions & { readonly baseline: string };

/** Returns the exit code, after reporting what is wrong. */
export async function gateComparison(options: ComparedOptions, policy: Policy, console: Console): Promise<number> {
  const here = machineFingerprint(thisMachine());
  const refusal = machineRefusal(policy, here, here);
  if (refusal !== null) {
    await refuse(console, `${policy.source ?? 'the policy'}: ${refusal}`);
    return ExitCode.usage;
  }
  const few = tooFewBlocks(askedOf(policy));
  if (few !== null) {
    await refuse(console, `${few}\n  more blocks (--blocks, or the policy's), or fewer blocking metrics`);
    return ExitCode.usage;
  }
  const request: GateRequest = {
    baseline: options.baseline,
    candidate: options.candidate ?? '.',
    scenario: options.scenario ?? policy.scenario ?? DEFAULT_SCENARIO,
    overrides: console.options.set,
    seed: console.options.seed ?? randomInt(MAX_SEED + 1),
  };
  const sides = await explained(console, (signal) => built(request, policy, console, signal));
  if (typeof sides === 'number') return sides;
  const { candidate, baseline, lacks } = sides;
  const loadMs = Math.max(candidate.plan.load.durationMs, baseline?.plan.load.durationMs ?? 0);
  // If there is nothing to compare with, one run is played.
  const short = baseline === null ? null : tooLittleTime(askedOf(policy), policy.budgetMs, loadMs);
  if (short !== null) {
    await refuse(
      console,
      `${policy.source ?? 'the policy'}: ${short}\n  a larger budget, a shorter load, or fewer blocking metrics`,
    );
    return ExitCode.usage;
  }
  const kinds = candidate.plan.faults.map(({ kind }) => kind);
  // Each side brought its own runtime.
  return inArena({ kinds, targets: [], asked: undefined }, console, () =>
    explained(console, async (signal) => {
      const strict = options.strict === true;
      if (baseline === null) return gateFirst({ candidate, lacks: lacks ?? '', policy, strict, signal }, console);
      const comparison = await compared({ baseline, candidate, request, policy }, console, signal);
      await tellGitHub(console, comparisonAnnotations(comparison), comparisonMarkdown(comparison));
      return comparison.interrupted === undefined ? comparisonExitCode(comparison, strict) : ExitCode.interrupted;
    }),
  );
}

function askedOf(policy: Policy): Asked {
  return { blocks: policy.blocks, metrics: policyMetrics(policy), alpha: policy.alpha };
}

/** The result of the action, or the exit code for why it failed. */
async function explained<Outcome>(
  console: Console,
  action: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome | ExitCode> {
  return interruptible(async (signal) => {
    try {
      return await action(signal);
    } catch (error) {
      if (signal.aborted) {
        console.complain('interrupted; everything that was started has been stopped');
        return ExitCode.interrupted;
      }
      await refuse(console, toldText(error, 'the gate failed'));
      const mistaken = error instanceof ForeignEndpointError || (error instanceof GateError && error.kind === 'usage');
      return mistaken ? ExitCode.usage : ExitCode.environment;
    }
  });
}

async function built(request: GateRequest, policy: Policy, console: Console, signal: AbortSignal): Promise<GateSides> {
  const { out, quiet } = console.options;
  // Blocks of an earlier gate may belong to another state of the same folder, so they prove nothing about this one.
  if (out !== null && existsSync(join(out, 'blocks.ndjson')))
    throw new GateError('usage', `--out ${out}: holds an earlier comparison\n  name another folder, or remove it`);
  const progress = buildProgress(process.stderr, isLive());
  const building = {
    cache: cacheFolder('sources'),
    cwd: process.cwd(),
    build: policy.build,
    signal,
    progress: (message: string) => {
      if (!quiet) progress.say(message);
    },
  };
  try {
    const sides = await prepareSides(request, building);
    for (const side of [sides.candidate, sides.baseline]) {
      if (side !== null) await nodeRuntime(side.plan.target, signal, building.progress);
    }
    return sides;
  } finally {
    progress.end();
  }
}

interface Gate {
  readonly baseline: GateSide;
  readonly candidate: GateSide;
  readonly request: GateRequest;
  readonly policy: Policy;
}

async function compared(
  { baseline, candidate, request, policy }: Gate,
  console: Console,
  signal: AbortSignal,
): Promise<Comparison> {
  const { out, quiet } = console.options;
  const { name } = candidate.plan.scenario;
  const outDir = out ?? defaultRunPath(new Date(), `gate-${name}`, candidate.target.name);
  const progress = compareProgress(process.stderr, isLive());
  const asked = askedOf(policy);
  if (!quiet) for (const message of reachText(asked)) progress.event({ kind: 'notice', message });
  // Loaded only now, because mistakes need no generator.
  const { runComparison } = await import('../../studies/compare/run-comparison.ts');
  const comparison = await runComparison(
    {
      a: sideOf(baseline, `baseline (${request.baseline})`),
      b: sideOf(candidate, `candidate (${request.candidate})`),
    },
    {
      seed: request.seed,
      ...asked,
      slo: policy.slo,
      budgetMs: policy.budgetMs,
      outDir,
      request: null,
      reproduce: reproduction(request, policy),
      signal,
      progress: (event) => {
        if (!quiet) progress.event(event);
      },
    },
  ).finally(() => progress.end());
  const reportPath = await writeComparisonReports(comparison, outDir);
  console.printReport(comparisonTerminal(comparison, { colour: console.colour, width: console.width, reportPath }));
  console.document(comparison);
  return comparison;
}

function sideOf({ plan, target, source }: GateSide, label: string): ComparisonSide {
  return { label, plan, target, source: source.label };
}

function reproduction({ baseline, candidate, scenario, overrides, seed }: GateRequest, { source, blocks }: Policy): string {
  const words = ['letitcrash', 'gate', '--baseline', baseline, '--candidate', candidate, '--scenario', scenario];
  if (source !== null) words.push('--policy', source);
  words.push('--blocks', String(blocks));
  words.push('--seed', String(seed), ...overrides.flatMap((override) => ['--set', override]));
  return words.map(shellWord).join(' ');
}
