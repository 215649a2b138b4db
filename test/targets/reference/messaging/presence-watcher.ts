/** A process of a node that watches users as a user's process does, and remembers what it was told last. */
import { PRESENCE } from '../../../../targets/reference/messaging/names.ts';
import type { Behaviour } from '../../../../targets/reference/runtime/behaviour.ts';
import type { Context } from '../../../../targets/reference/runtime/context.ts';

interface Watching {
  readonly users: readonly string[];
  /** By user: called online, or not. */
  readonly told: Map<string, boolean>;
}

type Message =
  | { readonly type: 'presence'; readonly user: string; readonly online: boolean }
  | { readonly type: 'DOWN' }
  | { readonly type: 'again' };

const AGAIN_MS = 100;

export const presenceWatcher: Behaviour<Watching, Message, Watching> = {
  name: 'presence watcher',
  version: 1,

  init(watching, context) {
    watch(watching, context);
    return watching;
  },

  handle(message, watching, context) {
    if (message.type === 'presence') watching.told.set(message.user, message.online);
    else if (message.type === 'again') watch(watching, context);
    else context.sendAfter(AGAIN_MS, context.self, { type: 'again' });
    return watching;
  },
};

function watch({ users }: Watching, context: Context): void {
  const presence = context.whereis(PRESENCE);
  if (presence === undefined) {
    context.sendAfter(AGAIN_MS, context.self, { type: 'again' });
    return;
  }
  context.monitor(presence);
  for (const user of users) context.send(presence, { type: 'watch', user, watcher: context.self });
}
