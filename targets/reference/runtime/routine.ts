/**
 * Processes written as a sequence of steps rather than as a table of reactions: a generator that waits in mid-code, as an Erlang
 * function does in `receive`. For protocols with several steps (a supervisor stopping its children); a process of which
 * there are many is smaller as a plain behaviour.
 *
 *     const pong = routine('pong', function* (args: null, context) {
 *       const message = yield* receive(isPing, 1000);
 *       if (message !== RECEIVE_TIMEOUT) context.send(message.from, 'pong');
 *     });
 */
import type { Behaviour } from './behaviour.ts';
import type { Context } from './context.ts';
import type { ProcessName } from './destination.ts';
import type { ExitReason } from './exit-reason.ts';
import type { CallOutcome } from './messages.ts';
import type { RECEIVE_TIMEOUT } from './receive.ts';

/** What a routine waits for. */
export interface Wait {
  readonly matches: (message: unknown) => boolean;
  readonly timeoutMs: number;
}

export type Steps<Result = void> = Generator<Wait, Result, unknown>;

/** A behaviour whose process runs `body` and ends with `normal` when it returns. */
export function routine<Args>(
  name: string,
  body: (args: Args, context: Context) => Steps,
  options: { readonly acknowledgesStart?: boolean } = {},
): Behaviour<Steps, unknown, Args> {
  const step = (steps: Steps, message: unknown, context: Context): Steps => {
    const next = steps.next(message);
    if (next.done) context.stop('normal');
    else context.receive(next.value.matches, next.value.timeoutMs);
    return steps;
  };
  return {
    name,
    ...options,
    init: (args, context) => step(body(args, context), undefined, context),
    handle: (message, steps, context) => step(steps, message, context),
    redact: () => 'routine',
  };
}

/** Wait for the oldest message that matches; after `timeoutMs`, go on with RECEIVE_TIMEOUT. */
export function* receive<T = unknown>(
  matches: ((message: unknown) => message is T) | ((message: unknown) => boolean) = anything,
  timeoutMs = Infinity,
): Generator<Wait, T | typeof RECEIVE_TIMEOUT, unknown> {
  return (yield { matches, timeoutMs }) as T | typeof RECEIVE_TIMEOUT;
}

/** Ask another process and wait for the answer. Ends this process with {timeout | reason, call} when there is none, as gen_server:call does. */
export function* call(context: Context, to: ProcessName, request: unknown, timeoutMs = 5000): Steps<unknown> {
  const ref = context.call(to, request, timeoutMs);
  const outcome = (yield {
    matches: (message) => (message as CallOutcome | null)?.ref === ref,
    timeoutMs: Infinity,
  }) as CallOutcome;
  if (outcome.type === 'reply') return outcome.result;
  const reason: ExitReason = outcome.type === 'call-timeout' ? 'timeout' : outcome.reason;
  return context.exit({ kind: 'call', reason, to: nameOf(to) });
}

function nameOf(to: ProcessName): string {
  return typeof to === 'object' && 'name' in to ? `${to.name}@${to.node}` : String(to);
}

function anything(): boolean {
  return true;
}
