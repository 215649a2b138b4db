/**
 * Those who follow a command's run. They live outside the arena, where a browser, Prometheus and a collector can be reached; what happens
 * inside comes to them through its launcher.
 */

import type { Plan } from '../../plan/scenario/plan.ts';
import { tellLauncher, wasLaunchedInArena } from '../../run/arena/inside.ts';
import { startWatchers, type WatchOptions } from '../watch/start-watchers.ts';
import { WatchError } from '../watch/watch-error.ts';
import type { WatchEvent, Watcher } from '../watch/watcher.ts';
import type { Console } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import { liveProgress } from './live-progress.ts';
import { isLive } from './progress-line.ts';

/** Hears a run's events, and its end; await it where the process may end next. */
export type Watch = (event: WatchEvent) => void | Promise<void>;

/** Plays with whoever was asked for looking on, and gives the exit code. With nobody asked for, it only plays. */
export async function watched(
  plan: Plan,
  options: WatchOptions,
  console: Console,
  play: (watch: Watch) => Promise<number>,
): Promise<number> {
  if (Object.values(options).every((each) => each === undefined)) return play(() => undefined);
  if (wasLaunchedInArena()) return play(tellLauncher);
  const { quiet } = console.options;
  const progress = liveProgress(process.stderr, isLive());
  let watchers: Watcher;
  try {
    watchers = await startWatchers(plan, options, (event) => {
      // Where to look is no progress: whoever asked for a free port has no other way to know.
      if (!quiet || event.kind === 'watching') progress.event(event);
    });
  } catch (error) {
    if (!(error instanceof WatchError)) throw error;
    console.complain(error.message);
    return error.what === 'setting' ? ExitCode.usage : ExitCode.environment;
  }
  try {
    return await play((event) => watchers.event(event));
  } finally {
    await watchers.close();
  }
}
