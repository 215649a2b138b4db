/** The process that owns the listening socket: without a listener nobody can connect. What is connected already does not depend on it. */
import { type ChaosMessage, suffer } from '../messaging/drill.ts';
import type { Behaviour, Pid } from '../runtime/index.ts';

/** The listening socket, as a port. */
export interface ListeningSocket {
  /** Open from now on as long as this process lives; answers by a ListenMessage if it had to be opened. */
  own(owner: Pid): void;
}

export type ListenMessage = { readonly type: 'listening' } | { readonly type: 'listen-failed'; readonly reason: string };

export const listenerBehaviour: Behaviour<ListeningSocket, ListenMessage | ChaosMessage, ListeningSocket> = {
  name: 'listener',
  version: 1,
  init(socket, context) {
    context.whole(() => socket.own(context.self));
    return socket;
  },
  handle(message, socket) {
    if (message.type === 'listen-failed') throw new Error(message.reason);
    if (message.type === 'chaos') suffer(message);
    return socket;
  },
  redact: () => 'the listening socket',
};
