/**
 * Plays a plan, by whatever kind of run its load asks for.
 *
 * In: a Plan. Out: a Result and a run folder. Whatever happens (a failure, an abort, the end of this process), every process that
 * was started here is ended here, by handle.
 */

import { RunError } from '../../contracts/run-error.ts';
import { K6_DRIVER, type Plan } from '../../plan/scenario/plan.ts';
import { requireK6 } from '../drivers/k6/k6-program.ts';
import { clearScratch, makeRunFolder } from '../folder/run-folder.ts';
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
 *   aborted, or when interrupted before the load began.
 */
export async function runScenario(plan: Plan, given: RunOptions): Promise<ConductedRun> {
  const end = new EarlyEnd(given, (message) => given.progress({ kind: 'warning', message }));
  end.now.throwIfAborted();
  const target = await availableTarget(plan.target.use, given.target);
  await requireOfMachine(plan.faults);
  if (plan.load.driver === K6_DRIVER) await requireK6();
  if (given.profiler !== undefined) {
    if (plan.http?.url != null && plan.load.model.kind === 'closed')
      throw new RunError('target-unavailable', `${plan.http.url} cannot be profiled: letitcrash did not start it`);
    requireOfTarget(target, 'node-runtime', 'profiled');
  }
  // First, for nothing may be touched in a folder that is another run's.
  const journal = openRunJournal(given.outDir);
  const folder = await makeRunFolder(given.outDir).catch((error: unknown) => {
    journal.close();
    throw error;
  });
  const neighbours = new Neighbours({
    what: `run ${plan.scenario.name}`,
    folder: folder.path,
    isMeasuring: () => end.isMeasuring,
    onSeen: ({ what, folder: where }) =>
      given.progress({
        kind: 'warning',
        message: `another run of letitcrash is at work on this machine (${what} in ${where}): each spoils the figures of the other`,
      }),
  });
  const options: PlayedOptions = { ...given, signal: end.now, end, neighbours };
  const Played = plan.load.driver === K6_DRIVER ? K6Run : plan.load.model.kind === 'closed' ? HttpRun : MessageRun;
  const run = new Played(plan, target, folder, journal, options);
  const killNow = (): void => run.killNow();
  process.once('exit', killNow);
  let keepObservations = false;
  try {
    const { result, record } = await run.play();
    keepObservations = result.verdict === 'fail';
    return { result, runDir: folder.path, record };
  } finally {
    end.over();
    neighbours.end();
    await run.stop();
    process.off('exit', killNow);
    await clearScratch(folder, keepObservations);
    run.closeJournal();
  }
}
