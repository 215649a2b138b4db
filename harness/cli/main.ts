/** The command line as a whole: its commands, the flags that all of them take, and what happens to mistakes. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { printable } from '../result/printable.ts';
import { MAX_SEED } from '../scenario/schema.ts';
import { compareCommand } from './compare.ts';
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
import { profileCommand } from './profile.ts';
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

function seed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > MAX_SEED) throw new InvalidArgumentError(`A seed is a whole number from 0 to ${MAX_SEED}.`);
  return value;
}

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

function program(): Command {
  const root = new Command('letitcrash')
    .description('Loads a messaging server, breaks it on purpose, and accounts for every message.')
    .version(packageJson.version)
    .option('--json', 'print the document on stdout, and everything else on stderr')
    .option('--out <dir>', 'folder for what the command writes')
    .option(
      '--seed <n>',
      'seed of everything random; where neither this nor the scenario names one, it is drawn and recorded',
      seed,
    )
    .option('--quiet', 'no progress')
    .option('--set <path=value>', 'override a value of the scenario, like load.rate=4000/s (repeatable)', collect)
    .showHelpAfterError('(letitcrash --help shows the commands)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText('after', EXAMPLE + EXIT_CODES);
  for (const command of [
    runCommand,
    exploreCommand,
    replayCommand,
    compareCommand,
    gateCommand,
    profileCommand,
    reportCommand,
    historyCommand,
    importCommand,
    exportCommand,
    targetsCommand,
    scenariosCommand,
    schemaCommand,
    doctorCommand,
    initCommand,
    observeCommand,
    healCommand,
  ]) {
    const known = command().copyInheritedSettings(root);
    for (const nested of known.commands) nested.copyInheritedSettings(root);
    root.addCommand(known);
  }
  return root;
}

/** Runs a command line (without node and script) and sets the process's exit code; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads our output may have seen enough: letitcrash schema result | head
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
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
    process.stderr.write(`letitcrash: ${printable(error.message)}\n`);
  } else {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`letitcrash: this is a defect of letitcrash: ${printable(trace)}\n`);
  }
  return ExitCode.environment;
}
