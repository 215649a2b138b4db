/**
 * An application in OTP's terms: a supervision tree with a start and a stop. Its process is the application master: it starts
 * the tree, ends when the tree ends, and on its parent's exit signal (`runtime.exit(pid, 'shutdown')`) stops the tree in order.
 */
import type { Behaviour } from './behaviour.ts';
import type { Context } from './context.ts';
import type { ExitMessage } from './messages.ts';
import { receive, routine, type Steps } from './routine.ts';
import { startLink } from './start-link.ts';
import { type SupervisorSpec, withDefaults } from './supervisor/child-spec.ts';
import { stopChild } from './supervisor/stop-child.ts';
import { supervisor } from './supervisor/supervisor.ts';

export interface Application<Args = unknown> {
  readonly name: string;
  /** The tree to run. */
  start(args: Args, context: Context): SupervisorSpec;
  /** Called before the tree is stopped, while all of it still runs. */
  prepStop?(context: Context): void;
  /** Called after the tree has ended, however it ended. */
  stop?(context: Context): void;
}

/** The behaviour of an application's master. Ends with the reason the tree's root ended with. */
export function application<Args>(app: Application<Args>): Behaviour<Steps, unknown, Args> {
  return routine(app.name, (args: Args, context) => master(app, args, context), { acknowledgesStart: true });
}

function* master<Args>(app: Application<Args>, args: Args, context: Context): Steps {
  context.trapExit(true);
  const started = yield* startLink(context, supervisor, app.start(args, context));
  if (started === 'ignore') return context.exit('normal');
  if ('error' in started) return context.exit(started.error);
  const root = started.ok;
  context.started();
  while (true) {
    const exit = (yield* receive(isExit)) as ExitMessage;
    if (exit.from === root) {
      app.stop?.(context);
      return context.exit(exit.reason);
    }
    if (exit.from !== context.parent) continue;
    app.prepStop?.(context);
    yield* stopChild(context, root, withDefaults({ id: app.name, start: supervisor, type: 'supervisor' }));
    app.stop?.(context);
    return context.exit(exit.reason);
  }
}

function isExit(message: unknown): message is ExitMessage {
  return (message as ExitMessage | null)?.type === 'EXIT';
}
