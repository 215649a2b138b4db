/**
 * Effects of a known size that a node can be given (`target.planted`), to see whether a comparison finds them.
 * For tests and benches: each is put in at a seam (effects.ts), only where the configuration says `chaos: true`; a node without them
 * pays nothing for them.
 */
import type { Durability } from '../../target.ts';

/** 0 or absent: nothing of the kind. */
export interface Planted {
  /** CPU time burnt for each message that is accepted, microseconds; fractions are possible. */
  readonly cpuUsPerMessage?: number;
  /** The acknowledgement of every nth message comes `stallMs` later, without any CPU time for it; what follows for its user waits behind it. */
  readonly stallEvery?: number;
  /** Milliseconds, as exact as a timer: at least this many, and mostly one more. */
  readonly stallMs?: number;
  /** V8 heap that each connection holds on to, bytes, in steps of 8. */
  readonly bytesPerConnection?: number;
  /** V8 heap that each message that is accepted leaves behind for good, bytes, in steps of 8: a leak. */
  readonly bytesPerMessage?: number;
}

/** Most of each: well below what the watchdog takes for an endless turn, and what fits into a node's memory. */
const MOST: Readonly<Record<keyof Planted, number>> = {
  cpuUsPerMessage: 5_000,
  stallEvery: 1_000_000_000,
  stallMs: 60_000,
  bytesPerConnection: 16_777_216,
  bytesPerMessage: 65_536,
};
const WHOLE: readonly string[] = ['stallEvery', 'bytesPerConnection', 'bytesPerMessage'];
const EXAMPLE = '{ cpuUsPerMessage: 10 }';

/** One message a fault, each beginning with the key; none for what can be planted. */
export function checkPlanted(value: unknown, durability: Durability): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`planted: ${JSON.stringify(value)} is not an object like ${EXAMPLE}`];
  const faults: string[] = [];
  for (const [key, amount] of Object.entries(value)) {
    if (!Object.hasOwn(MOST, key)) {
      faults.push(`planted.${key}: there is no such effect; the effects are ${Object.keys(MOST).join(', ')}`);
      continue;
    }
    const most = MOST[key as keyof Planted];
    const kind = WHOLE.includes(key) ? 'an integer' : 'a number';
    if (typeof amount !== 'number' || !(amount >= 0 && amount <= most) || (WHOLE.includes(key) && !Number.isInteger(amount)))
      faults.push(`planted.${key}: ${JSON.stringify(amount)} is not ${kind} from 0 to ${most}`);
  }
  if (faults.length > 0) return faults;
  const { stallEvery = 0, stallMs = 0 } = value as Planted;
  if (stallEvery > 0 !== stallMs > 0) return ['planted.stallEvery: a stall needs both stallEvery and stallMs'];
  if (stallEvery > 0 && durability === 'memory')
    return ['planted.stallEvery: durability memory has no answer that could be delayed; use fsync or commit'];
  return [];
}
