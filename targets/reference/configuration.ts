/** What a node is told when it starts: one JSON document, in an environment variable, for it holds secrets. */
import type { Durability } from '../target.ts';
import { checkLimits, DEFAULT_LIMITS, type Limits } from './messaging/limits.ts';

/** The environment variable the document comes in; the node removes it after reading. */
export const CONFIGURATION_VARIABLE = 'LETITCRASH_NODE';

export interface NodeConfiguration {
  /** A name of the protocol: letters, digits and ._@:- */
  readonly name: string;
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  readonly controlPort: number;
  /** Directory of the store; not used with durability memory. */
  readonly dataDir: string;
  readonly durability: Durability;
  /** Base64url; signs and checks tokens. */
  readonly tokenKey: string;
  /** Bearer token of the control plane. */
  readonly controlToken: string;
  readonly limits: Partial<Limits>;
  /** The control plane may make processes fail on purpose. Default: false. */
  readonly chaos?: boolean;
}

/** What a node says when it serves. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly port: number;
  readonly controlPort: number;
}

const DURABILITIES: readonly string[] = ['fsync', 'commit', 'memory'];
const MIN_KEY_CHARS = 32;

/** Reads the document. Throws an Error that names each fault, and never a secret. */
export function readConfiguration(text: string | undefined): NodeConfiguration {
  if (text === undefined) throw new Error(`the environment variable ${CONFIGURATION_VARIABLE} is not set`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`the environment variable ${CONFIGURATION_VARIABLE} does not hold JSON`);
  }
  if (typeof value !== 'object' || value === null) throw new Error(`${CONFIGURATION_VARIABLE} does not hold an object`);
  const given = value as Partial<Record<keyof NodeConfiguration, unknown>>;
  const faults: string[] = [];
  const text1 = (key: keyof NodeConfiguration, least: number): void => {
    const found = given[key];
    if (typeof found !== 'string' || found.length < least)
      faults.push(`${key}: a text of at least ${least} characters is needed`);
  };
  const port = (key: 'port' | 'controlPort'): void => {
    const found = given[key];
    if (typeof found !== 'number' || !Number.isInteger(found) || found < 0 || found > 65_535)
      faults.push(`${key}: ${JSON.stringify(found)} is not a port, 0 to 65535`);
  };
  text1('name', 1);
  text1('host', 1);
  text1('dataDir', 1);
  text1('tokenKey', MIN_KEY_CHARS);
  text1('controlToken', MIN_KEY_CHARS);
  port('port');
  port('controlPort');
  if (!DURABILITIES.includes(given.durability as string))
    faults.push(`durability: ${JSON.stringify(given.durability)} is none of ${DURABILITIES.join(', ')}`);
  if (given.chaos !== undefined && typeof given.chaos !== 'boolean') faults.push('chaos: true or false is needed');
  const limits = given.limits ?? {};
  if (typeof limits !== 'object' || limits === null) faults.push('limits: an object is needed');
  else faults.push(...checkLimits(limits as Record<string, unknown>).map((fault) => `limits.${fault}`));
  if (faults.length > 0) throw new Error(`${CONFIGURATION_VARIABLE}: ${faults.join('; ')}`);
  return { ...(given as NodeConfiguration), limits: limits as Partial<Limits> };
}

export function limitsOf(configuration: NodeConfiguration): Limits {
  return { ...DEFAULT_LIMITS, ...configuration.limits };
}
