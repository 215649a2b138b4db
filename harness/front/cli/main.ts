/** The command line as a whole: its commands, the flags that all of them accept, and how mistakes are handled. */

import { dirname } from 'node:path';
import { Command, CommanderError } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { type Blame, ToldError } from '../../evidence/result/told-error.ts';
import { type FolderProblem, whyNoFolder } from '../../run/tools/make-folder.ts';
import { ExitCode } from '../library/exit-codes.ts';
import { allMistakes } from './all-mistakes.ts';
import { commandMistake } from './command-mistake.ts';
import { type CommonFlag, listCommonFlags, takeCommonFlags } from './common-flags.ts';
import { compareCommand } from './compare.ts';
import { type Console, consoleOf } from './console.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { exploreCommand } from './explore.ts';
import { exportCommand } from './export.ts';
import { gateCommand } from './gate.ts';
import { healCommand } from './heal.ts';
import { historyCommand } from './history.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { observeCommand } from './observe.ts';
import { openCommand } from './open.ts';
import { watchOutput } from './output.ts';
import { profileCommand } from './profile.ts';
import { pruneCommand } from './prune.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { scenarioMistakes } from './scenario-mistakes.ts';
import { scenariosCommand } from './scenarios.ts';
import { schemaCommand } from './schema.ts';
import { targetsCommand } from './targets.ts';

const EXIT_CODES = `
Exit codes: 0 pass, 1 fail, 2 usage or configuration, 3 environment or tool, 4 inconclusive (--strict), 5 invalid or unknown, 130 interrupted.`;

const EXAMPLE = `
Example:
  letitcrash run quickstart        half a minute: load a server, kill it, account for every message`;

const ALL = ['json', 'out', 'seed', 'quiet', 'set'] as const;

/** Each command with the common flags that have an effect there. */
const COMMANDS: readonly (readonly [command: () => Command, flags: readonly CommonFlag[]])[] = [
  [runCommand, ALL],
  [exploreCommand, ALL],
  [replayCommand, ALL],
  [compareCommand, ALL],
  [diffCommand, ['json', 'out']],
  [gateCommand, ALL],
  [profileCommand, ALL],
  [reportCommand, ['json', 'out']],
  [openCommand, ['json']],
  [historyCommand, ['json']],
  [importCommand, ['json', 'out']],
  [exportCommand, ['json', 'out', 'seed', 'set']],
  [targetsCommand, ['json']],
  [scenariosCommand, ['json']],
  [schemaCommand, []],
  [doctorCommand, ['json', 'seed', 'quiet', 'set']],
  [initCommand, ['json', 'out']],
  [observeCommand, ['json']],
  [healCommand, ['json']],
  [pruneCommand, ['json']],
];

/** Builds the program for one command line. `onCalled` is told the command before it is played. */
export function program(onCalled: (command: Command) => void = () => undefined): Command {
  const root = new Command('letitcrash')
    .description('Loads a messaging server, breaks it on purpose, and accounts for every message.')
    .version(packageJson.version)
    .exitOverride()
    // exitCodeOf reports all mistakes in one style.
    .configureOutput({ outputError: () => undefined })
    .hook('preAction', (_root, command) => {
      onCalled(command);
      refuseEmpty(command);
      refuseOut(command);
    })
    .addHelpText('after', EXAMPLE + EXIT_CODES);
  takeCommonFlags(root);
  for (const [command, flags] of COMMANDS) {
    const known = command().copyInheritedSettings(root);
    for (const nested of known.commands) nested.copyInheritedSettings(root);
    listCommonFlags(known, flags);
    root.addCommand(known);
  }
  return root;
}

/** Runs a command line (without node and script) and sets the process's exit code; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  watchOutput();
  const root = program((command) => {
    called = command;
  });
  let called = root;
  try {
    await root.parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = isMistakeOfWords(error) ? await tellAllMistakes(argv) : exitCodeOf(error, argv, consoleOf(called));
  }
}

function isMistakeOfWords(error: unknown): boolean {
  if (error instanceof CommanderError) return error.exitCode !== 0 && error.code !== 'commander.help';
  return error instanceof MistakeError || error instanceof OutError;
}

/** Everything that is wrong with a command line and with the scenario that it names. Nothing is played. */
async function tellAllMistakes(argv: readonly string[]): Promise<ExitCode> {
  const { errors, command } = await allMistakes(argv, program);
  const console = consoleOf(command ?? program());
  const codes = errors.map((error) => exitCodeOf(error, argv, console));
  const mistakes = command === null ? [] : await scenarioMistakes(command);
  for (const text of mistakes) console.complain(text);
  return mistakes.length > 0 || codes.includes(ExitCode.usage) ? ExitCode.usage : ExitCode.environment;
}

/** A command writes into a folder, except that export writes a file. A command without files ignores --out. */
function refuseOut(command: Command): void {
  const { out } = command.optsWithGlobals<{ readonly out?: string }>();
  if (out === undefined) return;
  const problem = whyNoFolder(command.name() === 'export' ? dirname(out) : out);
  if (problem !== null) throw new OutError(problem);
}

/** An empty argument, for example from an unset variable in a script, would be read as the current folder. */
function refuseEmpty(command: Command): void {
  const place = command.args.findIndex((word) => word.trim() === '');
  // The last argument may take several words.
  const argument = command.registeredArguments[place] ?? command.registeredArguments.at(-1);
  if (place < 0 || argument === undefined) return;
  throw new MistakeError(
    `'${command.args[place]}': <${argument.name()}> is empty\n  ${wordsOf(command)} --help shows what it takes`,
  );
}

/** `letitcrash history add` */
function wordsOf(command: Command): string {
  return command.parent === null ? command.name() : `${wordsOf(command.parent)} ${command.name()}`;
}

class MistakeError extends ToldError {
  override readonly name = 'MistakeError';
  override readonly blames = 'request';
}

class OutError extends ToldError {
  override readonly name = 'OutError';
  override readonly blames: Blame;
  constructor({ mistaken, text }: FolderProblem) {
    super(`--out ${text}`);
    this.blames = mistaken ? 'request' : 'machine';
  }
}

/** Says what it was. */
function exitCodeOf(error: unknown, argv: readonly string[], console: Console): ExitCode {
  if (!(error instanceof CommanderError)) return console.fail(error).exitCode;
  // Asking for help or the version is no mistake, and a command line without words has already been answered with the help.
  if (error.exitCode === 0) return ExitCode.pass;
  if (error.code !== 'commander.help') console.complain(commandMistake(error, calledBy(argv)));
  return ExitCode.usage;
}

/** `letitcrash history add`, of the words that name a command. */
function calledBy(argv: readonly string[]): string {
  const words = argv.filter((word) => !word.startsWith('-'));
  const command = program().commands.find((each) => each.name() === words[0]);
  const nested = command?.commands.find((each) => each.name() === words[1]);
  return ['letitcrash', command?.name(), nested?.name()].filter((name) => name !== undefined).join(' ');
}
