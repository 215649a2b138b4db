/** `target.config` of the reference server: the limits, by their names, `mutant` and `planted`. */
import type { DeploymentSpec } from '../target.ts';
import { checkLimits, type Limits } from './messaging/limits.ts';
import { checkMutant } from './mutants/catalogue.ts';
import { checkPlanted, type Planted } from './planted/planted.ts';

export interface Settings {
  readonly limits: Partial<Limits>;
  readonly mutant: string | undefined;
  readonly planted: Planted | undefined;
}

/** Splits settings that `checkSettings` has nothing to say about. */
export function settingsOf(config: Readonly<Record<string, unknown>>): Settings {
  const { mutant, planted, ...limits } = config;
  return { limits: limits as Partial<Limits>, mutant: mutant as string | undefined, planted: planted as Planted | undefined };
}

/** One message a fault, each beginning with the key. */
export function checkSettings(
  config: Readonly<Record<string, unknown>>,
  { nodes, durability }: Pick<DeploymentSpec, 'nodes' | 'durability'>,
): readonly string[] {
  const { mutant, planted, ...limits } = config;
  const faults = [
    ...checkLimits(limits),
    ...(mutant === undefined ? [] : checkMutant(mutant)),
    ...(planted === undefined ? [] : checkPlanted(planted, durability)),
  ];
  if (mutant !== undefined && planted !== undefined) faults.push('planted: a server has either a mutant or planted effects');
  if (nodes > 1 && durability === 'memory')
    faults.push(
      `durability: memory is one node's own memory, which ${nodes} nodes do not share; fsync or commit is right, or nodes: 1`,
    );
  return faults;
}
