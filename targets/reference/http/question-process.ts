/**
 * A process for one HTTP request that needs what only processes are told: the store's answer, or the presence process's. It asks,
 * hands the answer to the port that waits for it, and ends. Nobody restarts it: a client repeats a request.
 */
import { PRESENCE } from '../messaging/names.ts';
import type { MailboxStore, StoredMailbox } from '../messaging/store-port.ts';
import type { Behaviour, TimerReference } from '../runtime/index.ts';

export type Question =
  | { readonly kind: 'presence'; readonly user: string }
  | { readonly kind: 'profile'; readonly user: string }
  | { readonly kind: 'page'; readonly user: string; readonly after: number; readonly limit: number };

export type Answer =
  | { readonly type: 'presence'; readonly online: boolean; readonly lastSeenMs: number }
  | { readonly type: 'profile'; readonly profile: string | null }
  | { readonly type: 'page'; readonly entries: StoredMailbox['entries'] }
  | { readonly type: 'late' };

export interface Asking {
  readonly question: Question;
  readonly store: MailboxStore;
  readonly limitMs: number;
  /** The port; called at most once, synchronously from the process's turn. */
  readonly answered: (answer: Answer) => void;
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
    if (question.kind === 'presence') context.send(PRESENCE, { type: 'ask', user, asker: context.self });
    else if (question.kind === 'profile') store.profile(user, context.self);
    else store.page(user, question.after, question.limit, context.self);
    return { asking, timer: context.sendAfter(limitMs, context.self, { type: 'late' } satisfies Answer) };
  },
  handle(answer, state, context) {
    context.cancelTimer(state.timer);
    context.stop();
    state.asking.answered(answer);
    return state;
  },
  redact: ({ asking }) => asking.question.kind,
};
