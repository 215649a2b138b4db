/** What memory says about connections: what one more costs, whether all of it comes back, and what each leaves behind. Pure. */
import type { Plateau } from '../../../evidence/measure/plateau.ts';
import type { Result } from '../../../evidence/result/result.ts';
import { theilSen } from '../../../evidence/stats/theil-sen.ts';

type Memory = Result['memory'];
type PerConnection = NonNullable<Memory['perConnection']>;

/** Two points make a line, three make an estimate. */
const MIN_PLATEAUS = 3;
/** On loopback both ends of a connection belong to this machine; the server's share of the kernel's memory is one of them. */
const ENDS = 2;
/** A runtime keeps some of what it once needed: this share of what the connections took, and at least this much. */
const KEPT_SHARE = 0.25;
const KEPT_BYTES = 8 * 1024 ** 2;
/** The first round still grows what later rounds reuse; with fewer than this many others, the interval is empty. */
const WARM_ROUNDS = 1;
const MIN_ROUNDS = 4;
/**
 * Growth that is not a leaked object: this much for each connection or message or, since a process grows by itself for a while, this much a
 * round.
 */
const TOLERATED_BYTES = 64;
const TOLERATED_MESSAGE_BYTES = 16;
const TOLERATED_ROUND_BYTES = 512 * 1024;
/** The heap is read to the byte, but late compilation and caching make it grow. */
const TOLERATED_ROUND_HEAP_BYTES = 128 * 1024;

/**
 * Theil-Sen slopes in bytes for a connection; null with fewer than three plateaus. `bytes` is user-space memory (PSS) of all nodes, of
 * which `heapBytes` is V8's and `nativeBytes` the rest; `kernelBytes` is additional.
 */
export function memoryPerConnection(plateaus: readonly Plateau[]): PerConnection | null {
  if (plateaus.length < MIN_PLATEAUS) return null;
  const line = slopeOf(plateaus, ({ pssBytes }) => pssBytes);
  if (line === null) return null;
  const heap = slopeOf(plateaus, ({ heapBytes }) => heapBytes);
  const kernel = slopeOf(plateaus, ({ kernelBytes }) => kernelBytes);
  return {
    bytes: line.slope,
    low: line.low,
    high: line.high,
    heapBytes: heap?.slope ?? null,
    heapLow: heap?.low ?? null,
    heapHigh: heap?.high ?? null,
    nativeBytes: heap === null ? null : line.slope - heap.slope,
    kernelBytes: kernel === null ? null : kernel.slope / ENDS,
    kernelLow: kernel === null ? null : kernel.low / ENDS,
    kernelHigh: kernel === null ? null : kernel.high / ENDS,
  };
}

/**
 * The empty server before and after: null if either was not read. Memory came back if no more is kept than a quarter of what the
 * connections took, or 8 MiB: V8 and the allocator return pages late, and the slope over rounds is better at detecting a leak.
 */
export function returnToBaseline(
  plateaus: readonly Plateau[],
  rounds: Memory['rounds'],
): { readonly baseline: Memory['baseline']; readonly returned: boolean | null } {
  const empty = plateaus.find(({ connections }) => connections === 0);
  const full = plateaus.at(-1);
  const after = rounds[0];
  if (empty === undefined || full === undefined || after === undefined) return { baseline: null, returned: null };
  const allowanceBytes = Math.max(KEPT_BYTES, KEPT_SHARE * (full.pssBytes - empty.pssBytes));
  return {
    baseline: { emptyBytes: empty.pssBytes, afterBytes: after.pssBytes, allowanceBytes },
    returned: after.pssBytes - empty.pssBytes <= allowanceBytes,
  };
}

/**
 * Theil-Sen slope of the empty server's memory over the connections that came and went, in the rounds without messages; null with fewer
 * than five of them. The heap is measured more precisely than the memory of the process, so each is judged by itself.
 */
