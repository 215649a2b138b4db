/** Plays one run, from a plan to its Result and its reports. */
import { join } from 'node:path';
import type { ProfileKind } from '../../evidence/result/profile.ts';
import type { Result } from '../../evidence/result/result.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';
import type { StandingServer } from '../../run/conductor/standing-server.ts';
import { defaultRunPath, whyUnwritten } from '../../run/folder/run-folder.ts';
import { locatedProfile } from '../../run/profile/located-profile.ts';
import { startWatchers, type WatchOptions } from '../watch/start-watchers.ts';
import { profilerFor, writeProfile } from './profiled.ts';
import { REPORT_FILE, writeReports } from './report-files.ts';

export interface PlayOptions extends WatchOptions {
  /** The run folder; runs/<time>-<scenario>-<target> in the working directory by default. */
  readonly outDir?: string | undefined;
  /** Ends the run: everything that was started is ended, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Ends the run early: what was measured is kept, in a Result that says `interrupted` and is never a pass. Its reason names who asked, for
   * people. Before the load that is the memory of the server while users connect; before its first reading there is nothing to keep, and the
   * promise rejects.
   */
  readonly interrupt?: AbortSignal | undefined;
  /** Called for each phase, for each fault as it strikes and heals, and about once a second in between. Nothing is printed without it. */
  readonly onProgress?: ((event: RunEvent) => void) | undefined;
  /** Has a profiler observe the nodes under load; profile.json and its files are then in the run folder. It slows the nodes down. */
  readonly profile?: ProfileKind | undefined;
}

export interface RunOutcome {
  /** The document: result.json. Its `verdict` is pass, fail, invalid or unknown. */
  readonly result: Result;
  readonly runDir: string;
  /** report.html in it. */
  readonly reportPath: string;
  /** Why some files of the folder are missing (a full disk, a folder that was removed), with place and remedy; otherwise null. */
  readonly unwritten: string | null;
}

/** Plays a plan and writes its run folder and reports. `standing` is a server that is already running and keeps running. */
export async function playPlan(plan: Plan, options: PlayOptions, standing?: StandingServer): Promise<RunOutcome> {
  return followed(plan, options, async (progress) => {
    const profiler = await profilerFor(options, standing);
    // Loaded only now, because lists, help and mistakes need no generator.
    const { runScenario } = await import('../../run/conductor/conductor.ts');
    const { result, runDir, unwritten } = await runScenario(plan, {
      outDir: options.outDir ?? defaultRunPath(new Date(), plan.scenario.name, plan.target.use),
      signal: options.signal ?? new AbortController().signal,
      progress,
      ...(options.interrupt === undefined ? {} : { interrupt: options.interrupt }),
      ...(standing === undefined ? {} : { standing }),
      ...(profiler === undefined ? {} : { profiler }),
    });
    const reportPath = join(runDir, REPORT_FILE);
    if (unwritten !== null) return { result, runDir, reportPath, unwritten };
    const report = async (): Promise<void> => {
      // A run that was interrupted before its load has none.
      const profiled = profiler !== undefined && result.profiledWith !== undefined;
      const profile = profiled ? locatedProfile(await writeProfile(profiler, runDir, options), runDir) : null;
      await writeReports(result, runDir, profile);
    };
    return { result, runDir, reportPath, unwritten: await whyUnwritten([report]) };
  });
}

/** Plays the plan, in an arena or not, with the requested watchers outside. */
export async function followed(
  plan: Plan,
  options: PlayOptions,
  play: (onProgress: (event: RunEvent) => void) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const onProgress = options.onProgress ?? (() => undefined);
  const watchers = await startWatchers(plan, options, onProgress);
  try {
    const outcome = await play((event) => {
      watchers.event(event);
      onProgress(event);
    });
    watchers.event({ kind: 'end', result: outcome.result, reportPath: outcome.reportPath });
    return outcome;
  } catch (error) {
    // Timers that were cut short have an error text of their own.
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    await watchers.close();
  }
}
