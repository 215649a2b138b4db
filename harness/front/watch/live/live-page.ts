/**
 * The live page of a run: served on loopback, read-only, from before the run begins until it is over. In: the run's events. Out: a page,
 * and a stream of news that begins with the whole story so far.
 */

import type { Plan } from '../../../plan/scenario/plan.ts';
import type { RunEvent } from '../../../run/conductor/progress.ts';
import { WatchError } from '../watch-error.ts';
import type { Watcher } from '../watcher.ts';
import { CUT_SHORT, endingOf } from './ending.ts';
import { NewsStreams } from './news-streams.ts';
import { pageFiles } from './page-files.ts';
import { openServer } from './server.ts';
import { Storyteller } from './storyteller.ts';

const MAX_PORT = 65_535;

/** Serves it on this port of 127.0.0.1; 0 means any free port. @throws WatchError for an invalid or unavailable port. */
export async function startLivePage(plan: Plan, port: number, tell: (event: RunEvent) => void): Promise<Watcher> {
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new WatchError(
      'setting',
      `live: ${port} is not a port\n  give a number from 1 to ${MAX_PORT}, or none for any free port`,
    );
  }
  const streams = new NewsStreams(() => storyteller.story);
  const storyteller = new Storyteller(plan, (news) => streams.tell(news));
  const server = await openServer(port, await pageFiles(storyteller.story.run), streams);
  tell({ kind: 'watching', message: 'the live page of the run', url: server.url });
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    if (storyteller.story.ending === null) storyteller.end(CUT_SHORT);
    streams.close();
    return server.close();
  };
  return {
    event: (event) => {
      if (storyteller.story.ending !== null) return;
      if (event.kind === 'end') storyteller.end(endingOf(event.result, event.reportPath));
      else storyteller.event(event);
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
