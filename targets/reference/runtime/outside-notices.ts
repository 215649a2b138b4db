import type { Platform } from '../platform/platform.ts';

/**
 * Callbacks of the outer world that are due: told in a turn of their own, in order, never in the middle of a handler or of a
 * burial. What one of them throws is its own affair: it surfaces in that turn, and the others are told all the same.
 */
export class OutsideNotices {
  readonly #platform: Platform;
  #due: (() => void)[] = [];
  readonly #tell = (): void => {
    try {
      for (let next = this.#due.shift(); next !== undefined; next = this.#due.shift()) next();
    } finally {
      if (this.#due.length > 0) this.#platform.turns.defer(this.#tell, null);
    }
  };

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  add(notice: () => void): void {
    this.#due.push(notice);
    if (this.#due.length === 1) this.#platform.turns.defer(this.#tell, null);
  }
}
