/** `letitcrash compare <a> <b>`: two configurations of a server take turns; shows what differs, by how much, and with what confidence. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { comparisonTerminal } from '../../../reports/comparison-terminal.ts';
import { shellWord } from '../../evidence/result/command-line.ts';
import { plural } from '../../evidence/result/format.ts';
import { healRun } from '../../run/arena/heal.ts';
import { presentArena, wasLaunchedInArena } from '../../run/arena/inside.ts';
import { gateOutcome, playComparison } from '../library/compare.ts';
import { diffRuns, finishedSides, type GivenRun } from '../library/diff.ts';
import { codeOf, ExitCode } from '../library/exit-codes.ts';
import { BUILT_IN_POLICY, MAX_BLOCKS } from '../library/policy.ts';
import { canBeResumed, type PreparedComparison, prepareComparison, resumedComparison } from '../library/prepare-comparison.ts';
import { ScenarioError } from '../library/scenario-error.ts';
import { compareProgress } from './compare-progress.ts';
import { type Console, consoleOf } from './console.ts';
import { inArena } from './in-arena.ts';
import { attempted } from './interruption.ts';
import { wholeNumber } from './option-values.ts';
import { shown } from './progress-line.ts';
import { showDiff } from './show-diff.ts';

interface Options {
  readonly scenario?: string;
  readonly blocks?: number;
  readonly policy?: string;
  readonly resume?: string;
  readonly strict?: boolean;
  readonly arena?: boolean;
}

const HELP = `
A side is an optional scenario and what differs from it, as words separated by spaces or commas. A key of target may omit "target.", the
name of a target stands for target.use, and node@24 is the version of Node for the servers, fetched from npm if it is missing.

The sides take turns in blocks of four runs, two pairs in an order by chance, each run with a fresh server. The question is whether B is worse
than A by more than a margin. The answer is regressed, equivalent (not worse: B may be better; wrong in at most 5% of cases, or alphaEquivalent of the policy) or
inconclusive; it is sought after a half, three quarters and all of the blocks.

Examples:
  letitcrash compare durability=fsync durability=memory
  letitcrash compare node@24 node@26 --blocks 12
  letitcrash compare nodes=1 nodes=3 --scenario steady --set load.duration=5s
  letitcrash compare "node@26" "node@26 nodeFlags=[--max-semi-space-size=64]" --policy letitcrash/policy.yaml --strict
  letitcrash compare --resume runs/<time>-compare-<target>          resume after an interruption
  letitcrash compare runs/one runs/other      two finished runs: like letitcrash diff, which decides nothing

Exit codes: 0 not worse, or undecided; 1 regressed, or B broke delivery; 2 usage; 3 environment; 4 undecided, with --strict; 5 too few
valid blocks for an answer; 130 interrupted.`;

export function compareCommand(): Command {
  return new Command('compare')
    .description('compare two configurations of a server by runs that take turns')
    .argument('[a]', 'the baseline, like durability=fsync')
    .argument('[b]', 'the side that may be worse, like durability=memory')
    .option('--scenario <name>', "the load: a bundled name or a file (default: the policy's, else compare)")
    .option(
      '--blocks <n>',
      `maximum number of blocks of four runs (default: the policy's, else ${BUILT_IN_POLICY.blocks})`,
      wholeNumber(1, MAX_BLOCKS),
    )
    .option('--policy <file>', 'metrics, margins and limits (letitcrash schema policy)')
    .option('--resume <dir>', 'resume the comparison in this folder')
    .option('--strict', 'exit 4 if the answer is undecided')
    .option('--arena', 'demand an arena, separate namespaces for the run (default: used if possible when there are faults)')
    .option('--no-arena', 'run without an arena')
    .addHelpText('after', HELP)
    .action(async (_a: string | undefined, _b: string | undefined, options: Options, command: Command) => {
      const console = consoleOf(command);
      const { strict } = options;
      const checked = await checkedComparison(command);
      if (checked.kind === 'finished') {
        const { out: outDir } = console.options;
        process.exitCode = showDiff(await diffRuns(...checked.sides, { outDir }), strict === true, console);
        return;
      }
      const { prepared } = checked;
      await healInterrupted(prepared.outDir, console);
      const plans = [prepared.sides.a.plan, prepared.sides.b.plan];
      process.exitCode = await inArena({ plans, asked: options.arena }, console, () => play(prepared, strict === true, console));
    });
}

export type CheckedComparison =
  | { readonly kind: 'finished'; readonly sides: readonly [a: GivenRun, b: GivenRun] }
  | { readonly kind: 'played'; readonly prepared: PreparedComparison };

/** What a command line asks to be compared. @throws ScenarioError with all that is wrong. */
export async function checkedComparison(command: Command): Promise<CheckedComparison> {
  const [a, b] = command.args;
  const { strict: _, ...played } = command.opts<Options>();
  const { seed, set, out: outDir } = consoleOf(command).options;
  const finished = await finishedSides(a, b, { played: { ...played, seed, set: set[0] }, outDir });
  if (finished === null) return { kind: 'played', prepared: await preparedBy(command) };
  const { sides, mistakes } = finished;
  if (sides === null || mistakes.length > 0) throw new ScenarioError(mistakes);
  return { kind: 'finished', sides };
}

function preparedBy(command: Command): Promise<PreparedComparison> {
  const [a, b] = command.args;
  const { scenario, blocks, policy, resume } = command.opts<Options>();
  const { set, seed, out } = consoleOf(command).options;
  if (resume === undefined) return prepareComparison(a, b, { scenario, blocks, policy, set, seed, outDir: out });
  const isSurplus = [a, b, scenario, blocks, policy, seed, out, set[0]].some((given) => given !== undefined);
  const surplus = `--resume ${resume}: the folder says what is compared\n  give no other options than --strict, --json and --quiet`;
  return resumedComparison(resume, isSurplus ? [surplus] : []);
}

/** A run that was killed may have left something behind, and its folder is needed again. */
async function healInterrupted(folder: string, console: Console): Promise<void> {
  // From inside an arena it cannot be seen whether a run is alive.
  if (presentArena() !== null || wasLaunchedInArena()) return;
  const runs = join(folder, 'runs');
  for (const name of await readdir(runs).catch(() => [])) {
    const healed = await healRun(join(runs, name));
    if (healed?.state === 'healed') console.complain(`${join(runs, name)}: was killed; what it left behind has been undone`);
  }
}

function play(prepared: PreparedComparison, strict: boolean, console: Console): Promise<ExitCode> {
  const progress = shown(compareProgress, console);
  const resume = `\n  letitcrash compare --resume ${shellWord(prepared.outDir)}`;
  const stopped = 'interrupted; everything that was started has been stopped';
  const interrupted = async (): Promise<string> => `${stopped}${(await canBeResumed(prepared)) ? resume : ''}`;
  return attempted(console, { failed: 'the comparison failed', interrupted }, async (signal) => {
    const outcome = await playComparison(prepared, { signal, onProgress: progress.event }).finally(progress.end);
    const { comparison, reportPath } = outcome;
    console.printReport(comparisonTerminal(comparison, { colour: console.colour, width: console.width, reportPath }));
    console.document(comparison);
    if (comparison.interrupted === undefined) return codeOf(gateOutcome(comparison), strict);
    console.complain(`${stopped}, and ${plural(comparison.blocks.length, 'finished block')} kept${resume}`);
    return ExitCode.interrupted;
  });
}
