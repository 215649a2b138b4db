/**
 * Counts the bytes of messages in memory, for each user's process and for the node. A message beyond a bound is refused (sending.ts,
 * receiving.ts). From half of the node's bound on, each device gets one message at a time (narrowLimits), so that
 * consumers that do not read leave room for everybody's messages.
 */
import type { Shelter } from '../platform/platform.ts';
import type { Limits } from './limits.ts';

/** Whose bytes they are: a user's process, as the directory knows it. */
export interface Holder {
  heldBytes: number;
  /** It ended, and holds nothing any more, whatever its last turn says. */
  gone: boolean;
}

export type HeldBound = 'process-bytes' | 'node-bytes';

export class HeldBytes {
  readonly #shelter: Shelter;
  /** Under way, not written yet, or waiting to be delivered: by users' processes. */
  processes = 0;
  /** Handed to users' processes by connections and not handled yet. */
  unread = 0;
  /** Written to sockets that have not taken it. */
  unsent = 0;

  /** Handlers change the counts, and a count must not be changed by half. */
  constructor(shelter: Shelter) {
    this.#shelter = shelter;
  }

  get total(): number {
    return this.processes + this.unread + this.unsent;
  }

  /** `bytes` more; fewer when negative. */
  hold(holder: Holder, bytes: number): void {
    if (holder.gone) return;
    const exposed = this.#shelter.shelter();
    const held = Math.max(0, holder.heldBytes + bytes);
    this.processes += held - holder.heldBytes;
    holder.heldBytes = held;
    if (exposed) this.#shelter.expose();
  }

  /** The process ended. */
  forget(holder: Holder): void {
    this.hold(holder, -holder.heldBytes);
    holder.gone = true;
  }

  /**
   * The bound that `bytes` more would go over, or null. What was not handled yet does not count here: each of that is decided on in its
   * turn, and a burst that is too large must not have all of itself refused.
   */
  boundMetBy(bytes: number, holder: Holder, limits: Limits): HeldBound | null {
    if (holder.heldBytes + bytes > limits.maxProcessBytes) return 'process-bytes';
    return this.processes + this.unsent + bytes > limits.maxNodeBytes ? 'node-bytes' : null;
  }

  /** Whether so much is unhandled that connections that send more must not be read. */
  isFlooded(limits: Limits): boolean {
    return this.unread * 4 > limits.maxNodeBytes;
  }

  isTight(limits: Limits): boolean {
    return this.total * 2 > limits.maxNodeBytes;
  }
}

/** What deliveries make do with while memory is tight. */
export function narrowLimits(limits: Limits): Limits {
  return { ...limits, window: 1, maxResident: 1 };
}
