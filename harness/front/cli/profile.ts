/** `letitcrash profile <scenario>`: plays it with a profiler on its nodes, and shows where the hardest-working node spent its time. */
import { Command, Option } from 'commander';
import { PROFILE_KINDS, type ProfileKind } from '../../evidence/result/profile.ts';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import { describeProblem } from '../../plan/scenario/problem.ts';
import { planLoaded } from '../../run/conductor/plan-given.ts';
import { ToolError } from '../../run/tools/tool-error.ts';
import { profileMethodFor } from '../library/profiled.ts';
import { type Console, consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { inArena } from './in-arena.ts';
import { interruptible } from './interruption.ts';
import { writeLines } from './output.ts';
import { play } from './run.ts';

interface ProfileFlags {
  readonly with: ProfileKind;
  readonly arena?: boolean;
}

const HELP = `
What is profiled is the loaded phase, of the node that uses most CPU in it. A profiler slows down what it watches: the figures of such a run
are those of a profiled server. Its nodes must run on Node.

  cpu         where the time went: a .cpuprofile, and a flame graph in the report
  heap        where memory was allocated: a .heapprofile, and a flame graph in the report
  flame       the CPU profile as a page of clinic flame
  doctor      event loop, garbage collection, CPU and handles, as a page of clinic doctor
  bubbleprof  what waited for what, as a page of clinic bubbleprof
The last three are installed by npm when first asked for, outside your project.

Examples:
  letitcrash profile smoke --with cpu
  letitcrash profile kill-node --with heap --set faults=[] --set load.rate=4000/s

Exit codes: those of letitcrash run; 3 also when there is no profile.`;

export function profileCommand(): Command {
  return new Command('profile')
    .description('play a scenario with a profiler on its nodes')
    .argument('<scenario>', 'a bundled name (letitcrash scenarios) or a .yaml, .json or .ts file')
    .addOption(new Option('--with <profiler>', 'which').choices(PROFILE_KINDS).default('cpu'))
    .option('--arena', 'run in an arena of its own namespaces, or not at all (default: where possible, when there are faults)')
    .option('--no-arena', 'run without an arena')
    .addHelpText('after', HELP)
    .action(async (given: string, { with: kind, arena }: ProfileFlags, command: Command) => {
      const console = consoleOf(command);
      const planned = await planLoaded(await loadScenario(given), console.options);
      if (!planned.ok) {
        for (const problem of planned.problems) console.complain(describeProblem(problem));
        console.document({ schema: 'letitcrash.problems/1', problems: planned.problems });
        process.exitCode = ExitCode.usage;
        return;
      }
      const { plan } = planned;
      // Now, because an arena has no network.
      const refusal = await install(kind, console);
      if (refusal !== null) {
        process.exitCode = refusal;
        return;
      }
      const kinds = plan.faults.map((fault) => fault.kind);
      process.exitCode = await inArena({ kinds, targets: [plan.target], asked: arena }, console, () =>
        play(plan, console, () => undefined, { profile: kind }),
      );
    });
}

/** Null if the profiler is installed; otherwise the exit code. */
function install(kind: ProfileKind, console: Console): Promise<ExitCode | null> {
  return interruptible(async (signal) => {
    try {
      await profileMethodFor(kind, {
        signal,
        onProgress: (event) => {
          if (!console.options.quiet && event.kind === 'phase') writeLines('stderr', event.message);
        },
      });
      return null;
    } catch (error) {
      if (signal.aborted) return ExitCode.interrupted;
      if (!(error instanceof ToolError)) throw error;
      console.complain(
        `${error.message}\n  the npm registry must be reachable, once; or take --with cpu or heap, which need nothing`,
      );
      return ExitCode.environment;
    }
  });
}
