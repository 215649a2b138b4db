/** The fault kinds that a schedule may name. */
import { type SealedFaultKind, seal } from './fault.ts';
import { killNode } from './kill-node.ts';
import { killProcess } from './kill-process.ts';

export const faultKinds: ReadonlyMap<string, SealedFaultKind> = new Map(
  [seal(killProcess), seal(killNode)].map((kind) => [kind.kind, kind]),
);
