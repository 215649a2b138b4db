/**
 * The fingerprint of a kind of machine: absolute figures made on one kind say nothing on another. Pure.
 *
 * It is readable on purpose, so that differences can be named in words. It has what changes how fast the same code runs and what a server
 * cannot choose: the processor and the number of its cores, the memory, the system. The runtime is not included: it belongs to the server.
 */
import { formatMachineMemory } from '../result/format.ts';
import type { Result } from '../result/result.ts';

export type Machine = Pick<Result['environment'], 'os' | 'arch' | 'cpu' | 'cores' | 'memoryBytes'>;

const PARTS = ['system', 'processor', 'memory'] as const;

/** `Linux 6.18 x64; 2 x Intel Xeon; 24 GiB`. The patch level of a kernel and the few megabytes that it keeps for itself are ignored. */
export function machineFingerprint({ os, arch, cpu, cores, memoryBytes }: Machine): string {
  const system = os.replace(/^(\S+ \d+\.\d+).*$/, '$1');
  const processor = cores === null ? cpu : `${cores} x ${cpu}`;
  const memory = memoryBytes === null ? 'unknown' : formatMachineMemory(memoryBytes);
  return [`${system} ${arch}`, processor, memory].map(withoutSeparator).join('; ');
}

function withoutSeparator(part: string): string {
  return part.replace(/[;\s]+/g, ' ').trim();
}

export interface MachineDifference {
  readonly part: (typeof PARTS)[number] | 'machine';
  readonly one: string;
  readonly other: string;
}

/** The differences of two fingerprints; empty if they are of the same kind of machine. */
export function fingerprintDifferences(one: string, other: string): MachineDifference[] {
  if (one === other) return [];
  const [ones = [], others = []] = [one, other].map((text) => text.split('; '));
  // Written by hand, or by another version: only the whole text can be compared.
  if (ones.length !== PARTS.length || others.length !== PARTS.length) return [{ part: 'machine', one, other }];
  return PARTS.map((part, index) => ({ part, one: ones[index] ?? '', other: others[index] ?? '' })).filter(
    (difference) => difference.one !== difference.other,
  );
}
