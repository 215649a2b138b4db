/** What a run was played on, together with what only the run itself knows about it. */

import { type CpuTicks, type Environment, readEnvironment } from '../../evidence/measure/environment.ts';
import { presentArena } from '../arena/inside.ts';
import type { Neighbours } from './neighbours.ts';

/** `before`: the machine's clocks when the run began. */
export async function runEnvironment(before: CpuTicks | null, neighbours: Pick<Neighbours, 'seen'>): Promise<Environment> {
  const { seen } = neighbours;
  return {
    ...(await readEnvironment(before)),
    ...(seen.length === 0 ? {} : { otherRuns: [...seen] }),
    arena: presentArena() !== null,
  };
}
