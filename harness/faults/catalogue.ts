/** The fault kinds that a schedule may name. */
import { bandwidth } from './bandwidth.ts';
import { crashLoop } from './crash-loop.ts';
import { type SealedFaultKind, seal } from './fault.ts';
import { killNode } from './kill-node.ts';
import { killProcess } from './kill-process.ts';
import { latency } from './latency.ts';
import { partition } from './partition.ts';
import { runawayProcess } from './runaway-process.ts';
import { upgrade } from './upgrade.ts';

export const faultKinds: ReadonlyMap<string, SealedFaultKind> = new Map(
  [
    seal(killProcess),
    seal(killNode),
    seal(runawayProcess),
    seal(crashLoop),
    seal(upgrade),
    seal(partition),
    seal(latency),
    seal(bandwidth),
  ].map((kind) => [kind.kind, kind]),
);
