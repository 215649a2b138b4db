/**
 * What a command calls before it starts anything: puts itself into an arena where that is wished for and possible, by starting itself
 * again inside.
 */
import { presentArena, settleInside, wasLaunchedInArena } from './inside.ts';
import { launchInArena } from './launch.ts';
import { whyNoArena } from './namespaces.ts';

/** `needed`: rather not at all than without. */
export type ArenaWish = 'no' | 'if-possible' | 'needed';

export type ArenaEntry =
  /** This process is in an arena: go on. */
  | { readonly kind: 'inside' }
  /** Go on without; `reason` is null when none was wished for. */
  | { readonly kind: 'outside'; readonly reason: string | null }
  /** The whole command took place inside: end with this code. */
  | { readonly kind: 'over'; readonly exitCode: number }
  /** There can be none, and it was needed. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Enters an arena. The command line is this process's own; nothing of the run may have been started or written yet. What the process
 * inside tells its launcher is given to `onNews`.
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
