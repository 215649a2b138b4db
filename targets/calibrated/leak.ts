/**
 * Memory that is never given back, a number of bytes at a time and exact over many: small allocations would cost their own overhead, so whole
 * slabs are taken as the sum grows.
 */
const SLAB_BYTES = 64 * 1024;

export class Leak {
  readonly #slabs: Buffer[] = [];
  #owedBytes = 0;

  /** Keeps this many bytes more, now or together with the next ones. */
  keep(bytes: number): void {
    this.#owedBytes += bytes;
    for (; this.#owedBytes >= SLAB_BYTES; this.#owedBytes -= SLAB_BYTES) this.#slabs.push(Buffer.alloc(SLAB_BYTES, 1));
  }
}
