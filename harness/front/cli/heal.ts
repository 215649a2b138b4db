/** `letitcrash heal`: undoes what interrupted runs left behind. */
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { plural } from '../../evidence/result/format.ts';
import { outsideText } from '../../evidence/result/printable.ts';
import { type HealedRun, healAll, healRun, interruptedElsewhere } from '../../run/arena/heal.ts';
import { ExitCode } from '../library/exit-codes.ts';
import { consoleOf } from './console.ts';

const HELP = `
A run in an arena leaves nothing behind, because the kernel ends what it started. A run without one keeps a journal that says what there is
to undo if it is killed. Heal touches only processes and files that the journal names and that are still the same.
Without run folders, it heals only runs in this folder and below: a run that was interrupted elsewhere may be somebody else's work.

Examples:
  letitcrash heal --dry-run
  letitcrash heal --all                  every run of this user, wherever its folder is
  letitcrash heal runs/20261124-101500-kill-node-reference`;

export function healCommand(): Command {
  return new Command('heal')
    .description('undo what interrupted runs left behind')
    .argument('[run...]', 'run folders (default: every interrupted run in this folder)')
    .option('--all', 'heal every run of this user, wherever its folder is')
    .option('--dry-run', 'show what would be undone, and touch nothing')
    .addHelpText('after', HELP)
    .action(async (folders: string[], { dryRun = false, all = false }: { dryRun?: boolean; all?: boolean }, command: Command) => {
      const console = consoleOf(command);
      if (all && folders.length > 0) {
        console.complain('--all heals every run, so no run folder can be named with it\n  leave out one or the other');
        process.exitCode = ExitCode.usage;
        return;
      }
      const wrong = (await Promise.all(folders.map(whyNoRunFolder))).filter((why) => why !== null);
      if (wrong.length > 0) {
        for (const why of new Set(wrong)) console.complain(why);
        process.exitCode = ExitCode.usage;
        return;
      }
      const within = all ? null : process.cwd();
      const runs = folders.length === 0 ? await healAll({ dryRun, within }) : await healFolders(folders, dryRun);
      const elsewhere = folders.length > 0 || within === null ? 0 : interruptedElsewhere(within);
      for (const run of runs) console.print(textOf(run));
      if (runs.length === 0) console.print(elsewhere === 0 ? 'nothing to heal' : 'nothing to heal in this folder');
      if (elsewhere > 0)
        console.print(`${plural(elsewhere, 'run')} elsewhere may have been interrupted: letitcrash heal --all --dry-run`);
      console.document({ schema: 'letitcrash.heal/1', runs, elsewhere });
      if (runs.some(({ state }) => state === 'refused')) process.exitCode = ExitCode.environment;
    });
}

/** Null if there is a folder: one without a journal has nothing to heal. */
async function whyNoRunFolder(given: string): Promise<string | null> {
  const facts = await stat(given).catch(() => null);
  if (facts?.isDirectory() === true) return null;
  return `${outsideText(given)}: ${facts === null ? 'there is no such folder' : 'is not a folder'}\n  letitcrash heal --dry-run shows the interrupted runs in this folder`;
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
