/**
 * The current state of one direction of a network path: the sum of everything that faults impose on it.
 *
 * Faults overlap: each imposes its own effect and lifts only that one. A path is held while any fault holds it, delays add up, and the
 * narrowest bandwidth counts.
 */
import type { TokenBucket } from './token-bucket.ts';

export type Effect =
  /** Nothing goes through, and nothing is lost: dropped packets are sent again until one arrives. */
  | { readonly kind: 'hold' }
  /** Each read waits `delayMs` and up to `jitterMs` more, uniformly; the order is kept. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly jitterMs: number; random(): number }
  /** One bucket is shared by all connections of the path. */
  | { readonly kind: 'bandwidth'; readonly bucket: TokenBucket };

/** One fault's effect on one direction of a path, while it lasts. */
export interface Imposition {
  /** Whether it is in force. */
  readonly active: boolean;
  /** Idempotent. */
  lift(): void;
}

/** The smallest amount worth waking up for while tokens come in: a full-size Ethernet packet. */
const PACKET_BYTES = 1_460;

export class PathConditions {
  readonly #effects = new Set<Effect>();
  readonly #watchers = new Set<() => void>();

  impose(effect: Effect): Imposition {
    const effects = this.#effects;
    // The same effect may be imposed twice: each imposition is its own entry.
    const own: Effect = { ...effect };
    effects.add(own);
    this.#tell();
    return {
      get active() {
        return effects.has(own);
      },
      lift: () => {
        if (effects.delete(own)) this.#tell();
      },
    };
  }

  get held(): boolean {
    for (const { kind } of this.#effects) if (kind === 'hold') return true;
    return false;
  }

  /** Whether bytes go through unaffected. */
  get clear(): boolean {
    return this.#effects.size === 0;
  }

  /** How many effects there are, of all faults. */
  get count(): number {
    return this.#effects.size;
  }

  /** The delay of what enters now: each call draws its own jitter. */
  drawDelayMs(): number {
    let delayMs = 0;
    for (const effect of this.#effects) {
      if (effect.kind === 'delay') delayMs += effect.delayMs + (effect.jitterMs === 0 ? 0 : effect.jitterMs * effect.random());
    }
    return delayMs;
  }

  /** Asks to send up to `wanted` bytes now; returns how many may go, 0 if it is worth waiting. */
  grant(wanted: number, nowMs: number): number {
    let granted = wanted;
    for (const effect of this.#effects) {
      if (effect.kind === 'bandwidth') granted = Math.min(granted, effect.bucket.available(nowMs));
    }
    if (granted < Math.min(wanted, PACKET_BYTES)) return 0;
    for (const effect of this.#effects) if (effect.kind === 'bandwidth') effect.bucket.take(granted);
    return granted;
  }

  /** How long until `grant` returns something. */
  waitMs(wanted: number, nowMs: number): number {
    let waitMs = 0;
    for (const effect of this.#effects) {
      if (effect.kind === 'bandwidth') waitMs = Math.max(waitMs, effect.bucket.waitMs(Math.min(wanted, PACKET_BYTES), nowMs));
    }
    return waitMs;
  }

  /** Calls `listener` whenever the conditions change, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#watchers]) listener();
  }
}
