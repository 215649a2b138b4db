import type { AnyBehaviour } from './behaviour.ts';
import type { Context } from './context.ts';
import type { ExitReason } from './exit-reason.ts';
import type { CallOutcome, ExitMessage } from './messages.ts';
import type { Pid } from './pid.ts';
import { receive, type Steps } from './routine.ts';
import type { StartResult } from './spawn.ts';

export type Started = { readonly ok: Pid } | { readonly error: ExitReason } | 'ignore';

/**
 * Start a linked process and wait until it has started: proc_lib:start_link, with the rules of OTP 26 (the EXIT message of
 * a process that failed to start does not stay behind when trapping exits).
 */
export function* startLink(context: Context, behaviour: AnyBehaviour, args: unknown, name?: string): Steps<Started> {
  const { pid, ref } = context.startLink(behaviour, args, { name });
  const outcome = (yield {
    matches: (message) => (message as CallOutcome | null)?.ref === ref,
    timeoutMs: Infinity,
  }) as CallOutcome;
  if (outcome.type === 'reply') {
    const result = outcome.result as StartResult;
    return result === 'ignore' ? result : { ok: result.started };
  }
  yield* receive((message) => isExitOf(message, pid), 0);
  return { error: outcome.type === 'call-down' ? outcome.reason : 'timeout' };
}

export function isExitOf(message: unknown, pid: Pid): message is ExitMessage {
  return (message as ExitMessage | null)?.type === 'EXIT' && (message as ExitMessage).from === pid;
}
