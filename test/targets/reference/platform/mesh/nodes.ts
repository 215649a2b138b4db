/** Nodes of a mesh on loopback, without runtimes: what happens to them is a list of lines. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { type Mesh, type MeshOptions, startMesh } from '../../../../../targets/reference/platform/real/mesh/mesh.ts';
import type { BusEvents, NodeIdentity } from '../../../../../targets/reference/runtime/index.ts';
import { until } from '../../../../until.ts';

const COOKIE = Buffer.alloc(32, 7);
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

export interface Node {
  readonly identity: NodeIdentity;
  readonly mesh: Mesh;
  /** What happened, in order: `up b.1`, `down b.1`, `b: text`. */
  readonly log: string[];
}

/** Listened to by its log, or with false by a runtime that is still to come. */
export async function node(name: string, creation = 1, options: Partial<MeshOptions> = {}, logged = true): Promise<Node> {
  const identity = { name, creation };
  const mesh = await startMesh({
    self: identity,
    host: '127.0.0.1',
    port: 0,
    cookie: COOKIE,
    tickMs: 60_000,
    maxQueueBytes: 64 * 2 ** 20,
    load: () => 0,
    via: {},
    ...options,
  });
  closing.push(() => mesh.close());
  const log: string[] = [];
  const events: BusEvents = {
    up: (peer) => log.push(`up ${peer.name}.${peer.creation}`),
    down: (peer) => log.push(`down ${peer.name}.${peer.creation}`),
    signal: (from, bytes) => log.push(`${from.name}: ${bytes.toString()}`),
  };
  if (logged) mesh.listen(events);
  return { identity, mesh, log };
}

export function acquaint(...nodes: readonly Node[]): void {
  const members = nodes.map(({ identity, mesh }) => ({ ...identity, host: '127.0.0.1', meshPort: mesh.port }));
  for (const { mesh } of nodes) mesh.setMembers(members);
}

export async function pair(a: Partial<MeshOptions> = {}, b: Partial<MeshOptions> = {}): Promise<readonly [Node, Node]> {
  const nodes = [await node('a', 1, a), await node('b', 1, b)] as const;
  acquaint(...nodes);
  await until(() => nodes.every(({ mesh }) => mesh.connected.length === 1));
  return nodes;
}

/** A relay in front of a port: what passes can be stopped, as by a partition, or cut. */
export async function gate(port: () => number): Promise<{
  port: number;
  halt(): void;
  open(): void;
  cut(): void;
  readonly from: ReadonlySet<string>;
}> {
  const sockets = new Set<Socket>();
  let open = true;
  const addresses = new Set<string>();
  const server: Server = createServer((inside) => {
    addresses.add(inside.remoteAddress ?? 'unknown');
    const outside = connect({ host: '127.0.0.1', port: port() });
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (open) to.write(chunk);
      });
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  closing.push(() => {
    cut();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as { port: number }).port,
    halt: () => {
      open = false;
    },
    open: () => {
      open = true;
    },
    cut,
    from: addresses,
  };
}

export const send = (from: Node, to: string, text: string): boolean => from.mesh.send(to, Buffer.from(text));
