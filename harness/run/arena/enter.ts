/**
 * Called by a command before it starts anything: enters an arena, if that is requested and possible, by starting the command again inside.
 */
import { presentArena, settleInside, wasLaunchedInArena } from './inside.ts';
import { launchInArena } from './launch.ts';
import { whyNoArena } from './namespaces.ts';

/** `needed`: fail rather than do without. */
export type ArenaWish = 'no' | 'if-possible' | 'needed';

export type ArenaEntry =
  /** This process is in an arena: continue. */
  | { readonly kind: 'inside' }
  /** Continue without; `reason` is null if none was requested. */
  | { readonly kind: 'outside'; readonly reason: string | null }
  /** The whole command took place inside: end with this code. */
  | { readonly kind: 'over'; readonly exitCode: number }
  /** No arena can be made, but it was needed. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Enters an arena. The command line is this process's own; nothing of the run may have been started or written yet. News from the process
 * inside is given to `onNews`.
 */
export async function enterArena(wish: ArenaWish, onNews?: (news: unknown) => void): Promise<ArenaEntry> {
  if (presentArena() !== null) return { kind: 'inside' };
  if (wasLaunchedInArena()) {
    await settleInside();
    return { kind: 'inside' };
  }
  if (wish === 'no') return { kind: 'outside', reason: null };
  const reason = await whyNoArena();
  if (reason !== null) return wish === 'needed' ? { kind: 'impossible', reason } : { kind: 'outside', reason };
  return { kind: 'over', exitCode: await launchInArena(process.argv.slice(1), onNews) };
}
