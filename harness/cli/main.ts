/** The command line as a whole: its commands, the flags that all of them take, and what happens to mistakes. */
import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { type CommonFlag, listCommonFlags, takeCommonFlags } from './common-flags.ts';
import { compareCommand } from './compare.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { ExitCode } from './exit-codes.ts';
import { exploreCommand } from './explore.ts';
import { exportCommand } from './export.ts';
import { gateCommand } from './gate.ts';
import { healCommand } from './heal.ts';
import { historyCommand } from './history.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import { observeCommand } from './observe.ts';
import { openCommand } from './open.ts';
import { watchOutput, writeLines } from './output.ts';
import { profileCommand } from './profile.ts';
import { pruneCommand } from './prune.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { scenariosCommand } from './scenarios.ts';
import { schemaCommand } from './schema.ts';
import { targetsCommand } from './targets.ts';

const EXIT_CODES = `
Exit codes: 0 pass, 1 fail, 2 usage or configuration, 3 environment or tool, 4 inconclusive (--strict), 5 invalid or unknown, 130 interrupted.`;

const EXAMPLE = `
Example:
  letitcrash run quickstart        half a minute: load a server, kill it, account for every message`;

const ALL = ['json', 'out', 'seed', 'quiet', 'set'] as const;

/** Each with the common flags that do something there. */
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

function program(): Command {
  const root = new Command('letitcrash')
    .description('Loads a messaging server, breaks it on purpose, and accounts for every message.')
    .version(packageJson.version)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'letitcrash: ')) })
    .showHelpAfterError('(letitcrash --help shows the commands)')
    .exitOverride()
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
  try {
    await program().parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): ExitCode {
  // Commander has printed its own complaint; asking for help or the version is none.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof Error && typeof code === 'string') {
    writeLines('stderr', `letitcrash: ${error.message}`);
  } else {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    writeLines('stderr', `letitcrash: this is a defect of letitcrash: ${trace}`);
  }
  return ExitCode.environment;
}
