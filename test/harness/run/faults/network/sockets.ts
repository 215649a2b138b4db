/** A listener and its clients for tests of the network: what each end got. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { until } from '../../../../until.ts';

/** One end of a connection, with all that it got. */
export class End {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  ended = false;
  closed = false;
  error: string | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? error.message;
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }
}

export class Listener {
  readonly ends: End[] = [];
  /** What it says to whoever comes. */
  greeting: string | null = null;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(host = '127.0.0.1'): Promise<Listener> {
    const server = createServer({ allowHalfOpen: true });
    const listener = new Listener(server);
    server.on('connection', (socket) => {
      listener.ends.push(new End(socket));
      if (listener.greeting !== null) socket.write(listener.greeting);
    });
    server.listen({ host, port: 0 });
    await once(server, 'listening');
    return listener;
  }

  get target(): { host: string; port: number } {
    const { address, port } = this.#server.address() as { address: string; port: number };
    return { host: address, port };
  }

  async end(index: number): Promise<End> {
    await until(() => this.ends.length > index, `connection ${index}`);
    return this.ends[index] as End;
  }

  async close(): Promise<void> {
    for (const { socket } of this.ends) socket.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }
}

export async function dial(target: { host: string; port: number }): Promise<End> {
  const socket = connect({ host: target.host, port: target.port, allowHalfOpen: true, noDelay: true });
  const end = new End(socket);
  // A reset may come before the news of the connection.
  await until(() => end.closed || !socket.connecting, 'the connection');
  return end;
}

/** Lets everything that is ready happen: several turns of the event loop and a loopback's travel. For showing that nothing comes. */
export async function aWhile(ms = 60): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
