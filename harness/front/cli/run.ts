/** `letitcrash run <scenario>`: plans it, plays it, writes the run folder, prints the verdict. */
import { Command } from 'commander';
import { terminalSummary } from '../../../reports/terminal.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { BEFORE_THE_LOAD } from '../../run/conductor/early-end.ts';
import { rehearse } from '../../run/conductor/rehearsal.ts';
import { ExitCode, VERDICT_CODES } from '../library/exit-codes.ts';
import { plan as planOf } from '../library/plan.ts';
import { type PlayOptions, playPlan } from '../library/play-plan.ts';
import type { WatchOptions } from '../watch/start-watchers.ts';
import type { WatchEvent } from '../watch/watcher.ts';
import { type Console, consoleOf } from './console.ts';
import { inArena } from './in-arena.ts';
import { twiceInterruptible } from './interruption.ts';
import { liveProgress } from './live-progress.ts';
import { port } from './option-values.ts';
import { planText } from './plan-text.ts';
import { shown } from './progress-line.ts';
import { type Watch, watched } from './watched.ts';

const EXAMPLES = `
Examples:
  letitcrash run quickstart
  letitcrash run ./my.yaml --set load.rate=4000/s --set target.durability=commit --seed 7
  letitcrash run kill-node --dry-run
  letitcrash run kill-node --live                       follow it in a browser; prints the address
  letitcrash run quickstart --prometheus --otlp http://localhost:4318
  letitcrash run smoke --json | jq .latency.response.p99Us`;

interface RunFlags extends WatchOptions {
  readonly dryRun?: boolean;
  readonly arena?: boolean;
}

export function runCommand(): Command {
  return new Command('run')
    .description('play a scenario, write a run folder, print the verdict')
    .argument('<scenario>', 'a bundled name (letitcrash scenarios) or a .yaml, .json or .ts file')
    .option('--dry-run', 'print the plan, the schedule and what it needs from this machine; start nothing')
    .option('--arena', 'demand an arena, separate namespaces for the run (default: used if possible when there are faults)')
    .option('--no-arena', 'run without an arena')
    .option('--live [port]', 'serve a page on 127.0.0.1 that follows the run (default: any free port)', port)
    .option('--prometheus [port]', "serve the run's metrics to Prometheus on 127.0.0.1 (default port: 9464; 0 for any)", port)
    .option('--otlp [url]', "send the run's metrics to an OpenTelemetry collector (default: OTEL_EXPORTER_OTLP_ENDPOINT)")
    .addHelpText('after', EXAMPLES)
    .action(async (given: string, { dryRun, arena, ...watch }: RunFlags, command: Command) => {
      const console = consoleOf(command);
      const { set, seed } = console.options;
      const plan = await planOf(given, { set, seed });
      if (dryRun === true) {
        const rehearsal = await rehearse(plan);
        console.print(planText(plan, rehearsal));
        console.document({ ...plan, rehearsal });
        return;
      }
      process.exitCode = await watched(plan, watch, console, (tell) =>
        inArena({ plans: [plan], asked: arena, onNews: (news) => tell(news as WatchEvent) }, console, () =>
          play(plan, console, tell),
        ),
      );
    });
}

/** Plays the plan and prints the verdict; returns the exit code. Never throws. `more` has what a run needs beside its plan. */
export function play(plan: Plan, console: Console, tell: Watch, more: Pick<PlayOptions, 'profile'> = {}): Promise<ExitCode> {
  return twiceInterruptible(async ({ first, again }) => {
    const progress = shown(liveProgress, console);
    try {
      const { result, reportPath, unwritten } = await playPlan(plan, {
        signal: again,
        interrupt: first,
        ...more,
        outDir: console.options.out,
        onProgress: (event) => {
          tell(event);
          progress.event(event);
        },
      });
      await tell({ kind: 'end', result, reportPath });
      progress.end();
      console.printReport(
        terminalSummary(result, {
          colour: console.colour,
          width: console.width,
          reportPath: unwritten === null ? reportPath : null,
        }),
      );
      console.document(result);
      if (unwritten !== null) console.complain(unwritten);
      if (first.aborted) return ExitCode.interrupted;
      // A verdict that says more than "pass" is kept.
      return unwritten !== null && result.verdict === 'pass' ? ExitCode.environment : VERDICT_CODES[result.verdict];
    } catch (error) {
      progress.end();
      if (first.aborted) {
        const kept = again.aborted ? 'interrupted again: nothing was kept' : BEFORE_THE_LOAD;
        console.complain(`${kept}; everything that was started has been stopped`);
        return ExitCode.interrupted;
      }
      return console.fail(error, 'the run failed').exitCode;
    }
  });
}
