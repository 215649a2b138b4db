/**
 * Who may stay connected to an HTTP server: nobody can keep others out by holding places. When all are taken the oldest stranger goes for
 * a newcomer: a connection on which nothing that the server stands by was asked yet. Where there is none, the oldest goes of those on
 * which nothing is being answered; only where all are being answered the newcomer is turned away.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface PlacesOptions {
  /** Connections at a time. */
  readonly most: number;
  /** A stranger that stays one for longer is cut off, ms; null: it may stay as long as nobody needs its place. */
  readonly strangerMs: number | null;
  /** A connection was cut off for another one, or turned away. */
  readonly crowded: () => void;
}

interface Guest {
  isStranger: boolean;
  /** Requests that are being answered. */
  answering: number;
  deadline: NodeJS.Timeout | null;
}

export class Places {
  readonly #options: PlacesOptions;
  /** In order of arrival. */
  readonly #guests = new Map<Socket, Guest>();

  constructor(server: Server, options: PlacesOptions) {
    this.#options = options;
    server.on('connection', (socket: Socket) => this.#came(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => this.#asked(request, response));
  }

  /** What was asked on this connection is something that the server stands by. */
  welcome(socket: Socket): void {
    const guest = this.#guests.get(socket);
    if (guest === undefined) return;
    guest.isStranger = false;
    if (guest.deadline !== null) clearTimeout(guest.deadline);
  }

  #came(socket: Socket): void {
    const { most, crowded } = this.#options;
    if (this.#guests.size >= most) {
      crowded();
      const victim = this.#leastWanted();
      if (victim === null) {
        socket.destroy();
        return;
      }
      this.#leave(victim);
      victim.destroy();
    }
    this.#guests.set(socket, { isStranger: true, answering: 0, deadline: this.#deadline(socket) });
    socket.once('close', () => this.#leave(socket));
  }

  #asked({ socket }: IncomingMessage, response: ServerResponse): void {
    const guest = this.#guests.get(socket);
    if (guest === undefined) return;
    guest.answering++;
    response.once('close', () => guest.answering--);
  }

  #leave(socket: Socket): void {
    const deadline = this.#guests.get(socket)?.deadline ?? null;
    if (deadline !== null) clearTimeout(deadline);
    this.#guests.delete(socket);
  }

  #leastWanted(): Socket | null {
    let idle: Socket | null = null;
    for (const [socket, { isStranger, answering }] of this.#guests) {
      if (isStranger) return socket;
      if (answering === 0) idle ??= socket;
    }
    return idle;
  }

  #deadline(socket: Socket): NodeJS.Timeout | null {
    const { strangerMs } = this.#options;
    if (strangerMs === null) return null;
    // What arrived while this process stood still is read first.
    const expired = (): void => void setImmediate(() => this.#guests.get(socket)?.isStranger === true && socket.destroy());
    return setTimeout(expired, strangerMs).unref();
  }
}