export function leakPerConnection(rounds: Memory['rounds']): Memory['leak'] {
  const settled = rounds.filter(({ messages }) => messages === 0).slice(WARM_ROUNDS);
  if (settled.length < MIN_ROUNDS) return null;
  const connections = settled.map(({ cycled }) => cycled);
  const perRound = spanOf(connections) / (settled.length - 1);
  const { bytes, low, high, ...heap } = slopesOf(settled, connections);
  const toleranceBytes = Math.max(TOLERATED_BYTES, TOLERATED_ROUND_BYTES / perRound);
  const heapToleranceBytes = Math.max(TOLERATED_BYTES, TOLERATED_ROUND_HEAP_BYTES / perRound);
  return {
    bytesPerConnection: bytes,
    low,
    high,
    toleranceBytes,
    ...heap,
    heapToleranceBytes,
    leaking: isAbove(low, toleranceBytes) || isAbove(heap.heapLow, heapToleranceBytes),
  };
}

/**
 * The same over the messages of the rounds with messages, less what the connections of those rounds left behind by the other slope: its
 * interval is added to this one's. Null with fewer than five rounds of either sort.
 */
export function leakPerMessage(rounds: Memory['rounds']): Memory['leakPerMessage'] {
  const connection = leakPerConnection(rounds);
  const settled = rounds.filter(({ messages }) => messages > 0).slice(WARM_ROUNDS);
  const messages = settled.map((round) => round.messages);
  if (connection === null || settled.length < MIN_ROUNDS || spanOf(messages) === 0) return null;
  const perRound = spanOf(messages) / (settled.length - 1);
  const share = spanOf(settled.map(({ cycled }) => cycled)) / spanOf(messages);
  const less = (slope: number | null, ofConnection: number | null): number | null =>
    slope === null || ofConnection === null ? null : slope - share * ofConnection;
  const slopes = slopesOf(settled, messages);
  const low = less(slopes.low, connection.high);
  const heapLow = less(slopes.heapLow, connection.heapHigh);
  const toleranceBytes = Math.max(TOLERATED_MESSAGE_BYTES, TOLERATED_ROUND_BYTES / perRound);
  const heapToleranceBytes = Math.max(TOLERATED_MESSAGE_BYTES, TOLERATED_ROUND_HEAP_BYTES / perRound);
  return {
    bytesPerMessage: slopes.bytes - share * connection.bytesPerConnection,
    low,
    high: less(slopes.high, connection.low),
    toleranceBytes,
    heapBytes: less(slopes.heapBytes, connection.heapBytes),
    heapLow,
    heapHigh: less(slopes.heapHigh, connection.heapLow),
    heapToleranceBytes,
    leaking: isAbove(low, toleranceBytes) || isAbove(heapLow, heapToleranceBytes),
  };
}

interface Slopes {
  readonly bytes: number;
  readonly low: number;
  readonly high: number;
  /** Null if a node does not report its heap. */
  readonly heapBytes: number | null;
  readonly heapLow: number | null;
  readonly heapHigh: number | null;
}

/** For all memory and for the heap, over one number for each reading. */
function slopesOf(readings: Memory['rounds'], over: readonly number[]): Slopes {
  const all = theilSen(
    over,
    readings.map(({ pssBytes }) => pssBytes),
  );
  const heaps = readings.flatMap(({ heapBytes }) => heapBytes ?? []);
  const heap = heaps.length < readings.length ? null : theilSen(over, heaps);
  return {
    bytes: all.slope,
    low: all.low,
    high: all.high,
    heapBytes: heap?.slope ?? null,
    heapLow: heap?.low ?? null,
    heapHigh: heap?.high ?? null,
  };
}

/** From the first to the last. */
function spanOf(ascending: readonly number[]): number {
  return (ascending.at(-1) ?? 0) - (ascending[0] ?? 0);
}

function isAbove(low: number | null, toleranceBytes: number): boolean {
  return low !== null && low > toleranceBytes;
}

function slopeOf(plateaus: readonly Plateau[], bytes: (plateau: Plateau) => number | null): ReturnType<typeof theilSen> | null {
  const values = plateaus.map(bytes);
  const measured = values.filter((value) => value !== null);
  if (measured.length < values.length) return null;
  const connections = plateaus.map((plateau) => plateau.connections);
  return new Set(connections).size < 2 ? null : theilSen(connections, measured);
}
