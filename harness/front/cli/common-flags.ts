/**
 * The flags that every command accepts, so that a script may pass the same flags everywhere. The help of a command lists only those that
 * have an effect there.
 */
import { type Command, Option } from 'commander';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import { collect, wholeNumber } from './option-values.ts';

const FLAGS = {
  json: new Option('--json', 'print the document on stdout, and everything else on stderr'),
  out: new Option('--out <dir>', 'folder for what the command writes'),
  seed: new Option(
    '--seed <n>',
    'seed of everything random (default: that of the scenario, else a new one that is recorded)',
  ).argParser(wholeNumber(0, MAX_SEED, `A seed is a whole number from 0 to ${MAX_SEED}.`)),
  quiet: new Option('--quiet', 'print no progress'),
  set: new Option('--set <path=value>', 'override a value of the scenario, like load.rate=4000/s (repeatable)').argParser(
    collect,
  ),
};
export type CommonFlag = keyof typeof FLAGS;

/** Adds the flags to the whole command line. */
export function takeCommonFlags(root: Command): Command {
  for (const option of Object.values(FLAGS)) root.addOption(option);
  return root;
}

/** Shows the flags in the help of this command and of its subcommands. */
export function listCommonFlags(command: Command, flags: readonly CommonFlag[]): void {
  const listed = flags.map((flag) => FLAGS[flag]);
  for (const each of [command, ...command.commands])
    each.configureHelp({ ...each.configureHelp(), showGlobalOptions: listed.length > 0, visibleGlobalOptions: () => listed });
}
