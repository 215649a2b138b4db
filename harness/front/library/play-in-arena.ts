/**
 * The outer end of a run in an arena: a separate process plays the plan there (arena-run.ts) and reports over its channel what goes on and
 * how the run ended. Watchers of the run are here, outside.
 */
import type { SpawnOptions } from 'node:child_process';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunError } from '../../contracts/run-error.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { healRun } from '../../run/arena/heal.ts';
import { presentArena } from '../../run/arena/inside.ts';
import { startInArena } from '../../run/arena/launch.ts';
import { whyNoArena } from '../../run/arena/namespaces.ts';
import { BEFORE_THE_LOAD } from '../../run/conductor/early-end.ts';
import { nodeRuntime } from '../../run/conductor/node-runtime.ts';
import { ForeignEndpointError } from '../../run/drivers/own-endpoints.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { ProfileError } from '../../run/profile/profile-error.ts';
import { handOver } from '../../run/tools/hand-over.ts';
import type { WatchOptions } from '../watch/start-watchers.ts';
import type { AbortMessage, ArenaNews, DoneMessage, FailedMessage, InterruptMessage, PlayMessage } from './arena-run.ts';
import { type PlayOptions, playPlan, type RunOutcome } from './play-plan.ts';
import { profileMethodFor } from './profiled.ts';

const ENTRY = fileURLToPath(new URL(`./arena-run${extname(import.meta.url)}`, import.meta.url));
/** Maximum length of what a process wrote before it died. */
const LAST_WORDS = 2_000;

/** @throws what `playPlan` throws, and RunError if there can be no arena. */
export async function playInArena(plan: Plan, options: Omit<PlayOptions, keyof WatchOptions>): Promise<RunOutcome> {
  if (presentArena() !== null) return playPlan(plan, options);
  const { signal, interrupt, onProgress, profile, outDir: given } = options;
  signal?.throwIfAborted();
  throwIfInterrupted(interrupt);
  const reason = await whyNoArena();
  if (reason !== null)
    throw new RunError('machine-lacks', `an arena cannot be made: ${reason}\n  leave out arena if no fault needs it`);
  // Now, because an arena has no network.
  if (profile !== undefined) await profileMethodFor(profile, options);
  await nodeRuntime(plan.target, signal ?? new AbortController().signal, (message) =>
    onProgress?.({ kind: 'phase', phase: 'start', message }),
  );
  const outDir = resolve(given ?? defaultRunPath(new Date(), plan.scenario.name, plan.target.use));
  // From inside an arena it cannot be seen whether an earlier run in this folder is alive.
  await healRun(outDir);
  signal?.throwIfAborted();
  throwIfInterrupted(interrupt);

  const heard: { last: DoneMessage | FailedMessage | null; broken: { readonly error: unknown } | null } = {
    last: null,
    broken: null,
  };
  const hear = (news: ArenaNews): void => {
    if (news.type !== 'event') heard.last = news;
    else if (heard.broken === null) {
      try {
        onProgress?.(news.event);
      } catch (error) {
        // Kept here, because an error must not be lost in a listener of the channel: what a watcher throws ends the run.
        heard.broken = { error };
        abort();
      }
    }
  };
  // The host's own Node options are not those of the run: its -e would be executed as well.
  const streams: SpawnOptions = { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'advanced' };
  const { child, ended } = startInArena([ENTRY], streams, (news) => hear(news as ArenaNews));
  const tell = (message: PlayMessage | AbortMessage | InterruptMessage): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  const abort = (): void => tell({ type: 'abort' });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  const endEarly = (): void => tell({ type: 'interrupt', by: String(interrupt?.reason) });
  signal?.addEventListener('abort', abort, { once: true });
  interrupt?.addEventListener('abort', endEarly, { once: true });
  // A plan that cannot be copied would leave it waiting for one.
  handOver(child, () => tell({ type: 'play', plan, outDir, profile: profile ?? null }));
  const code = await ended.finally(() => {
    signal?.removeEventListener('abort', abort);
    interrupt?.removeEventListener('abort', endEarly);
  });

  const { last, broken } = heard;
  if (broken !== null) throw broken.error;
  signal?.throwIfAborted();
  if (last?.type === 'done') return last.outcome;
  if (last?.type === 'failed') throw errorOf(last);
  throw new Error(`the process of the arena ended with ${code} before its run did${lastWords === '' ? '' : `\n${lastWords}`}`);
}

function throwIfInterrupted(interrupt: AbortSignal | undefined): void {
  if (interrupt?.aborted === true) throw new RunError('interrupted', BEFORE_THE_LOAD);
}

/** The error as it was thrown inside. */
function errorOf({ name, code, message }: FailedMessage): Error {
  if (code !== null) return new RunError(code, message);
  if (name === 'ProfileError') return new ProfileError(message);
  return name === 'ForeignEndpointError' ? new ForeignEndpointError(message) : new Error(message);
}
