/** `letitcrash gate`: a candidate against a baseline, or a single run against limits; an exit code for CI. */
import { Command } from 'commander';
import { comparisonTerminal } from '../../../reports/comparison-terminal.ts';
import {
  type Annotation,
  comparisonAnnotations,
  diffAnnotations,
  resultAnnotations,
} from '../../../reports/github-annotations.ts';
import { terminalSummary } from '../../../reports/terminal.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { codeOf, ExitCode } from '../library/exit-codes.ts';
import { type GateOutcome, playGate } from '../library/gate.ts';
import type { GateWishes } from '../library/gate-checks.ts';
import { BUILT_IN_POLICY, MAX_BLOCKS, USUAL_POLICY } from '../library/policy.ts';
import { type PreparedGate, prepareGate } from '../library/prepare-gate.ts';
import { buildProgress } from './build-progress.ts';
import { ciConsole, tellGitHub } from './ci-output.ts';
import { compareProgress } from './compare-progress.ts';
import { type Console, consoleOf } from './console.ts';
import { inArena } from './in-arena.ts';
import { attempted } from './interruption.ts';
import { liveProgress } from './live-progress.ts';
import { wholeNumber } from './option-values.ts';
import { shown } from './progress-line.ts';
import { showDiff } from './show-diff.ts';

const HELP = `
Both sides run here, taking turns. A git revision is checked out into a cache (the work tree is not touched) and its
dependencies are installed there; a package version is installed; a folder is used as it is. The server of a side is the file in it that
the scenario names (target: { use: ./my-target.mts }), or else the one that its targets/index.ts exports or its letitcrash brings; the load
and the judgement are those of this letitcrash. If a revision has no such server yet, the candidate is played alone and the answer is undecided.

--policy (default: ${USUAL_POLICY}, if it exists) says what may not become worse, and by how much; see letitcrash schema policy.

Examples:
  letitcrash gate --baseline origin/main
  letitcrash gate --baseline letitcrash@0.1.0 --policy policy.yaml --strict
  letitcrash gate --baseline ../stable --candidate . --scenario ./load.yaml --seed 7
  letitcrash gate --baseline main --blocks 48     takes longer and finds smaller changes
  letitcrash gate --baseline runs/one --candidate runs/other     two finished runs side by side, with the candidate checked against slo
  letitcrash gate --run runs/<time>-quickstart-reference --policy policy.yaml     one finished run, checked against the slo section

Exit codes: 0 not worse, or undecided; 1 worse, a limit missed or delivery broken; 2 usage; 3 environment; 4 undecided, with --strict; 5 nothing
was proven; 130 interrupted.`;

export function gateCommand(): Command {
  return new Command('gate')
    .description('compare a candidate with a baseline; the exit code is for CI')
    .option('--baseline <source>', 'the old version: a git revision, a folder, or a package like letitcrash@0.1.0')
    .option('--candidate <source>', 'the new version, named in the same way (default: this folder)')
    .option('--policy <file>', 'metrics, margins and limits')
    .option('--scenario <name>', "the load: a bundled name or a file (default: the policy's, else compare)")
    .option(
      '--blocks <n>',
      `maximum number of blocks of four runs (default: the policy's, else ${BUILT_IN_POLICY.blocks})`,
      wholeNumber(1, MAX_BLOCKS),
    )
    .option('--run <dir>', "check one finished run against the policy's limits instead")
    .option('--strict', 'exit 4 if the answer is undecided')
    .addHelpText('after', HELP)
    .action(async (_options: GateWishes, command: Command) => {
      const console = ciConsole(consoleOf(command));
      process.exitCode = await gate(wishesOf(command), console);
    });
}

/** What a command line asks of a gate. */
export function wishesOf(command: Command): GateWishes {
  const { set, seed, out } = consoleOf(command).options;
  return { ...command.opts<GateWishes>(), set, seed, outDir: out };
}

async function gate(wishes: GateWishes, console: Console): Promise<number> {
  const words = { failed: 'the gate failed' };
  const progress = shown(buildProgress, console);
  const prepared = await attempted(console, words, (signal) =>
    prepareGate(wishes, { signal, onBuild: progress.event }).finally(progress.end),
  );
  if (typeof prepared === 'number') return prepared;
  const play = (): Promise<ExitCode> =>
    attempted(console, words, async (signal) => tell(await played(prepared, signal, console), wishes.strict === true, console));
  const plans = plansOf(prepared);
  return plans.length === 0 ? play() : inArena({ plans, asked: undefined }, console, play);
}

function plansOf(prepared: PreparedGate): readonly Plan[] {
  if (prepared.kind === 'first') return [prepared.candidate.plan];
  if (prepared.kind !== 'comparison') return [];
  const { a, b } = prepared.comparison.sides;
  return [b.plan, a.plan];
}

async function played(prepared: PreparedGate, signal: AbortSignal, console: Console): Promise<GateOutcome> {
  const [comparison, run] = [shown(compareProgress, console), shown(liveProgress, console)];
  return playGate(prepared, { signal, onComparison: comparison.event, onRun: run.event }).finally(() => {
    comparison.end();
    run.end();
  });
}

/** Prints what was decided, for people and for CI, and gives the exit code. */
async function tell(gated: GateOutcome, strict: boolean, console: Console): Promise<ExitCode> {
  const { outcome, reportPath, summary } = gated;
  const options = { colour: console.colour, width: console.width, reportPath };
  switch (gated.kind) {
    case 'comparison': {
      const { comparison } = gated;
      console.printReport(comparisonTerminal(comparison, options));
      console.document(comparison);
      await tellGitHub(console, comparisonAnnotations(comparison), summary);
      if (comparison.interrupted !== undefined) return ExitCode.interrupted;
      break;
    }
    case 'diff':
      showDiff(gated, strict, console);
      await tellGitHub(console, diffAnnotations(gated.diff), summary);
      break;
    default: {
      const why = gated.kind === 'first' ? gated.why : null;
      console.printReport(terminalSummary(gated.result, options));
      if (why !== null) console.print(`\ngate: ${why}.`);
      console.document(gated.result);
      const notices: readonly Annotation[] = why === null ? [] : [{ level: 'notice', title: 'letitcrash gate', message: why }];
      await tellGitHub(console, [...notices, ...resultAnnotations(gated.result)], summary);
    }
  }
  return codeOf(outcome, strict);
}
