import type { Context } from '../context.ts';
import type { CallOutcome } from '../messages.ts';
import type { Pid } from '../pid.ts';
import type { RequestReference } from '../request.ts';
import { receive, type Steps } from '../routine.ts';

export interface MultiCallResult {
  readonly replies: readonly { readonly from: Pid | string; readonly result: unknown }[];
  /** Those that are not there, ended, or did not answer in time. */
  readonly bad: readonly (Pid | string)[];
}

/** Ask several processes at once and wait for all: gen_server:multi_call. In the order in which they were given. */
export function* multiCall(
  context: Context,
  targets: readonly (Pid | string)[],
  request: unknown,
  timeoutMs = 5000,
): Steps<MultiCallResult> {
  const waiting = new Map<RequestReference, Pid | string>();
  for (const target of targets) waiting.set(context.call(target, request, timeoutMs), target);
  const replies: { readonly from: Pid | string; readonly result: unknown }[] = [];
  const bad: (Pid | string)[] = [];
  for (const [ref, target] of waiting) {
    const isOutcome = (message: unknown): message is CallOutcome => (message as CallOutcome | null)?.ref === ref;
    const outcome = yield* receive(isOutcome);
    if (typeof outcome === 'object' && outcome.type === 'reply') replies.push({ from: target, result: outcome.result });
    else bad.push(target);
  }
  return { replies, bad };
}
