import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../../harness/plan/scenario/plan.ts';
import { connectByPlateaus, type MemorySubject } from '../../../../../harness/run/conductor/messages/memory-readings.ts';
import type { WorkerPool } from '../../../../../harness/run/load/worker-pool.ts';
import type { Deployment, NodeIntrospection } from '../../../../../targets/target.ts';

/**
 * The ascent of 100 users on a node that is this very process, which may or may not be asked to collect its garbage. `hangs`: somebody
 * interrupts the run when so many are to connect, and they never do.
 */
async function ascent(introspection: NodeIntrospection | null, rehearse: boolean, hangs: number | null = null) {
  const early = new AbortController();
  const steps: string[] = [];
  const said: string[] = [];
  const node = { osPid: process.pid, introspect: () => Promise.resolve(introspection) };
  const subject: MemorySubject = {
    plan: {
      users: 100,
      memory: { plateaus: 3, settleMs: 100, rehearse, rounds: 0, messagesPerRound: 0, roundRatePerSecond: 1 },
      load: { connectPerSecond: 1000 },
      limits: { connectMs: 100 },
    } as Plan,
    deployment: { nodes: [node] } as unknown as Deployment,
    pool: {
      connections: 100,
      connect: (count: number) => {
        steps.push(`connect ${count}`);
        if (count !== hangs) return Promise.resolve();
        early.abort();
        return new Promise(() => undefined);
      },
    } as unknown as WorkerPool,
    observations: '',
    renew: () => {
      steps.push('everybody leaves');
      return Promise.resolve();
    },
    signal: new AbortController().signal,
    early: early.signal,
    tell: (message) => void said.push(message),
  };
  let readings = 0;
  const { plateaus, rehearsed } = await connectByPlateaus(subject, () => void readings++);
  return { connections: plateaus.map(({ connections }) => connections), readings, rehearsed, steps, said: said.join('\n') };
}

const EMPTY: NodeIntrospection = { heapBytes: 1, connections: 0, processes: 0 };

describe('the ascent over plateaus of connections', () => {
  it('is rehearsed once if the server can be asked to give its pages back', async () => {
    const { connections, rehearsed, steps } = await ascent(EMPTY, true);
    expect(rehearsed).toBe(true);
    expect(steps).toEqual(['connect 100', 'everybody leaves', 'connect 50', 'connect 100']);
    expect(connections).toEqual([0, 50, 100]);
  });

  it('is measured the first time if the server cannot, because users who return would find the pages still there', async () => {
    const { connections, rehearsed, steps, said } = await ascent(null, true);
    expect(rehearsed).toBe(false);
    expect(steps).toEqual(['connect 50', 'connect 100']);
    expect(connections).toEqual([0, 50, 100]);
    expect(said).toContain('No rehearsal');
  });

  it('reports each reading, and ends at once with the readings it has when it is told to end early', async () => {
    expect((await ascent(EMPTY, false)).readings).toBe(3);
    const { connections, readings, steps } = await ascent(EMPTY, false, 100);
    expect(steps).toEqual(['connect 50', 'connect 100']);
    expect(connections).toEqual([0, 50]);
    expect(readings).toBe(2);
  });

  it('is not rehearsed unless asked', async () => {
    expect((await ascent(EMPTY, false)).rehearsed).toBe(false);
  });
});
