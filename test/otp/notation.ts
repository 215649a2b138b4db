import type { ExitReason } from '../../targets/reference/runtime/index.ts';
import type { Reason } from './program.ts';

/** An exit reason of a program as the runtime spells it. */
export function toReason(reason: Reason): ExitReason {
  return typeof reason === 'string' ? reason : { kind: 'shutdown', term: reason.shutdown };
}

/** An exit reason of the runtime in the notation of the trace. */
export function showReason(reason: ExitReason): string {
  if (typeof reason === 'string') return reason;
  const { kind, term, message } = reason as { kind?: string; term?: unknown; message?: string };
  if (kind === 'error') return `error(${message?.replace(/^Error: /, '')})`;
  if (kind === 'nocatch') return `nocatch(${term})`;
  if (kind !== 'shutdown') return JSON.stringify(reason);
  if (typeof term === 'string') return `shutdown(${term})`;
  const failed = term as { failed_to_start_child: string; reason: ExitReason };
  return `failed_to_start(${failed.failed_to_start_child},${showReason(failed.reason)})`;
}
