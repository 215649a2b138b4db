/**
 * Who may stay connected to an HTTP server: nobody can keep others out by holding connections. When all are taken the oldest stranger goes for
 * a newcomer: a stranger is a connection without an authenticated request so far. If there is none, the oldest goes of those on
 * which nothing is being answered; the newcomer is refused only if all are being answered.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimitOptions {
  /** Connections at a time. */
  readonly most: number;
  /** A stranger that stays one for longer is cut off, ms; null: it may stay as long as nobody else needs its connection. */
  readonly strangerMs: number | null;
  /** A connection was cut off for another one, or turned away. */
  readonly crowded: () => void;
}

interface Client {
  isStranger: boolean;
  /** Requests that are being answered. */
  answering: number;
  deadline: NodeJS.Timeout | null;
}

export class ConnectionLimit {
  readonly #options: ConnectionLimitOptions;
  /** Oldest first. */
  readonly #clients = new Map<Socket, Client>();

  constructor(server: Server, options: ConnectionLimitOptions) {
    this.#options = options;
    server.on('connection', (socket: Socket) => this.#came(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => this.#asked(request, response));
  }

  /** What was asked on this connection is something that the server stands by. */
  welcome(socket: Socket): void {
    const client = this.#clients.get(socket);
    if (client === undefined) return;
    client.isStranger = false;
    if (client.deadline !== null) clearTimeout(client.deadline);
  }

  #came(socket: Socket): void {
    const { most, crowded } = this.#options;
    if (this.#clients.size >= most) {
      crowded();
      const victim = this.#leastWanted();
      if (victim === null) {
        socket.destroy();
        return;
      }
      this.#leave(victim);
      victim.destroy();
    }
    this.#clients.set(socket, { isStranger: true, answering: 0, deadline: this.#deadline(socket) });
    socket.once('close', () => this.#leave(socket));
  }

  #asked({ socket }: IncomingMessage, response: ServerResponse): void {
    const client = this.#clients.get(socket);
    if (client === undefined) return;
    client.answering++;
    response.once('close', () => client.answering--);
  }

  #leave(socket: Socket): void {
    const deadline = this.#clients.get(socket)?.deadline ?? null;
    if (deadline !== null) clearTimeout(deadline);
    this.#clients.delete(socket);
  }

  #leastWanted(): Socket | null {
    let idle: Socket | null = null;
    for (const [socket, { isStranger, answering }] of this.#clients) {
      if (isStranger) return socket;
      if (answering === 0) idle ??= socket;
    }
    return idle;
  }

  #deadline(socket: Socket): NodeJS.Timeout | null {
    const { strangerMs } = this.#options;
    if (strangerMs === null) return null;
    // What arrived while this process stood still is read first.
    const expired = (): void => void setImmediate(() => this.#clients.get(socket)?.isStranger === true && socket.destroy());
    return setTimeout(expired, strangerMs).unref();
  }
}
