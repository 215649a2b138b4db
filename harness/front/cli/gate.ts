/** `letitcrash gate`: a candidate against a baseline, or a single run against limits; an exit code for CI. */
import { access } from 'node:fs/promises';
import { Command } from 'commander';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import { planScenario } from '../../plan/scenario/plan-scenario.ts';
import { describeProblem, type Problem, type ProblemCode } from '../../plan/scenario/problem.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { loadPolicy, USUAL_POLICY } from '../../studies/gate/load-policy.ts';
import { BUILT_IN_POLICY, type PolicyOutcome } from '../../studies/gate/policy.ts';
import { blockCount } from './block-count.ts';
import { refuse } from './ci-output.ts';
import { type Console, consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { gateComparison } from './gate-comparison.ts';
import { gateFinished, gatesFinishedRuns } from './gate-finished.ts';
import type { GateOptions } from './gate-options.ts';
import { gateRun } from './gate-run.ts';

const HELP = `
Both sides are run here, taking turns, in one go: a git revision is taken out of git into a cache (the work tree is not touched) and its
dependencies are installed there, a package version is installed, a folder is taken as it is. The server of a side is the file in it that
the scenario names (target: { use: ./my-target.mts }), else the one that its own targets/index.ts exports or its letitcrash brings; the load
and the judgement are this letitcrash's. Where a revision has no such server yet, the candidate is played alone: the answer is open.

--policy (default: ${USUAL_POLICY}, where there is one) says what may not become worse by how much; letitcrash schema policy.

Examples:
  letitcrash gate --baseline origin/main
  letitcrash gate --baseline letitcrash@0.1.0 --policy policy.yaml --strict
  letitcrash gate --baseline ../stable --candidate . --scenario ./load.yaml --seed 7
  letitcrash gate --baseline main --blocks 48     longer, and finds smaller changes
  letitcrash gate --baseline runs/one --candidate runs/other     two finished runs: side by side, and the candidate against slo
  letitcrash gate --run runs/<time>-quickstart-reference --policy policy.yaml     one finished run, against its slo section

Exit codes: 0 no worse, or open; 1 worse, a limit missed or delivery broken; 2 usage; 3 environment; 4 open, with --strict; 5 nothing was
proven; 130 interrupted.`;

export function gateCommand(): Command {
  return new Command('gate')
    .description('compare a candidate with a baseline; exit code for CI')
    .option('--baseline <source>', 'what it was: a git revision, a folder, or a package like letitcrash@0.1.0')
    .option('--candidate <source>', 'what it is now: the same (default: this folder)')
    .option('--policy <file>', 'metrics, margins and limits')
    .option('--scenario <name>', "the load: a bundled name or a file (default: the policy's, else compare)")
    .option('--blocks <n>', `blocks of four runs at most (default: the policy's, else ${BUILT_IN_POLICY.blocks})`, blockCount())
    .option('--run <dir>', "hold one finished run to the policy's limits instead")
    .option('--strict', 'exit 4 when the answer is open')
    .addHelpText('after', HELP)
    .action(async (options: GateOptions, command: Command) => {
      const console = consoleOf(command);
      process.exitCode = await gate(options, console);
    });
}

async function gate(options: GateOptions, console: Console): Promise<number> {
  const mistake = mistakeIn(options);
  const loaded = await policyOf(options);
  // Mistakes in both files are reported at once, so that they can be mended together.
  const problems = [...(loaded.ok ? [] : loaded.problems), ...(await scenarioProblems(options, loaded, console))];
  if (mistake !== null || !loaded.ok || problems.length > 0) {
    if (mistake !== null) await refuse(console, mistake);
    for (const problem of problems) await refuse(console, describeProblem(problem));
    if (problems.length > 0) console.document({ schema: 'letitcrash.problems/1', problems });
    return ExitCode.usage;
  }
  const { baseline, run } = options;
  if (run !== undefined) return gateRun(run, loaded.policy, console);
  const { policy } = loaded;
  if (await gatesFinishedRuns(options)) return gateFinished(options, policy, console);
  const asked = { ...policy, blocks: options.blocks ?? policy.blocks };
  return gateComparison({ ...options, baseline: baseline ?? '' }, asked, console);
}

/**
 * Mistakes in the load that can be found before the sides are built: the sources of the sides decide which servers exist and what they can
 * do. Finds none if nothing is played.
 */
async function scenarioProblems(options: GateOptions, policy: PolicyOutcome, console: Console): Promise<readonly Problem[]> {
  const given = options.scenario ?? (policy.ok ? policy.policy.scenario : null);
  if (given === null || options.run !== undefined || (await gatesFinishedRuns(options))) return [];
  const loaded = await loadScenario(given);
  if (!loaded.ok) return loaded.problems;
  const { set: overrides, seed } = console.options;
  const planned = planScenario(loaded.source, { catalogue, overrides, seed: seed ?? 0 });
  return planned.ok
    ? []
    : planned.problems.filter(({ code, place }) => !ofTheServer.has(code) && !place.path.startsWith('target'));
}

/** What depends on the server of a side. */
const ofTheServer: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'unknown-target',
  'unknown-driver',
  'own-file',
  'target-config',
  'unsupported',
  'impossible-fault',
  'impossible-load',
]);

function mistakeIn({ baseline, candidate, scenario, blocks, run, strict }: GateOptions): string | null {
  if (run === undefined) {
    return baseline === undefined
      ? 'there is nothing to compare with\n  --baseline origin/main, a folder or a package; or --run <dir> for a single run'
      : null;
  }
  const given = { baseline, candidate, scenario, blocks, strict };
  const surplus = Object.entries(given).filter(([, value]) => value !== undefined);
  if (surplus.length === 0) return null;
  const flags = surplus.map(([name]) => `--${name}`).join(', ');
  return `--run ${run}: a finished run is compared with nothing, so there is no ${flags}\n  leave out either`;
}

async function policyOf({ policy }: GateOptions): Promise<PolicyOutcome> {
  if (policy !== undefined) return loadPolicy(policy);
  const usual = await access(USUAL_POLICY).then(
    () => true,
    () => false,
  );
  return usual ? loadPolicy(USUAL_POLICY) : { ok: true, policy: BUILT_IN_POLICY };
}
