/**
 * Server memory while nothing happens: collect garbage, wait until the reading is steady, read.
 *
 * In: a deployment at rest with a known number of connections. Out: one point of the regressions that give memory per connection and leak.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../../targets/target.ts';
import type { Result } from '../result/result.ts';
import { sampleKernelSocketBytes, sampleProcess } from './process-sample.ts';

export type Plateau = Result['memory']['plateaus'][number];

const SETTLE_INTERVAL_MS = 100;
/** Two readings closer than this are steady: well below what a hundred connections cost. */
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
  // What the first collection finalises, the second frees.
  await collect(deployment);
  const heaps = await collect(deployment);
  let pssBytes = await totalPss(deployment);
  const readings = Math.max(1, Math.round(settleMs / SETTLE_INTERVAL_MS));
  for (let reading = 0; reading < readings && pssBytes !== null; reading += 1) {
    await delay(SETTLE_INTERVAL_MS, undefined, { signal });
    const next = await totalPss(deployment);
    const steady = next !== null && Math.abs(next - pssBytes) < STEADY_BYTES;
    pssBytes = next;
    if (steady) break;
  }
  if (pssBytes === null) return null;
  return {
    connections,
    pssBytes,
    heapBytes: heaps.every((heap) => heap !== null) ? heaps.reduce((sum, heap) => sum + heap.heapBytes, 0) : null,
    kernelBytes: await sampleKernelSocketBytes(),
  };
}

function collect(deployment: Deployment): Promise<readonly Awaited<ReturnType<Deployment['nodes'][number]['introspect']>>[]> {
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
