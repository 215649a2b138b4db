/**
 * Plays a plan, with the kind of run that its load asks for.
 *
 * In: a Plan. Out: a Result and a run folder. Whatever happens (a failure, an abort, the end of this process), every process that was
 * started here is ended here, by handle.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { RunError } from '../../contracts/run-error.ts';
import { K6_DRIVER, type Plan } from '../../plan/scenario/plan.ts';
import { requireK6 } from '../drivers/k6/k6-program.ts';
import { clearScratch, makeRunFolder, removeEmptyFolder } from '../folder/run-folder.ts';
import { availableTarget, requireOfMachine, requireOfTarget } from './available-target.ts';
import { EarlyEnd } from './early-end.ts';
import { HttpRun } from './http/http-run.ts';
import { K6Run } from './k6/k6-run.ts';
import { MessageRun } from './messages/message-run.ts';
import { Neighbours } from './neighbours.ts';
import type { ConductedRun } from './result/run-record.ts';
import { openRunJournal } from './run-journal.ts';
import type { PlayedOptions, RunOptions } from './run-options.ts';

/**
 * Runs a plan to its Result.
 * @throws RunError when the target cannot run here, the server does not start or the users cannot connect; the signal's reason when
 *   aborted, or when interrupted before anything was measured.
 */
export async function runScenario(plan: Plan, given: RunOptions): Promise<ConductedRun> {
  const end = new EarlyEnd({ ...given, plannedMs: plan.load.durationMs }, (message) =>
    given.progress({ kind: 'warning', message }),
  );
  end.now.throwIfAborted();
  const target = await availableTarget(plan.target.use, given.target);
  await requireOfMachine(plan.faults);
  if (plan.load.driver === K6_DRIVER) await requireK6();
  if (given.profiler !== undefined) {
    if (plan.http?.url != null && plan.load.model.kind === 'closed')
      throw new RunError('target-unavailable', `${plan.http.url} cannot be profiled: letitcrash did not start it`);
    requireOfTarget(target, 'node-runtime', 'profiled');
  }
  // First, because nothing may be touched in a folder that belongs to another run.
  const wasThere = existsSync(given.outDir);
  const warn = (message: string): void => given.progress({ kind: 'warning', message });
  const journal = openRunJournal(given.outDir, warn);
  const folder = await makeRunFolder(given.outDir).catch((error: unknown) => {
    journal.close();
    if (!wasThere) removeEmptyFolder(given.outDir);
    throw error;
  });
  const neighbours = new Neighbours({
    what: `run ${plan.scenario.name}`,
    folder: folder.path,
    isMeasuring: () => end.isMeasuring,
    onSeen: ({ what, folder: where }) =>
      given.progress({
        kind: 'warning',
        message: `another run of letitcrash is active on this machine (${what} in ${where}): each spoils the figures of the other`,
      }),
  });
  const options: PlayedOptions = { ...given, signal: end.now, end, neighbours };
  const Played = plan.load.driver === K6_DRIVER ? K6Run : plan.load.model.kind === 'closed' ? HttpRun : MessageRun;
  const run = new Played({ plan, target, folder, journal, options });
  const killNow = (): void => run.killNow();
  process.once('exit', killNow);
  let keepObservations = false;
  let isNothing = true;
  try {
    const played = await run.play();
    isNothing = false;
    keepObservations = played.result.verdict === 'fail';
    return { ...played, runDir: folder.path };
  } catch (error) {
    // Timers that were cut short say so in words of their own.
    end.now.throwIfAborted();
    throw error;
  } finally {
    end.over();
    neighbours.end();
    await run.stop();
    process.off('exit', killNow);
    for (const left of await clearScratch(folder, keepObservations)) warn(`left behind: ${left}`);
    // Nothing of it is kept, not even the logs of servers that nobody loaded.
    if (isNothing && end.now.aborted && !wasThere) await rm(folder.logs, { recursive: true, force: true }).catch(() => undefined);
    run.closeJournal();
    if (!wasThere) removeEmptyFolder(folder.path);
  }
}
