import type { Context } from '../context.ts';
import type { ProcessName } from '../destination.ts';
import type { ExitReason } from '../exit-reason.ts';
import type { DownMessage, ExitMessage } from '../messages.ts';
import { RECEIVE_TIMEOUT } from '../receive.ts';
import { receive, type Steps } from '../routine.ts';

/** sys:terminate: end in an orderly way, with this reason, after what was sent before. */
export interface StopOrder {
  readonly type: 'system';
  readonly stop: ExitReason;
}

/**
 * What every behaviour of the gen family obeys without asking its callbacks: a stop order, and the end of its parent (when it
 * traps exits; otherwise that ends it anyway). Returns null for any other message.
 */
export function orderFor(message: unknown, context: Context): StopOrder | null {
  const mail = message as StopOrder | ExitMessage | null;
  if (typeof mail !== 'object' || mail === null) return null;
  if (mail.type === 'system') return mail;
  if (mail.type === 'EXIT' && mail.from === context.parent) return { type: 'system', stop: mail.reason };
  return null;
}

/**
 * Order a gen process to stop and wait for its end: gen_server:stop/3. Ends the caller with `noproc` when there is none, with
 * `timeout` when it takes too long, and with the other's reason when that is not the one asked for.
 */
export function* stop(context: Context, to: ProcessName, reason: ExitReason = 'normal', timeoutMs = Infinity): Steps {
  const ref = context.monitor(to);
  const order: StopOrder = { type: 'system', stop: reason };
  // To a name that nobody has there is nothing to send; the monitor says so.
  context.send(typeof to === 'string' ? { name: to, node: context.node } : to, order);
  const isDown = (message: unknown): message is DownMessage => (message as DownMessage | null)?.ref === ref;
  const down = yield* receive(isDown, timeoutMs);
  if (down === RECEIVE_TIMEOUT) {
    context.demonitor(ref, { flush: true });
    return context.exit('timeout');
  }
  if (down.reason !== reason) return context.exit(down.reason);
}
