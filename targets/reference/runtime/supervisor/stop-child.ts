import type { Context } from '../context.ts';
import { type ExitReason, isOrderly } from '../exit-reason.ts';
import type { DownMessage } from '../messages.ts';
import type { MonitorReference } from '../monitor.ts';
import type { Pid } from '../pid.ts';
import { RECEIVE_TIMEOUT } from '../receive.ts';
import { receive, type Steps } from '../routine.ts';
import { isExitOf } from '../start-link.ts';
import type { FullChildSpec, Shutdown } from './child-spec.ts';

/**
 * Stop a child and wait for its end: supervisor:shutdown/1. It is asked with the exit signal `shutdown` and killed when its
 * time is up; monitored first and then unlinked, so that a child that unlinked itself is waited for as well.
 * Returns null when it ended as it should, otherwise the reason for the report.
 */
export function* stopChild(context: Context, pid: Pid, spec: FullChildSpec): Steps<ExitReason | null> {
  const ref = context.monitor(pid);
  context.unlink(pid);
  const exited = yield* receive((message) => isExitOf(message, pid), 0);
  context.exitSignal(pid, spec.shutdown === 'brutal_kill' ? 'kill' : 'shutdown');
  const reason = yield* awaitDown(context, pid, ref, spec.shutdown);
  // It had ended before it was asked: the monitor only says noproc, the EXIT message says why.
  const ended = exited === RECEIVE_TIMEOUT ? reason : exited.reason;
  return endedAsAsked(ended, spec) ? null : ended;
}

/** Whether this is how a child ends that was stopped on purpose. */
export function endedAsAsked(reason: ExitReason, spec: FullChildSpec): boolean {
  if (spec.shutdown === 'brutal_kill') return reason === 'killed';
  return reason === 'normal' ? spec.restart !== 'permanent' : isOrderly(reason);
}

function* awaitDown(context: Context, pid: Pid, ref: MonitorReference, shutdown: Shutdown): Steps<ExitReason> {
  const isDown = (message: unknown): message is DownMessage =>
    (message as DownMessage | null)?.type === 'DOWN' && (message as DownMessage).ref === ref;
  let down = yield* receive(isDown, typeof shutdown === 'number' ? shutdown : Infinity);
  if (down === RECEIVE_TIMEOUT) {
    context.exitSignal(pid, 'kill');
    down = yield* receive(isDown);
  }
  return (down as DownMessage).reason;
}
