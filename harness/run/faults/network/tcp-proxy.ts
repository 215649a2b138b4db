/**
 * A TCP proxy in user space, on a loopback address of its own: faults act on what goes through it, on connections that stand and on
 * new ones alike.
 *
 * A second, private port leads along the same path to a listener of the caller's choice: a probe that comes in there suffers what
 * everything else on this path suffers.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../../../targets/target.ts';
import { resetSocket } from '../../drivers/reset-socket.ts';
import { type Effect, type Imposition, PathConditions } from './path-conditions.ts';
import { type ConnectionHost, type Direction, ProxiedConnection, type Traffic } from './proxied-connection.ts';

/** Each needs two open files. Further connections are refused with a RST, and counted. */
const MAX_CONNECTIONS = 8_192;
const BACKLOG = 4_096;

export interface ProxyOptions {
  /** A loopback address. */
  readonly host: string;
  /** Where the listener is now; null if there is none. Asked at each new connection. */
  readonly target: () => Pick<Endpoint, 'host' | 'port'> | null;
  /** Dial the target from the proxy's own address, so that the kernel can tell this path's packets from others. */
  readonly bindOwnAddress: boolean;
}

export interface ProxyCounts {
  readonly accepted: number;
  /** Of these, the ones that reached the target. */
  readonly opened: number;
  /** Now. */
  readonly open: number;
  /** Refused at the limit. */
  readonly refused: number;
  readonly forth: Readonly<Traffic>;
  readonly back: Readonly<Traffic>;
}

export class TcpProxy {
  readonly forth = new PathConditions();
  readonly back = new PathConditions();
  readonly #options: ProxyOptions;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #sockets = new Set<Socket>();
  readonly #servers: Server[] = [];
  readonly #traffic = { forth: { readBytes: 0, deliveredBytes: 0 }, back: { readBytes: 0, deliveredBytes: 0 } };
  #port = 0;
  #accepted = 0;
  #opened = 0;
  #refused = 0;

  /** Listens on a port that the kernel chooses. @throws RangeError if `host` is not a loopback address. */
  static async listen(options: ProxyOptions): Promise<TcpProxy> {
    if (!options.host.startsWith('127.')) throw new RangeError(`a proxy listens on loopback only, not on ${options.host}`);
    const proxy = new TcpProxy(options);
    proxy.#port = await proxy.#listen({
      target: options.target,
      traffic: proxy.#traffic,
      opened: () => {
        proxy.#opened += 1;
      },
    });
    return proxy;
  }

  private constructor(options: ProxyOptions) {
    this.#options = options;
  }

  get host(): string {
    return this.#options.host;
  }

  get port(): number {
    return this.#port;
  }

  get counts(): ProxyCounts {
    return {
      accepted: this.#accepted,
      opened: this.#opened,
      open: this.#connections.size,
      refused: this.#refused,
      forth: { ...this.#traffic.forth },
      back: { ...this.#traffic.back },
    };
  }

  /** Puts an effect on one direction, until it is lifted. */
  impose(direction: Direction, effect: Effect): Imposition {
    return this[direction].impose(effect);
  }

  /** RST to both sides of every connection; returns how many there were. */
  reset(): number {
    const all = [...this.#connections];
    for (const connection of all) connection.reset();
    return all.length;
  }

  /** One side of every connection vanishes without a word to the other; gives how many there were. */
  vanish(side: 'near' | 'far'): number {
    const all = [...this.#connections];
    for (const connection of all) connection.vanish(side);
    return all.length;
  }

  /** Opens a private port to `target` under the same conditions; gives its port, and what closes it. */
  async openProbePort(target: Pick<Endpoint, 'host' | 'port'>): Promise<{ readonly port: number; close(): void }> {
    const traffic = { forth: { readBytes: 0, deliveredBytes: 0 }, back: { readBytes: 0, deliveredBytes: 0 } };
    const port = await this.#listen({ target: () => target, traffic, opened: () => {} });
    const server = this.#servers.at(-1);
    return { port, close: () => server?.close() };
  }

  /** Ends every connection with a RST and stops listening. */
  async close(): Promise<void> {
    this.reset();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
          }),
      ),
    );
  }

  /** Until it is closed. A socket that is to be reset waits for its last bytes to be taken, by a peer that may be stopped. */
  #holds(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async #listen(through: Pick<ConnectionHost, 'target' | 'traffic' | 'opened'>): Promise<number> {
    const { host, bindOwnAddress } = this.#options;
    const connectionHost: ConnectionHost = {
      forth: this.forth,
      back: this.back,
      localAddress: bindOwnAddress ? host : null,
      closed: (connection) => this.#connections.delete(connection),
      holds: (socket) => this.#holds(socket),
      ...through,
    };
    const server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near, connectionHost));
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port: 0, backlog: BACKLOG }, () => resolve());
    });
    return (server.address() as { port: number }).port;
  }

  #accept(near: Socket, host: ConnectionHost): void {
    this.#holds(near);
    near.on('error', () => {});
    if (this.#connections.size >= MAX_CONNECTIONS) {
      this.#refused += 1;
      resetSocket(near);
      return;
    }
    this.#accepted += 1;
    const connection = new ProxiedConnection(near, host);
    this.#connections.add(connection);
    connection.begin();
  }
}
