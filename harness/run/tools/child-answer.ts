/** What a child process says over its channel, waited for with a limit. */
import type { ChildProcess } from 'node:child_process';

/** Resolves to the first message that `isAnswer`. @throws when the child, `called` so, ends before that, or after `limitMs`. */
export function answerOf<Message>(
  child: ChildProcess,
  called: string,
  limitMs: number,
  isAnswer: (message: Message) => boolean = () => true,
): Promise<Message> {
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      outcome();
    };
    const onMessage = (message: Message): void => {
      if (isAnswer(message)) settle(() => resolve(message));
    };
    const onExit = (): void => {
      const how = child.signalCode ?? `exit ${child.exitCode}`;
      settle(() => reject(new Error(`${called} ended before it answered (${how})`)));
    };
    const timer = setTimeout(() => {
      settle(() => reject(new Error(`${called} did not answer within ${limitMs} ms`)));
    }, limitMs);
    child.on('message', onMessage).on('exit', onExit);
    // It may have exited already: whoever asks then would wait for the exit again.
    if (child.exitCode !== null || child.signalCode !== null) onExit();
  });
}
