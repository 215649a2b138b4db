import type { Context } from '../context.ts';
import type { ProcessName } from '../destination.ts';
import type { CallOutcome } from '../messages.ts';
import type { RequestReference } from '../request.ts';
import { receive, type Steps } from '../routine.ts';

export interface MultiCallResult {
  readonly replies: readonly { readonly from: ProcessName; readonly result: unknown }[];
  /** Those that are not there, ended, or did not answer in time. */
  readonly bad: readonly ProcessName[];
}

/** Ask several processes at once and wait for all: gen_server:multi_call. In the order in which they were given. */
export function* multiCall(
  context: Context,
  targets: readonly ProcessName[],
  request: unknown,
  timeoutMs = 5000,
): Steps<MultiCallResult> {
  const waiting = new Map<RequestReference, ProcessName>();
  for (const target of targets) waiting.set(context.call(target, request, timeoutMs), target);
  const replies: { readonly from: ProcessName; readonly result: unknown }[] = [];
  const bad: ProcessName[] = [];
  for (const [ref, target] of waiting) {
    const isOutcome = (message: unknown): message is CallOutcome => (message as CallOutcome | null)?.ref === ref;
    const outcome = yield* receive(isOutcome);
    if (typeof outcome === 'object' && outcome.type === 'reply') replies.push({ from: target, result: outcome.result });
    else bad.push(target);
  }
  return { replies, bad };
}
