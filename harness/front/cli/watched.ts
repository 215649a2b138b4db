/**
 * The watchers of a command's run. They live outside the arena, where a browser, Prometheus and a collector can be reached; the launcher
 * passes on to them what happens inside.
 */

import type { Plan } from '../../plan/scenario/plan.ts';
import { tellLauncher, wasLaunchedInArena } from '../../run/arena/inside.ts';
import { startWatchers, type WatchOptions } from '../watch/start-watchers.ts';
import type { WatchEvent, Watcher } from '../watch/watcher.ts';
import type { Console } from './console.ts';
import { liveProgress } from './live-progress.ts';
import { isLive } from './progress-line.ts';

/** Hears the events of a run, and its end; await it if the process may end next. */
export type Watch = (event: WatchEvent) => void | Promise<void>;

/** Plays with the requested watchers following, and returns the exit code. Without watchers, it only plays. */
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
      // The address is not progress: if any free port was requested, there is no other way to learn which one it is.
      if (!quiet || event.kind === 'watching') progress.event(event);
    });
  } catch (error) {
    return console.fail(error).exitCode;
  }
  try {
    return await play((event) => watchers.event(event));
  } finally {
    await watchers.close();
  }
}
