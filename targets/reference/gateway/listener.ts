/** The process that owns the listening socket: no listener, no door. What is connected already does not depend on it. */
import { type ChaosMessage, suffer } from '../messaging/drill.ts';
import type { Behaviour, Pid } from '../runtime/index.ts';

/** The listening socket, as a port. */
export interface Door {
  /** Open from now on as long as this process lives; answers by a ListenMessage if it had to be opened. */
  own(owner: Pid): void;
}

export type ListenMessage = { readonly type: 'listening' } | { readonly type: 'listen-failed'; readonly reason: string };

export const listenerBehaviour: Behaviour<Door, ListenMessage | ChaosMessage, Door> = {
  name: 'listener',
  version: 1,
  init(door, context) {
    context.whole(() => door.own(context.self));
    return door;
  },
  handle(message, door) {
    if (message.type === 'listen-failed') throw new Error(message.reason);
    if (message.type === 'chaos') suffer(message);
    return door;
  },
  redact: () => 'the listening socket',
};
