/**
 * What is recorded: arms, the servers that are compared, and blocks, the order in which they run.
 *
 * A gate needs blocks of four runs for each pair it compares; recording every pair for itself would take days. Here one block holds all
 * arms, each twice, in an order drawn by chance and then backwards: whatever drifts evenly over the block meets every arm alike, and any
 * two arms of it make a block of evidence, as the two letters of ABBA do. Its runs lie further apart than a gate's, so that what the
 * machine does in between costs more: the power found is rather too small. False alarms are recorded in blocks of four as a gate has
 * them, besides.
 */
import type { Random } from '../../../harness/evidence/stats/random.ts';

export const ARMS = ['A', "A'", 'cpu+2%', 'cpu+5%', 'cpu+10%', 'cpu+20%', 'stall', 'bytes+5%'] as const;
export type Arm = (typeof ARMS)[number];
/** Compared with A: the arms in which something is planted. */
export const EFFECTS = ARMS.slice(2) as Exclude<Arm, 'A' | "A'">[];

/** Measured in the pilot, of the plain server. */
export interface Pilot {
  readonly cpuUsPerMessage: number;
  /** V8's heap: what is planted lies there, and resident memory would need thousands of connections to be told from noise. */
  readonly bytesPerConnection: number;
}

const CPU_SHARES: Partial<Record<Arm, number>> = { 'cpu+2%': 0.02, 'cpu+5%': 0.05, 'cpu+10%': 0.1, 'cpu+20%': 0.2 };
const BYTES_SHARE = 0.05;
/** One message in a hundred waits a millisecond more. */
const STALL = { stallEvery: 100, stallMs: 1 };

/** What the arm's server is told to do worse (`target.planted`); null for the plain one. */
export function plantedFor(arm: Arm, { cpuUsPerMessage, bytesPerConnection }: Pilot): Readonly<Record<string, number>> | null {
  const share = CPU_SHARES[arm];
  // A tenth of a microsecond is finer than any clock here.
  if (share !== undefined) return { cpuUsPerMessage: Math.round(share * cpuUsPerMessage * 10) / 10 };
  if (arm === 'stall') return STALL;
  if (arm === 'bytes+5%') return { bytesPerConnection: Math.round(BYTES_SHARE * bytesPerConnection) };
  return null;
}

/** `all`: every arm, there and back. `same`: A and A', as a gate's block. */
export type BlockKind = 'all' | 'same';

/** Arms in the order in which they run; the second half is the first, backwards. */
export function orderOf(kind: BlockKind, random: Random): Arm[] {
  const there: Arm[] = kind === 'same' ? ['A', "A'"] : [...ARMS];
  for (let last = there.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [there[last], there[other]] = [there[other] as Arm, there[last] as Arm];
  }
  return [...there, ...there.toReversed()];
}

/** The kind of the nth block: both kinds see the whole time of the recording. */
export function kindOf(block: number): BlockKind {
  return block % 2 === 0 ? 'all' : 'same';
}
