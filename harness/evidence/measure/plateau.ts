/**
 * Server memory while nothing happens: collect garbage, wait until the reading is steady, read.
 *
 * In: an idle deployment with a known number of connections. Out: one point of the regressions that give memory per connection and leak.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment, NodeIntrospection } from '../../../targets/target.ts';
import type { Result } from '../result/result.ts';
import { monotonicUs } from './clock.ts';
import { sampleKernelSocketBytes, sampleProcess } from './process-sample.ts';

export type Plateau = Result['memory']['plateaus'][number];

const SETTLE_INTERVAL_MS = 100;
/**
 * Two readings that differ by less than this are steady: far less than the cost of a hundred connections. Without a collection between them
 * nothing falls.
 */
const STEADY_BYTES = 128 * 1024;

export interface PlateauOptions {
  readonly connections: number;
  /** Longest wait for a steady reading. */
  readonly settleMs: number;
  readonly signal: AbortSignal;
}

/** Reads all nodes together; null when a node cannot be read. */
export async function measurePlateau(
  deployment: Deployment,
  { connections, settleMs, signal }: PlateauOptions,
): Promise<Plateau | null> {
  const untilUs = monotonicUs() + settleMs * 1000;
  let heaps = await collect(deployment);
  let pssBytes = await totalPss(deployment);
  // What one collection finalises, the next one frees; and a server releases what it served only in its own time.
  do {
    await delay(SETTLE_INTERVAL_MS, undefined, { signal });
    const before = { heapBytes: heapOf(heaps), pssBytes };
    heaps = await collect(deployment);
    pssBytes = await totalPss(deployment);
    if (isSteady(before.heapBytes, heapOf(heaps)) && isSteady(before.pssBytes, pssBytes)) break;
  } while (monotonicUs() < untilUs);
  if (pssBytes === null) return null;
  return {
    connections,
    pssBytes,
    heapBytes: heapOf(heaps),
    kernelBytes: await sampleKernelSocketBytes(),
  };
}

type Heaps = readonly (NodeIntrospection | null)[];

/** Sum over all nodes; null if one does not report it. */
function heapOf(heaps: Heaps): number | null {
  return heaps.every((heap) => heap !== null) ? heaps.reduce((sum, heap) => sum + heap.heapBytes, 0) : null;
}

/** What cannot be read counts as steady. */
function isSteady(before: number | null, now: number | null): boolean {
  return before === null || now === null || Math.abs(now - before) < STEADY_BYTES;
}

function collect(deployment: Deployment): Promise<Heaps> {
  return Promise.all(deployment.nodes.map((node) => node.introspect({ collectGarbage: true })));
}

async function totalPss(deployment: Deployment): Promise<number | null> {
  let total = 0;
  for (const { osPid } of deployment.nodes) {
    const sample = osPid === null ? null : await sampleProcess(osPid);
    if (sample === null) return null;
    total += sample.pssBytes;
  }
  return total;
}
