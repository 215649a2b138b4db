/** `letitcrash history add|show`: keeps results in a folder, and shows how figures developed and where they changed. */
import { Command } from 'commander';
import { trendText } from '../../../reports/trend-text.ts';
import { ExitCode } from '../library/exit-codes.ts';
import { addToHistory, HISTORY_FOLDER, history as historyOf } from '../library/history.ts';
import { consoleOf } from './console.ts';
import { collect } from './option-values.ts';

const ADD_HELP = `
A run that is already in the history is skipped. A run that is invalid, unknown or profiled is refused: its figures
are not those of the server alone.

Examples:
  letitcrash history add runs/20261124-120000-steady-reference --label "$(git rev-parse --short HEAD)"
  letitcrash history add runs/* --folder ci/history`;

const SHOW_HELP = `
Runs of the same setup on the same kind of machine form one series; runs on another machine form another. A change is shown if at
least five runs on each side distinguish it from chance (E-divisive, 1%).

Examples:
  letitcrash history show
  letitcrash history show --metric response.p99 --metric errors --scenario steady
  letitcrash history show --json | jq '.series[].metrics[] | select(.changes != []) | .name'`;

export function historyCommand(): Command {
  const history = new Command('history')
    .description('keep results in a folder, and find where they changed for good')
    .addHelpText('after', '\nExample:\n  letitcrash history add runs/* && letitcrash history show');
  history.addCommand(addCommand());
  history.addCommand(showCommand());
  return history;
}

function addCommand(): Command {
  return new Command('add')
    .description('keep the figures of finished runs')
    .argument('<run...>', 'run folders')
    .option('--folder <dir>', 'the folder of the history', HISTORY_FOLDER)
    .option('--label <text>', 'what was measured: a commit, a release')
    .addHelpText('after', ADD_HELP)
    .action(async (given: readonly string[], { folder, label }: { folder: string; label?: string }, command: Command) => {
      const console = consoleOf(command);
      const { added, known, refused } = await addToHistory(given, { folder, label });
      for (const { run, why } of refused)
        console.complain(`${run}: ${why}\n  play it again; only runs that passed or failed, without a profiler, are kept`);
      console.print(`${added.length} added to ${folder}, ${known} were already in it`);
      console.document({ schema: 'letitcrash.history-added/1', folder, added, refused });
      process.exitCode = refused.length > 0 ? ExitCode.invalid : ExitCode.pass;
    });
}

interface ShowOptions {
  readonly folder: string;
  readonly scenario?: string;
  readonly metric?: readonly string[];
}

function showCommand(): Command {
  return new Command('show')
    .description('show how figures developed, and where they changed')
    .option('--folder <dir>', 'the folder of the history', HISTORY_FOLDER)
    .option('--scenario <name>', 'only runs of this scenario')
    .option(
      '--metric <name>',
      'the metric to show (repeatable; default: latencies, rates, memory, processor time and recovery, if the runs have them)',
      collect,
    )
    .addHelpText('after', SHOW_HELP)
    .action(async ({ folder, scenario, metric }: ShowOptions, command: Command) => {
      const console = consoleOf(command);
      const { history, unreadable } = await historyOf({ folder, scenario, metrics: metric });
      if (unreadable.length > 0)
        console.complain(`${folder}: lines ${unreadable.join(', ')} are not entries of this version and were skipped`);
      console.printReport(trendText(history, { colour: console.colour }));
      console.document(history);
    });
}
