/** What ran and on what, in a line: only what is known of it. Plain text, not escaped. */
import type { Result } from '../harness/evidence/result/result.ts';
import { clip, formatMachineMemory, plural } from './format.ts';

const UNKNOWN = 'unknown';
const LONG = 60;

/** `reference 1.2.3 on node 26, 3 nodes`. */
export function targetText({ name, version, runtime, nodes }: Result['target']): string {
  const words = [name, ...(version === UNKNOWN ? [] : [version]), ...(runtime === UNKNOWN ? [] : ['on', runtime])];
  return [words.map((word) => clip(word, LONG)).join(' '), ...(nodes === null ? [] : [plural(nodes, 'node')])].join(', ');
}

type Machine = Pick<Result['environment'], 'cpu' | 'cores' | 'memoryBytes' | 'os'>;

/** `Intel Xeon, 2 cores, 24 GiB, Linux 6.18`. */
export function machineText({ cpu, cores, memoryBytes, os }: Machine): string {
  const parts = [
    ...(cpu === UNKNOWN ? [] : [clip(cpu, LONG)]),
    ...(cores === null ? [] : [plural(cores, 'core')]),
    ...(memoryBytes === null ? [] : [formatMachineMemory(memoryBytes)]),
    ...(os === UNKNOWN ? [] : [clip(os, LONG)]),
  ];
  return parts.length === 0 ? UNKNOWN : parts.join(', ');
}
