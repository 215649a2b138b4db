import type { AnyBehaviour } from '../behaviour.ts';
import { type ExitReason, reasonOfThrown } from '../exit-reason.ts';
import type { Process } from '../process.ts';

export type Changed = { readonly ok: true; readonly state: unknown } | { readonly ok: false; readonly reason: ExitReason };

/**
 * The state a process would have under `next`; the process itself is not touched. Going up, the new code translates; going down,
 * the code that is being left does, for only it knows both. Code without `codeChange` keeps the state as it is.
 */
export function changedState(process: Process, next: AnyBehaviour, direction: 'up' | 'down', extra: unknown): Changed {
  const translator = direction === 'up' ? next : process.behaviour;
  // What has not run `init` yet holds its arguments, not a state.
  if (!process.initialised || translator.codeChange === undefined) return { ok: true, state: process.state };
  const change = { direction, from: process.behaviour.version ?? null, to: next.version ?? null, extra };
  try {
    return { ok: true, state: translator.codeChange(change, process.state) };
  } catch (thrown) {
    return { ok: false, reason: reasonOfThrown(thrown) };
  }
}
