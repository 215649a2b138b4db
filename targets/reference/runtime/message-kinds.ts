import type { MonitorReference } from './monitor.ts';
import type { RequestReference } from './request.ts';

/** Whether this is the DOWN message of that monitor. */
export function isDownOf(message: unknown, ref: MonitorReference): boolean {
  return isTyped(message) && message.type === 'DOWN' && message.ref === ref;
}

/** Whether this is the outcome of that request. */
export function isOutcomeOf(message: unknown, ref: RequestReference): boolean {
  return isTyped(message) && message.ref === ref;
}

function isTyped(message: unknown): message is { readonly type: unknown; readonly ref: unknown } {
  return typeof message === 'object' && message !== null && 'type' in message && 'ref' in message;
}
