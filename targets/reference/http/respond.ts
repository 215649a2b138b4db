/** What a handler receives, and what it returns. */
import type { Claims, IssuedToken } from '../../protocol/token.ts';
import type { Directory } from '../messaging/directory.ts';
import type { OwnerAnswer, OwnerQuestion } from './owner-question.ts';
import type { Problem } from './problem.ts';
import type { Answer, Question } from './question-process.ts';

export interface Done {
  readonly status: number;
  readonly body: unknown;
}

export interface Call {
  /** Whose bearer it is; of a public route nobody's. */
  readonly claims: Claims;
  /** The user in the path, and the device in it, checked; empty where the path has none. */
  readonly user: string;
  readonly device: string;
  readonly query: URLSearchParams;
  /** Empty where the route reads none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly directory: Directory;
  /** Signs a token, with its end in seconds since 1970. */
  readonly sign: (user: string, device: string) => IssuedToken & { readonly expiresAt: number };
  /**
   * For what only a process can find out: the request is answered with what `then` makes of the answer, and with a problem when
   * there is none. A handler that asks returns null.
   */
  readonly ask: <Kind extends Question['kind']>(
    question: Extract<Question, { readonly kind: Kind }>,
    then: (answer: Extract<Answer, { readonly type: Kind }>) => Done | Problem,
  ) => null;
  /** The same for what only the user's own process can say or do. */
  readonly askOwner: <Kind extends OwnerQuestion['kind']>(
    question: Extract<OwnerQuestion, { readonly kind: Kind }>,
    then: (answer: Extract<OwnerAnswer, { readonly type: Kind }>) => Done | Problem,
  ) => null;
}
