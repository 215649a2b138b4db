/**
 * The network of one run: the proxies between its nodes, and between its users and their nodes, as far as its faults need them.
 *
 * A path is one direction between a pair: of two nodes, or of the users and a node. Names are the nodes' names, and USERS for whoever signs in. The proxies for nodes that join
 * later stand from the beginning: a node is told its peers' addresses before there are peers.
 */
import type { Address, DeployedNode } from '../../../../targets/target.ts';
import type { Entrance } from '../../load/worker-protocol.ts';
import type { PathConditions } from './path-conditions.ts';
import type { Direction } from './proxied-connection.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Paths that a fault can act on: between nodes, or between users and nodes. */
export type PathKind = 'mesh' | 'clients';

/** The name of the users' end of a path. */
export const USERS = 'users';

export interface NetworkOptions {
  /** As in DeploymentSpec: addresses of different deployments do not meet. */
  readonly deployment: number;
  /** Names of all nodes that may ever exist. */
  readonly nodes: readonly string[];
  /** Which of them lead through proxies. */
  readonly paths: ReadonlySet<PathKind>;
  /**
   * Whether each proxy dials from an address of its own, by which the kernel tells the packets of its path from others; only Linux has
   * that many. Otherwise the kernel chooses the address, and its search for a free port stays short after thousands of connections.
   */
  readonly ownAddresses: boolean;
}

/** One direction between a pair: what `from` sends to `to`. */
export interface Path {
  readonly kind: PathKind;
  readonly from: string;
  readonly to: string;
  readonly proxy: TcpProxy;
  readonly direction: Direction;
}

interface Pair {
  readonly kind: PathKind;
  /** Who dials, and who listens. */
  readonly dialler: string;
  readonly listener: string;
  readonly proxy: TcpProxy;
}

/** 127.32.<deployment>.<n> and up: apart from the nodes' 127.0.<deployment>.<n> and the users' 127.64.0.0 and up. */
const FIRST_SECOND_BYTE = 32;
const HOSTS_PER_BLOCK = 250;
/** As many as do not collide with the users' addresses. */
const MAX_PROXIES = 32 * HOSTS_PER_BLOCK;

export class Network {
  readonly #pairs: readonly Pair[];
  readonly #nodes: () => readonly DeployedNode[];

  /**
   * `nodes` gives the nodes as they are now; it is asked whenever somebody dials, and may be empty as long as there are none.
   * @throws RangeError for more pairs than there are addresses.
   */
  static async start(options: NetworkOptions, nodes: () => readonly DeployedNode[]): Promise<Network> {
    const wanted = wantedPairs(options);
    if (wanted.length > MAX_PROXIES) throw new RangeError(`${wanted.length} paths between nodes, at most ${MAX_PROXIES}`);
    const find = (name: string): DeployedNode | undefined => nodes().find((node) => node.name === name);
    const started: Pair[] = [];
    try {
      for (const [index, pair] of wanted.entries()) {
        const proxy = await TcpProxy.listen({
          host: proxyHost(options.deployment, index),
          target: () => {
            const node = find(pair.listener);
            return (pair.kind === 'mesh' ? node?.meshEndpoint : node?.endpoint) ?? null;
          },
          bindOwnAddress: options.ownAddresses && process.platform === 'linux',
        });
        started.push({ ...pair, proxy });
      }
    } catch (error) {
      await Promise.all(started.map(({ proxy }) => proxy.close()));
      throw error;
    }
    return new Network(started, nodes);
  }

  private constructor(pairs: readonly Pair[], nodes: () => readonly DeployedNode[]) {
    this.#pairs = pairs;
    this.#nodes = nodes;
  }

  /** For DeploymentSpec.via: where `from` dials `to`; null for a pair that talks directly. */
  readonly via = (from: string, to: string): Address | null => {
    const pair = this.#pairs.find(({ dialler, listener }) => dialler === from && listener === to);
    return pair === undefined ? null : { host: pair.proxy.host, port: pair.proxy.port };
  };

  /** Where users reach this node. */
  entrance({ name, endpoint }: Pick<DeployedNode, 'name' | 'endpoint'>): Entrance {
    const address = this.via(USERS, name);
    return address === null ? endpoint : { ...address, path: endpoint.path, behind: endpoint };
  }

  /** Both directions between every pair of these kinds, of the nodes that are there now. */
  paths(kinds: readonly PathKind[]): readonly Path[] {
    const present = new Set([USERS, ...this.#nodes().map(({ name }) => name)]);
    return this.#pairs
      .filter(({ kind, dialler, listener }) => kinds.includes(kind) && present.has(dialler) && present.has(listener))
      .flatMap(({ kind, dialler, listener, proxy }): Path[] => [
        { kind, from: dialler, to: listener, proxy, direction: 'forth' },
        { kind, from: listener, to: dialler, proxy, direction: 'back' },
      ]);
  }

  /** Ends every connection and leaves no port behind. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#pairs.map(({ proxy }) => proxy.close()));
  }
}

/** The conditions that a path is under. */
export function conditionsOf({ proxy, direction }: Path): PathConditions {
  return proxy[direction];
}

/** In each pair of nodes, the one with the smaller name dials the other. */
function wantedPairs({ nodes, paths }: NetworkOptions): Omit<Pair, 'proxy'>[] {
  const sorted = nodes.toSorted((a, b) => (a < b ? -1 : 1));
  const mesh = sorted.flatMap((dialler, index) =>
    sorted.slice(index + 1).map((listener) => ({ kind: 'mesh' as const, dialler, listener })),
  );
  const clients = sorted.map((listener) => ({ kind: 'clients' as const, dialler: USERS, listener }));
  return [...(paths.has('mesh') ? mesh : []), ...(paths.has('clients') ? clients : [])];
}

/** Every proxy has its own address, if there are that many. */
function proxyHost(deployment: number, index: number): string {
  if (process.platform !== 'linux') return '127.0.0.1';
  return `127.${FIRST_SECOND_BYTE + Math.floor(index / HOSTS_PER_BLOCK)}.${deployment}.${1 + (index % HOSTS_PER_BLOCK)}`;
}
