/** `letitcrash heal`: undoes what interrupted runs left behind. */
import { Command } from 'commander';
import { type HealedRun, healAll, healRun } from '../arena/heal.ts';
import { consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';

const HELP = `
A run in an arena leaves nothing behind, for the kernel ends what it started. One without keeps a journal, which says what there is
to undo if it is killed. Only processes and files that the journal names, and that still are what they were, are touched.

Examples:
  letitcrash heal --dry-run
  letitcrash heal runs/20261124-101500-kill-node-reference`;

export function healCommand(): Command {
  return new Command('heal')
    .description('undo what interrupted runs left behind')
    .argument('[run...]', 'run folders (default: every run of this user that was interrupted)')
    .option('--dry-run', 'say what would be undone, and touch nothing')
    .addHelpText('after', HELP)
    .action(async (folders: string[], { dryRun = false }: { dryRun?: boolean }, command: Command) => {
      const console = consoleOf(command);
      const runs = folders.length === 0 ? await healAll(dryRun) : await healFolders(folders, dryRun);
      for (const run of runs) console.print(textOf(run));
      if (runs.length === 0) console.print('nothing to heal');
      console.document({ schema: 'letitcrash.heal/1', runs });
      if (runs.some(({ state }) => state === 'refused')) process.exitCode = ExitCode.environment;
    });
}

async function healFolders(folders: readonly string[], dryRun: boolean): Promise<readonly HealedRun[]> {
  const runs: HealedRun[] = [];
  for (const folder of folders) {
    const run = await healRun(folder, dryRun);
    if (run !== null) runs.push(run);
  }
  return runs;
}

function textOf({ folder, state, reason, entries }: HealedRun): string {
  const lines = entries.map(
    ({ what, outcome, reason: why }) => `  ${outcome.padEnd(14)}${what}${why === null ? '' : `: ${why}`}`,
  );
  return [`${state.padEnd(9)}${folder}${reason === null ? '' : `: ${reason}`}`, ...lines].join('\n');
}
