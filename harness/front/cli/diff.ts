/** `letitcrash diff <run> <run>`: puts two finished runs side by side, and claims no more than two runs can support. */
import { Command } from 'commander';
import { diff } from '../library/diff.ts';
import { consoleOf } from './console.ts';
import { showDiff } from './show-diff.ts';

const HELP = `
A run is a run folder or a result.json, either of letitcrash or imported from another tool (letitcrash import). Each side may be either.

The output first says what differs between the runs apart from the server (machine, load, faults, measuring tool) and what is not known.
Two runs cannot say which server is better, because they do not show how much runs of the same server vary. It also says what it would take.

Examples:
  letitcrash diff runs/20261124-120000-steady-reference runs/20261125-120000-steady-reference
  letitcrash import k6 before.json && letitcrash import k6 after.json && letitcrash diff runs/*-before-k6 runs/*-after-k6
  letitcrash diff before/result.json after/result.json --json | jq '.conditions[] | select(.effect == "forbids")'

Writes diff.json, report.html and summary.md to runs/<time>-diff-<target>, or to --out.

Exit codes: 0; 1 B failed its own limits, or broke delivery; 2 an argument is not a run; 3 environment; 4 with --strict, since two runs
decide nothing; 5 one of the runs is invalid or unknown.`;

export function diffCommand(): Command {
  return new Command('diff')
    .description('put two finished runs side by side')
    .argument('<a>', 'a run folder or a result.json')
    .argument('<b>', 'the other one')
    .option('--strict', 'exit 4, since two runs decide nothing')
    .addHelpText('after', HELP)
    .action(async (a: string, b: string, { strict }: { strict?: boolean }, command: Command) => {
      const console = consoleOf(command);
      process.exitCode = showDiff(await diff(a, b, { outDir: console.options.out }), strict === true, console);
    });
}
