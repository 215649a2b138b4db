/** Memory of one more connection: the slope of server memory over plateaus of connections. Pure. */
import type { Plateau } from '../measure/plateau.ts';
import type { Result } from '../result/result.ts';
import { theilSen } from '../stats/theil-sen.ts';

type PerConnection = NonNullable<Result['memory']['perConnection']>;

/** Two points make a line, three make an estimate. */
const MIN_PLATEAUS = 3;
/** On loopback both ends of a connection are this machine's; the server's share of the kernel's memory is one of them. */
const ENDS = 2;

/**
 * Theil-Sen slopes in bytes a connection; null with fewer than three plateaus. `bytes` is user-space memory (PSS) of all nodes, of
 * which `heapBytes` is V8's and `nativeBytes` the rest; `kernelBytes` comes on top.
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
    nativeBytes: heap === null ? null : line.slope - heap.slope,
    kernelBytes: kernel === null ? null : kernel.slope / ENDS,
  };
}

function slopeOf(plateaus: readonly Plateau[], bytes: (plateau: Plateau) => number | null): ReturnType<typeof theilSen> | null {
  const values = plateaus.map(bytes);
  const measured = values.filter((value) => value !== null);
  if (measured.length < values.length) return null;
  const connections = plateaus.map((plateau) => plateau.connections);
  return new Set(connections).size < 2 ? null : theilSen(connections, measured);
}
