/**
 * Requests that wait for a process. Whatever happens to that process, each request is answered exactly once: with the response that the
 * process left, or with the reason why there is none. A process leaves its response in its own turn, in which it may be cut off; the port
 * acts when the process has ended.
 */
import type { Cluster } from '../messaging/cluster.ts';
import type { Directory } from '../messaging/directory.ts';
import type { Limits } from '../messaging/limits.ts';
import { PRESENCE } from '../messaging/names.ts';
import type { MailboxStore } from '../messaging/store-port.ts';
import type { Pid, Runtime } from '../runtime/index.ts';
import { type OwnerAnswer, type OwnerLate, type OwnerQuestion, ownerQuestionBehaviour } from './owner-question.ts';
import { type Problem, problem } from './problem.ts';
import { type Answer, type Question, questionBehaviour } from './question-process.ts';
import type { Done } from './respond.ts';

export interface QuestionsOptions {
  readonly runtime: Runtime;
  readonly directory: Directory;
  /** Null where there is one node. */
  readonly cluster: Cluster | null;
  readonly limits: Limits;
  readonly store: MailboxStore;
}

const AGAIN_SOON = { 'retry-after': '1' };
const AWAY = problem('unavailable', 'presence is being started again', AGAIN_SOON);
const UNREACHABLE = problem('unavailable', 'the node that serves this user cannot be reached', AGAIN_SOON);
const DIED = problem('failed', 'the answering process died; repeat the request');

export class Questions {
  readonly #options: QuestionsOptions;
  /** Of each request whose process has not ended yet, what answers it. */
  readonly #waiting = new Set<(without: Problem) => void>();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Answers all that wait. */
  giveUp(why: Problem): void {
    for (const finish of [...this.#waiting]) finish(why);
  }

  /** `then` makes the answer of what the process was told; `done` is called once. */
  ask(question: Question, then: (answer: Answer) => Done | Problem, done: (outcome: Done | Problem) => void): void {
    const { runtime, store, limits } = this.#options;
    const limitMs = limits.httpRequestMs;
    if (question.kind === 'presence' && runtime.whereis(PRESENCE) === undefined) {
      done(AWAY);
      return;
    }
    this.#await(done, (leave) => {
      const work = (answer: Answer): void => {
        if (answer.type === 'late') leave(problem('late', `not within ${limitMs} ms`));
        else leave(answer.type === 'DOWN' ? AWAY : then(answer));
      };
      return runtime.spawn(questionBehaviour, { question, store, limitMs, work });
    });
  }

  askOwner(
    question: OwnerQuestion,
    then: (answer: OwnerAnswer) => Done | Problem,
    done: (outcome: Done | Problem) => void,
  ): void {
    const { runtime, directory, cluster, limits } = this.#options;
    const limitMs = limits.httpRequestMs;
    this.#await(done, (leave) => {
      const work = (answer: OwnerAnswer | OwnerLate): void => {
        if (answer.type !== 'owner-late') leave(then(answer));
        else leave(answer.unreachable ? UNREACHABLE : problem('late', `not within ${limitMs} ms`));
      };
      return runtime.spawn(ownerQuestionBehaviour, { question, directory, cluster, limitMs, work });
    });
  }

  /**
   * `done` is called once, whatever becomes of the process that `start` starts: with what that left, or with why there is nothing. The
   * process leaves it in its own turn, which may be cut off before; the port acts only when it has ended.
   */
  #await(done: (outcome: Done | Problem) => void, start: (leave: (outcome: Done | Problem) => void) => Pid): void {
    let left: Done | Problem | null = null;
    const pid = start((outcome) => {
      left = outcome;
    });
    const finish = (without: Problem): void => {
      if (this.#waiting.delete(finish)) done(left ?? without);
    };
    this.#waiting.add(finish);
    this.#options.runtime.monitor(pid, () => finish(DIED));
  }
}
