/**
 * Seeded randomness with named sub-streams, so that a run can be repeated from its seed and no two workers, and no two
 * purposes, draw from the same numbers.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, 32-bit operations only, passes PractRand and
 * BigCrush. Not for secrets.
 */

/** murmur3's finaliser: every input bit changes every output bit with probability one half. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 32-bit hash of three integers: for decisions that need no stream because their inputs name them. */
export function hash32(seed: number, a: number, b: number): number {
  return mix(mix(mix(seed ^ 0x9e3779b9) + Math.imul(a, 0x9e3779b1)) + Math.imul(b, 0x85ebca77) + Math.floor(b / 0x1_0000_0000));
}

/** The same as a number from 0 (included) to 1 (excluded). */
export function hashUnit(seed: number, a: number, b: number): number {
  return hash32(seed, a, b) / 0x1_0000_0000;
}

function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h);
}

const WARM_UP_ROUNDS = 15;

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * The stream of this run's `seed` (an integer of up to 53 bits), for this `purpose`, of this `index` (a worker, a user).
   * Streams whose three names are not all equal are independent for every practical use.
   */
  constructor(seed: number, purpose: string, index: number) {
    const name = hashText(purpose);
    this.#a = hash32(seed, name, index) | 0;
    this.#b = hash32(Math.floor(seed / 0x1_0000_0000) ^ 0x6a09e667, name, index) | 0;
    this.#c = hash32(seed ^ 0x3c6ef372, index, name) | 0;
    for (let i = 0; i < WARM_UP_ROUNDS; i++) this.uint32();
  }

  /** 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 (included) to 1 (excluded), with 53 random bits. */
  unit(): number {
    return ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20_0000_0000_0000;
  }

  /** An integer from 0 to `limit` - 1; `limit` is at most 2^32, its bias below limit / 2^53. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** Exponentially distributed with this mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean;
  }
}
