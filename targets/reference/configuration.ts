/** The configuration of a node at its start: one JSON document in an environment variable, because it contains secrets. */
import type { Address, Durability } from '../target.ts';
import { checkLimits, DEFAULT_LIMITS, type Limits } from './messaging/limits.ts';
import { checkMutant } from './mutants/catalogue.ts';
import { checkPlanted, type Planted } from './planted/planted.ts';

/** The environment variable the document comes in; the node removes it after reading. */
export const CONFIGURATION_VARIABLE = 'LETITCRASH_NODE';

export interface NodeConfiguration {
  /** A name of the protocol: letters, digits and ._@:- */
  readonly name: string;
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  readonly controlPort: number;
  /** Of the HTTP surface (http/). */
  readonly httpPort: number;
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
  /** What it needs to find the others; without it the node is alone, and has neither registry nor mesh. */
  readonly cluster?: ClusterConfiguration;
  /** Name of a bug to have, of mutants/catalogue.ts; only with `chaos`. */
  readonly mutant?: string;
  /** Effects of a known size to have; only with `chaos`, and without a mutant. */
  readonly planted?: Planted;
}

export interface ClusterConfiguration {
  /** What the nodes of one cluster know, and show each other. */
  readonly cookie: string;
  /** Where the other nodes reach this one; 0 lets the kernel choose. */
  readonly meshPort: number;
  /** Where to find a peer, by its name, when not at its own address. */
  readonly via: Readonly<Record<string, Address>>;
}

/** What a node says when it serves. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly port: number;
  readonly controlPort: number;
  readonly httpPort: number;
  /** Null without a cluster. */
  readonly meshPort: number | null;
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
  const port = (key: string, found: unknown): void => {
    if (!isPort(found)) faults.push(`${key}: ${JSON.stringify(found)} is not a port, 0 to 65535`);
  };
  text1('name', 1);
  text1('host', 1);
  text1('dataDir', 1);
  text1('tokenKey', MIN_KEY_CHARS);
  text1('controlToken', MIN_KEY_CHARS);
  port('port', given.port);
  port('controlPort', given.controlPort);
  port('httpPort', given.httpPort);
  if (!DURABILITIES.includes(given.durability as string))
    faults.push(`durability: ${JSON.stringify(given.durability)} is none of ${DURABILITIES.join(', ')}`);
  if (given.chaos !== undefined && typeof given.chaos !== 'boolean') faults.push('chaos: true or false is needed');
  if (given.cluster !== undefined) faults.push(...checkCluster(given.cluster));
  if (given.mutant !== undefined) {
    faults.push(...checkMutant(given.mutant));
    if (given.chaos !== true) faults.push('mutant: a node may have a planted bug only with chaos: true');
  }
  if (given.planted !== undefined) {
    faults.push(...checkPlanted(given.planted, given.durability as Durability));
    if (given.chaos !== true) faults.push('planted: a node may have a planted effect only with chaos: true');
    if (given.mutant !== undefined) faults.push('planted: a node has either a mutant or effects');
  }
  const limits = given.limits ?? {};
  if (typeof limits !== 'object' || limits === null) faults.push('limits: an object is needed');
  else faults.push(...checkLimits(limits as Record<string, unknown>).map((fault) => `limits.${fault}`));
  if (faults.length > 0) throw new Error(`${CONFIGURATION_VARIABLE}: ${faults.join('; ')}`);
  return { ...(given as NodeConfiguration), limits: limits as Partial<Limits> };
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
}

/** One message a fault. The cookie is a secret, and in none of them. */
function checkCluster(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['cluster: an object with cookie, meshPort and via is needed'];
  const { cookie, meshPort, via } = value as Partial<Record<keyof ClusterConfiguration, unknown>>;
  const faults: string[] = [];
  if (typeof cookie !== 'string' || cookie.length < MIN_KEY_CHARS)
    faults.push(`cluster.cookie: a text of at least ${MIN_KEY_CHARS} characters is needed`);
  if (!isPort(meshPort)) faults.push(`cluster.meshPort: ${JSON.stringify(meshPort)} is not a port, 0 to 65535`);
  if (typeof via !== 'object' || via === null) return [...faults, 'cluster.via: an object of addresses by name is needed'];
  for (const [name, address] of Object.entries(via as Record<string, Partial<Address> | null>)) {
    if (typeof address?.host !== 'string' || !isPort(address.port) || address.port === 0)
      faults.push(`cluster.via.${name}: ${JSON.stringify(address)} is not an address like {"host": "127.0.1.1", "port": 4000}`);
  }
  return faults;
}

export function limitsOf(configuration: NodeConfiguration): Limits {
  return { ...DEFAULT_LIMITS, ...configuration.limits };
}
