/**
 * The network of one run: the proxies between its nodes, and between its users and their nodes, as far as its faults need them.
 *
 * A path is one direction of one link. Names are the nodes' names, and USERS for whoever signs in. The proxies for nodes that join
 * later stand from the beginning: a node is told its peers' addresses before there are peers.
 */
import type { Address, DeployedNode } from '../../../../targets/target.ts';
import type { Entrance } from '../../load/worker-protocol.ts';
import type { PathConditions } from './path-conditions.ts';
import type { Direction } from './proxied-connection.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Links that a fault can act on: between nodes, or between users and nodes. */
export type LinkKind = 'mesh' | 'clients';

/** The name of the users' end of a link. */
export const USERS = 'users';

export interface NetworkOptions {
  /** As in DeploymentSpec: addresses of different deployments do not meet. */
  readonly deployment: number;
  /** Names of all nodes there may ever be. */
  readonly nodes: readonly string[];
  readonly links: ReadonlySet<LinkKind>;
}

/** One direction of one link: what `from` sends to `to`. */
export interface Path {
  readonly links: LinkKind;
  readonly from: string;
  readonly to: string;
  readonly proxy: TcpProxy;
  readonly direction: Direction;
}

interface Link {
  readonly links: LinkKind;
  /** Who dials, and who listens. */
  readonly dialler: string;
  readonly listener: string;
  readonly proxy: TcpProxy;
}

/** 127.32.<deployment>.<n> and up: apart from the nodes' 127.0.<deployment>.<n> and the users' 127.64.0.0 and up. */
const FIRST_SECOND_BYTE = 32;
const HOSTS_PER_BLOCK = 250;
/** As many as keep clear of the users' addresses. */
const MAX_PROXIES = 32 * HOSTS_PER_BLOCK;

export class Network {
  readonly #links: readonly Link[];
  readonly #nodes: () => readonly DeployedNode[];

  /**
   * `nodes` gives the nodes as they are now; it is asked whenever somebody dials, and may be empty as long as there are none.
   * @throws RangeError for more links than there are addresses.
   */
  static async start(options: NetworkOptions, nodes: () => readonly DeployedNode[]): Promise<Network> {
    const wanted = wantedLinks(options);
    if (wanted.length > MAX_PROXIES) throw new RangeError(`${wanted.length} links between nodes, at most ${MAX_PROXIES}`);
    const find = (name: string): DeployedNode | undefined => nodes().find((node) => node.name === name);
    const started: Link[] = [];
    try {
      for (const [index, link] of wanted.entries()) {
        const proxy = await TcpProxy.listen({
          host: proxyHost(options.deployment, index),
          target: () => {
            const node = find(link.listener);
            return (link.links === 'mesh' ? node?.meshEndpoint : node?.endpoint) ?? null;
          },
          bindOwnAddress: process.platform === 'linux',
        });
        started.push({ ...link, proxy });
      }
    } catch (error) {
      await Promise.all(started.map(({ proxy }) => proxy.close()));
      throw error;
    }
    return new Network(started, nodes);
  }

  private constructor(links: readonly Link[], nodes: () => readonly DeployedNode[]) {
    this.#links = links;
    this.#nodes = nodes;
  }

  /** For DeploymentSpec.via: where `from` dials `to`; null for a pair that talks directly. */
  readonly via = (from: string, to: string): Address | null => {
    const link = this.#links.find(({ dialler, listener }) => dialler === from && listener === to);
    return link === undefined ? null : { host: link.proxy.host, port: link.proxy.port };
  };

  /** Where users reach this node. */
  entrance({ name, endpoint }: Pick<DeployedNode, 'name' | 'endpoint'>): Entrance {
    const address = this.via(USERS, name);
    return address === null ? endpoint : { ...address, path: endpoint.path, behind: endpoint };
  }

  /** Both directions of every link of these kinds between nodes that are there now. */
  paths(kinds: readonly LinkKind[]): readonly Path[] {
    const present = new Set([USERS, ...this.#nodes().map(({ name }) => name)]);
    return this.#links
      .filter(({ links, dialler, listener }) => kinds.includes(links) && present.has(dialler) && present.has(listener))
      .flatMap(({ links, dialler, listener, proxy }): Path[] => [
        { links, from: dialler, to: listener, proxy, direction: 'forth' },
        { links, from: listener, to: dialler, proxy, direction: 'back' },
      ]);
  }

  /** Ends every connection and leaves no port behind. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#links.map(({ proxy }) => proxy.close()));
  }
}

/** The conditions that a path is under. */
export function conditionsOf({ proxy, direction }: Path): PathConditions {
  return proxy[direction];
}

/** Of each pair of nodes, the smaller name dials the greater. */
function wantedLinks({ nodes, links }: NetworkOptions): Omit<Link, 'proxy'>[] {
  const sorted = nodes.toSorted((a, b) => (a < b ? -1 : 1));
  const mesh = sorted.flatMap((dialler, index) =>
    sorted.slice(index + 1).map((listener) => ({ links: 'mesh' as const, dialler, listener })),
  );
  const clients = sorted.map((listener) => ({ links: 'clients' as const, dialler: USERS, listener }));
  return [...(links.has('mesh') ? mesh : []), ...(links.has('clients') ? clients : [])];
}

/** Every proxy has an address of its own, where there are that many. */
function proxyHost(deployment: number, index: number): string {
  if (process.platform !== 'linux') return '127.0.0.1';
  return `127.${FIRST_SECOND_BYTE + Math.floor(index / HOSTS_PER_BLOCK)}.${deployment}.${1 + (index % HOSTS_PER_BLOCK)}`;
}
