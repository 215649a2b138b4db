/**
 * A process for one HTTP request that needs an answer which only processes get: the store's or the presence process's. It asks, computes
 * the response, leaves it for the port, and ends. The port writes the response once the process has ended, so that the client gets an
 * answer however the process ends. Nobody restarts it: a client may repeat a request.
 */
import { PRESENCE } from '../messaging/names.ts';
import type { MailboxStore, PageBounds, StoredEntry } from '../messaging/store-port.ts';
import type { Behaviour, TimerReference } from '../runtime/index.ts';

export type Question =
  | { readonly kind: 'presence'; readonly user: string }
  | { readonly kind: 'profile'; readonly user: string }
  | { readonly kind: 'page'; readonly user: string; readonly after: number; readonly bounds: PageBounds };

export type Answer =
  | { readonly type: 'presence'; readonly online: boolean; readonly lastSeenMs: number }
  | { readonly type: 'profile'; readonly profile: string | null }
  | { readonly type: 'page'; readonly entries: readonly StoredEntry[]; readonly more: boolean }
  | { readonly type: 'late' }
  /** Whom it asked has ended. */
  | { readonly type: 'DOWN' };

export interface Asking {
  readonly question: Question;
  readonly store: MailboxStore;
  readonly limitMs: number;
  /** What it came to; called at most once, in the process's own turn, which may be cut off. */
  readonly work: (answer: Answer) => void;
}

interface Waiting {
  readonly asking: Asking;
  readonly timer: TimerReference;
}

export const questionBehaviour: Behaviour<Waiting, Answer, Asking> = {
  name: 'http question',
  version: 1,
  init(asking, context) {
    const { question, store, limitMs } = asking;
    const { user } = question;
    if (question.kind === 'presence') {
      // Also when it has ended already: then that is the first message.
      const presence = context.whereis(PRESENCE);
      context.monitor(PRESENCE);
      if (presence !== undefined) context.send(presence, { type: 'ask', user, asker: context.self });
    } else if (question.kind === 'profile') store.profile(user, context.self);
    else store.page(user, question.after, question.bounds, context.self);
    return { asking, timer: context.sendAfter(limitMs, context.self, { type: 'late' } satisfies Answer) };
  },
  handle(answer, state, context) {
    context.cancelTimer(state.timer);
    state.asking.work(answer);
    context.stop();
    return state;
  },
  redact: ({ asking }) => asking.question.kind,
};
