/** `letitcrash explore`: searches for a schedule of faults that breaks a delivery property, and reduces what it finds. */
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { drawableKinds } from '../explore/drawable-kinds.ts';
import type { FinishedExploration } from '../explore/exploration.ts';
import type { ExplorationResult } from '../explore/exploration-result.ts';
import { explorationScenario } from '../explore/exploration-scenario.ts';
import type { FaultRecipe } from '../explore/fault-arbitraries.ts';
import { faultRecipes } from '../explore/fault-arbitraries.ts';
import { reproductionText } from '../explore/scenario-file.ts';
import { faultKinds } from '../faults/catalogue.ts';
import { isModulePath } from '../own-server/module-path.ts';
import { targetOf } from '../run/available-target.ts';
import { catalogue } from '../run/catalogue.ts';
import { planGiven } from '../run/plan-given.ts';
import { RunError } from '../run/run-error.ts';
import { defaultRunPath } from '../run/run-folder.ts';
import { knownTargets } from '../scenario/catalogue.ts';
import { suggestion } from '../scenario/did-you-mean.ts';
import type { Plan } from '../scenario/plan.ts';
import { describeProblem } from '../scenario/problem.ts';
import { parseDurationMs } from '../scenario/units.ts';
import { type Console, consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { exploreProgress } from './explore-progress.ts';
import { inArena } from './in-arena.ts';
import { interruptible } from './interruption.ts';

interface Options {
  readonly target: string;
  readonly in: string;
  readonly budget?: number;
  readonly schedules?: number;
  readonly nodes: number;
  readonly times: number;
  readonly faults?: readonly string[];
  readonly arena?: boolean;
}

/** The only place so far where schedules are played. */
const PLACES: readonly string[] = ['real'];
const DEFAULT_BUDGET_MS = 10 * 60_000;
const MAX_COUNT = 1_000_000;

const HELP = `
Draws schedules of faults, plays each in a short run against a cluster that stays warm, and judges it by the ledger. A schedule that
breaks a delivery property is reduced to the smallest that still does, and written as a scenario file that run and replay take.

Examples:
  letitcrash explore --target reference --nodes 3 --budget 10m
  letitcrash explore --schedules 200 --set target.durability=commit --seed 7
  letitcrash explore --faults kill-node,kill-process --set load.rate=300/s --set load.duration=3s
  letitcrash explore --target calibrated --budget 2m      a server that forgets what a killed node had promised: found in seconds
  letitcrash replay runs/<time>-explore-<target>/found-1.yaml --times 20

Exit codes: 0 nothing found, 1 a property was broken, 2 usage, 3 environment, 5 nothing was proven, 130 interrupted.`;

export function exploreCommand(): Command {
  return new Command('explore')
    .description('search for a schedule of faults that breaks a delivery property')
    .option('--target <name>', 'the server to explore (letitcrash targets)', 'reference')
    .addOption(new Option('--in <place>', 'where schedules are played: real, on real processes').default('real'))
    .option('--budget <time>', 'time to search, like 10m; a reduction comes on top (default: 10m, without --schedules)', budget)
    .option('--schedules <n>', 'schedules to play', wholeNumber)
    .option('--nodes <n>', 'nodes of the cluster', wholeNumber, 1)
    .option('--times <n>', 'fresh runs of a reduced schedule, for its rate', wholeNumber, 10)
    .option('--faults <kinds>', 'kinds to draw from, with commas between (default: all that apply)', (text) => text.split(','))
    .option('--arena', 'explore in an arena of its own namespaces, or not at all (default: where possible)')
    .option('--no-arena', 'explore without an arena')
    .addHelpText('after', HELP)
    .action(async (options: Options, command: Command) => {
      const console = consoleOf(command);
      const prepared = await prepare(options, console);
      if (prepared === null) {
        process.exitCode = ExitCode.usage;
        return;
      }
      // What only an arena can do is left out where there is none.
      const anywhere = prepared.recipes.map(({ kind }) => kind).filter((kind) => !needsArena(kind));
      process.exitCode = await inArena(anywhere, options.arena, console, () => play(prepared, options, console));
    });
}

interface Prepared {
  readonly plan: Plan;
  readonly recipes: readonly FaultRecipe[];
}

/** The plan and the kinds; null, with the complaint made, when something is wrong. */
async function prepare(options: Options, console: Console): Promise<Prepared | null> {
  const mistaken = (text: string): null => {
    console.complain(text);
    return null;
  };
  if (!PLACES.includes(options.in)) {
    const places = PLACES.join(', ');
    return mistaken(`--in ${options.in}: there is no exploration in ${options.in}\n  there is: ${places} (on real processes)`);
  }
  const names = knownTargets(catalogue).map(({ name }) => name);
  if (!isModulePath(options.target) && !names.includes(options.target)) {
    return mistaken(`--target ${options.target}: is not a target\n  ${suggestion(options.target, names, 'targets')}`);
  }
  const use = isModulePath(options.target) ? resolve(options.target) : options.target;
  const target = await targetOf(use).catch((error: unknown) => {
    if (!(error instanceof RunError)) throw error;
    return mistaken(`--target ${error.message}`);
  });
  if (target === null) return null;
  const planned = await planGiven(explorationScenario(target, options.nodes, use), console.options);
  if (!planned.ok) {
    for (const problem of planned.problems) console.complain(describeProblem(problem));
    console.document({ schema: 'letitcrash.problems/1', problems: planned.problems });
    return null;
  }
  const { plan } = planned;
  if (plan.faults.length > 0) return mistaken('--set faults: exploration draws the faults itself\n  say --faults <kinds>');
  const known = faultRecipes.map(({ kind }) => kind);
  const unknown = options.faults?.find((kind) => !known.includes(kind));
  if (unknown !== undefined) {
    return mistaken(`--faults ${unknown}: is not a kind that exploration draws\n  ${suggestion(unknown, known, 'kinds')}`);
  }
  const subject = { capabilities: target.capabilities, nodes: plan.target.nodes };
  const recipes = drawableKinds(subject, catalogue.faultKinds, options.faults ?? null);
  if (recipes.length === 0) {
    const able = drawableKinds(subject, catalogue.faultKinds, null).map(({ kind }) => kind);
    const asked = options.faults?.join(',') ?? 'all';
    return mistaken(
      `--faults ${asked}: beyond the target ${target.name} with ${subject.nodes} nodes\n  what applies: ${able.join(', ')}`,
    );
  }
  return { plan, recipes };
}

function needsArena(kind: string): boolean {
  return faultKinds.get(kind)?.requires.includes('arena') === true;
}

async function play({ plan, recipes }: Prepared, options: Options, console: Console): Promise<ExitCode> {
  const progress = exploreProgress(
    process.stderr,
    process.stderr.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb',
  );
  const outDir = console.options.out ?? defaultRunPath(new Date(), 'explore', plan.target.use);
  const schedules = options.schedules ?? null;
  try {
    // Loaded only now: help and mistakes need no generator.
    const { exploreReal } = await import('../explore/exploration.ts');
    const finished = await interruptible((signal) =>
      exploreReal({
        plan,
        recipes,
        seed: plan.seed,
        schedules,
        times: options.times,
        budgetMs: options.budget ?? (schedules === null ? DEFAULT_BUDGET_MS : null),
        outDir,
        reproduce: commandLine(options, plan, console),
        signal,
        progress: (event) => {
          if (!console.options.quiet) progress.event(event);
        },
      }),
    );
    progress.end();
    console.print(summary(finished));
    console.document(finished.result);
    if (finished.unfit !== null) console.complain(`the search was given up: run after run proved nothing: ${finished.unfit}`);
    return exitCode(finished.result);
  } catch (error) {
    progress.end();
    const message = error instanceof Error ? error.message : String(error);
    console.complain(error instanceof RunError ? message : `the exploration failed: ${message}`);
    return ExitCode.environment;
  }
}

function exitCode({ ending, found, schedules }: ExplorationResult): ExitCode {
  if (ending === 'interrupted') return ExitCode.interrupted;
  if (found.length > 0) return ExitCode.fail;
  return schedules === 0 || ending === 'unfit' ? ExitCode.invalid : ExitCode.pass;
}

function summary({ result, outDir }: FinishedExploration): string {
  const { schedules, found, acked, faults, schedulesPerSecond, discounted } = result;
  const drawn = Object.entries(faults).map(([kind, { verified }]) => `${verified} ${kind}`);
  const searched = `${schedules} schedules, ${(schedulesPerSecond * 60).toFixed(1)} a minute; ${acked} messages acknowledged`;
  const lines = [
    found.length === 0 ? `nothing found: ${searched}` : `FOUND after ${searched}`,
    `  faults verified: ${drawn.length === 0 ? 'none' : drawn.join(', ')}${discounted.length === 0 ? '' : `; ${discounted.length} runs not counted`}`,
  ];
  for (const { property, minimal, reproduction, evidence, scenario } of found) {
    lines.push(`  ${property} is broken ${reproductionText(reproduction)}, by`);
    for (const { at, kind, for: lasts, ...settings } of minimal) {
      lines.push(`    ${at} ${kind}${lasts === undefined ? '' : ` for ${lasts}`} ${JSON.stringify(settings)}`);
    }
    if (minimal.length === 0) lines.push('    no fault at all: the load alone');
    if (evidence[0] !== undefined) lines.push(`  ${evidence[0]}`);
    lines.push(`  letitcrash replay ${join(outDir, scenario)} --times 20`);
  }
  lines.push(`  ${join(outDir, 'exploration.json')}`);
  return lines.join('\n');
}

function commandLine(options: Options, plan: Plan, { options: { set } }: Console): string {
  const words = ['letitcrash', 'explore', '--target', plan.target.use, '--nodes', String(plan.target.nodes)];
  if (options.faults !== undefined) words.push('--faults', options.faults.join(','));
  if (options.schedules !== undefined) words.push('--schedules', String(options.schedules));
  if (options.budget !== undefined) words.push('--budget', `${options.budget}ms`);
  for (const override of set) words.push('--set', /^[\w./=:@%+-]+$/.test(override) ? override : `'${override}'`);
  return [...words, '--seed', String(plan.seed)].join(' ');
}

function budget(text: string): number {
  const parsed = parseDurationMs(text);
  if (!parsed.ok) throw new InvalidArgumentError(`It ${parsed.message}.`);
  if (parsed.value < 1) throw new InvalidArgumentError('It is above 0, like 10m.');
  return parsed.value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > MAX_COUNT)
    throw new InvalidArgumentError(`It is a whole number from 1 to ${MAX_COUNT}.`);
  return value;
}
