/** `letitcrash profile <scenario>`: plays it with a profiler on its nodes, and shows where the hardest-working node spent its time. */
import { Command, Option } from 'commander';
import { PROFILE_KINDS, type ProfileKind } from '../../evidence/result/profile.ts';
import { plan as planOf } from '../library/plan.ts';
import { profileMethodFor } from '../library/profiled.ts';
import { consoleOf } from './console.ts';
import { inArena } from './in-arena.ts';
import { attempted } from './interruption.ts';
import { play } from './run.ts';

interface ProfileFlags {
  readonly with: ProfileKind;
  readonly arena?: boolean;
}

const HELP = `
The profile covers the load, on the node that uses the most CPU during it. A profiler slows down what it observes: the figures of such a run
are those of a profiled server. The server's nodes must run on Node.

  cpu         where time was spent: a .cpuprofile, and a flame graph in the report
  heap        where memory was allocated: a .heapprofile, and a flame graph in the report
  flame       the CPU profile as a page of clinic flame
  doctor      event loop, garbage collection, CPU and handles, as a page of clinic doctor
  bubbleprof  what waited for what, as a page of clinic bubbleprof
npm installs the last three when they are first used, outside your project.

Examples:
  letitcrash profile smoke --with cpu
  letitcrash profile kill-node --with heap --set faults=[] --set load.rate=4000/s

Exit codes: those of letitcrash run; 3 also if no profile could be made.`;

export function profileCommand(): Command {
  return new Command('profile')
    .description('play a scenario with a profiler on its nodes')
    .argument('<scenario>', 'a bundled name (letitcrash scenarios) or a .yaml, .json or .ts file')
    .addOption(new Option('--with <profiler>', 'which').choices(PROFILE_KINDS).default('cpu'))
    .option('--arena', 'demand an arena, separate namespaces for the run (default: used if possible when there are faults)')
    .option('--no-arena', 'run without an arena')
    .addHelpText('after', HELP)
    .action(async (given: string, { with: kind, arena }: ProfileFlags, command: Command) => {
      const console = consoleOf(command);
      const { set, seed } = console.options;
      const plan = await planOf(given, { set, seed });
      // Now, because an arena has no network.
      const installed = await attempted(console, { interrupted: 'interrupted; nothing had been started' }, async (signal) => {
        await profileMethodFor(kind, {
          signal,
          onProgress: (event) => {
            if (event.kind === 'phase') console.say(event.message);
          },
        });
        return null;
      });
      process.exitCode =
        installed ??
        (await inArena({ plans: [plan], asked: arena }, console, () => play(plan, console, () => undefined, { profile: kind })));
    });
}
