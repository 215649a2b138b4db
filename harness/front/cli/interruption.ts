/**
 * Ctrl-C and similar signals, as AbortSignals that running work can listen to. Until the work is over, the process does not end by itself.
 */
import { ExitCode } from '../library/exit-codes.ts';
import type { Console } from './console.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C may arrive twice: from the terminal, and passed on by npm or by the launcher of an arena. */
const SAME_WITHIN_MS = 500;

/** Aborted the first time, and any later time. The reason of each is the name of the signal that came. */
export interface Interruption {
  readonly first: AbortSignal;
  readonly again: AbortSignal;
}

/** Calls `action` with a signal that aborts when the process is asked to end. */
export function interruptible<Outcome>(action: (signal: AbortSignal) => Promise<Outcome>): Promise<Outcome> {
  return twiceInterruptible(({ first }) => action(first));
}

/** The same for work that ends early when it is asked once, and at once when it is asked again. */
export async function twiceInterruptible<Outcome>(action: (interruption: Interruption) => Promise<Outcome>): Promise<Outcome> {
  const first = new AbortController();
  const again = new AbortController();
  let heardMs = 0;
  const interrupt = (signal: NodeJS.Signals): void => {
    const nowMs = performance.now();
    if (!first.signal.aborted) {
      heardMs = nowMs;
      first.abort(signal);
    } else if (nowMs - heardMs > SAME_WITHIN_MS) again.abort(signal);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await action({ first: first.signal, again: again.signal });
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

export interface EndingWords {
  /** What it was that failed, for errors that are not for people: `the run failed`. */
  readonly failed?: string;
  /** What is said of an interruption. */
  readonly interrupted?: string | (() => Promise<string>);
}

/** Calls `action` with such a signal; gives what it gives, or how it ended before, as the exit code of what has then been said. */
export function attempted<Outcome>(
  console: Console,
  { failed, interrupted = 'interrupted; everything that was started has been stopped' }: EndingWords,
  action: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome | ExitCode> {
  return interruptible(async (signal) => {
    try {
      return await action(signal);
    } catch (error) {
      if (!signal.aborted) return console.fail(error, failed).exitCode;
      console.complain(typeof interrupted === 'string' ? interrupted : await interrupted());
      return ExitCode.interrupted;
    }
  });
}
