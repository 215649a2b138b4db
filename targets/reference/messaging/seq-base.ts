/**
 * Where the seqs of a node's start begin: milliseconds since 2020 * 2^11, so that no seq is given out twice even when the
 * store kept nothing (durability memory), and 2,048 messages a millisecond fit into one mailbox. 2^53 lasts until 2159.
 */
const ORIGIN_MS = 1_577_836_800_000;
const SEQS_PER_MS = 2_048;
const DAY_MS = 86_400_000;

export function seqBase(wallMs: number): number {
  return Math.max(1, Math.floor(wallMs) - ORIGIN_MS) * SEQS_PER_MS;
}

/** No honest client can have a higher cursor at this time; a day is allowed for clocks that were set back. */
export function highestCursor(wallMs: number): number {
  return seqBase(wallMs + DAY_MS);
}
