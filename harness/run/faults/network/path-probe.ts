/**
 * A connection of our own along a proxy's path, to a listener of our own: it is affected like everything else on this path. It takes part
 * in no protocol, disturbs no node, and knows nothing of what was imposed.
 *
 * If it is opened while the path is open, it tests each direction separately; along a path that is already cut it carries nothing either
 * way.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Direction } from './proxied-connection.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** How long to wait for the far end before the path counts as cut. */
const OPEN_WITHIN_MS = 3_000;

/** How fast bytes came through; 0 when none did. */
export interface Transfer {
  /** From the write to the last arrival. */
  readonly bytesPerSecond: number;
  /** Of what came after the first arrival, from there: not slowed by how long the machine took to begin. Infinite: all came at once. */
  readonly spreadBytesPerSecond: number;
}

export class PathProbe {
  readonly #near: Socket;
  readonly #listener: Server;
  readonly #closeProbePort: () => void;
  #far: Socket | null = null;
  readonly #got: Record<Direction, number> = { forth: 0, back: 0 };
  readonly #waiting = new Set<() => void>();

  /** Never rejects because the path is cut. */
  static async open(proxy: TcpProxy): Promise<PathProbe> {
    const listener = createServer();
    listener.listen({ host: '127.0.0.1', port: 0 });
    await once(listener, 'listening');
    const { port } = listener.address() as { port: number };
    const opened = await proxy.openProbePort({ host: '127.0.0.1', port });
    const near = connect({ host: proxy.host, port: opened.port, noDelay: true });
    const probe = new PathProbe(near, listener, opened.close);
    // Along a path that is cut already there is nothing to wait for.
    if (!proxy.forth.held && !proxy.back.held) await probe.#until(() => probe.opened, OPEN_WITHIN_MS);
    return probe;
  }

  private constructor(near: Socket, listener: Server, closeProbePort: () => void) {
    this.#near = near;
    this.#listener = listener;
    this.#closeProbePort = closeProbePort;
    this.#listen(near, 'back');
    listener.once('connection', (far: Socket) => {
      this.#far = far;
      this.#listen(far, 'forth');
      this.#wake();
    });
  }

  /** Whether a connection was established. */
  get opened(): boolean {
    return this.#far !== null;
  }

  /** Sends one byte; gives the milliseconds it took, null when it did not arrive within `limitMs`. */
  async travelMs(direction: Direction, limitMs: number): Promise<number | null> {
    const before = this.#got[direction];
    const began = performance.now();
    // The listener cannot send before it was reached.
    if (direction === 'back') await this.#until(() => this.opened, limitMs);
    const sender = direction === 'forth' ? this.#near : this.#far;
    sender?.write('.');
    const arrived = await this.#until(() => this.#got[direction] > before, limitMs - (performance.now() - began));
    return arrived ? performance.now() - began : null;
  }

  /**
   * Milliseconds there and back; null if either way took longer than `limitMs`. The minimum of `tries`, which is what the path itself
   * takes.
   */
  async roundTripMs(limitMs: number, tries = 5): Promise<number | null> {
    let least: number | null = null;
    for (let i = 0; i < tries; i += 1) {
      const forth = await this.travelMs('forth', limitMs);
      const back = forth === null ? null : await this.travelMs('back', limitMs);
      if (forth === null || back === null) return least;
      least = Math.min(least ?? Number.POSITIVE_INFINITY, forth + back);
    }
    return least;
  }

  /** Sends `bytes` at once and waits for them, at most `limitMs`. */
  async transfer(direction: Direction, bytes: number, limitMs: number): Promise<Transfer> {
    const sender = direction === 'forth' ? this.#near : this.#far;
    const before = this.#got[direction];
    const began = performance.now();
    let first: { readonly bytes: number; readonly ms: number } | null = null;
    const look = (): void => {
      if (this.#got[direction] > before) first ??= { bytes: this.#got[direction] - before, ms: performance.now() };
    };
    this.#waiting.add(look);
    sender?.write(Buffer.alloc(bytes));
    await this.#until(() => this.#got[direction] - before >= bytes, limitMs);
    this.#waiting.delete(look);
    return transferOf(this.#got[direction] - before, began, first, performance.now());
  }

  close(): void {
    this.#near.destroy();
    this.#far?.destroy();
    this.#listener.close();
    this.#closeProbePort();
  }

  #listen(socket: Socket, direction: Direction): void {
    socket.on('data', (chunk: Buffer) => {
      this.#got[direction] += chunk.length;
      this.#wake();
    });
    socket.on('error', () => {});
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Whether the condition came to hold within the limit. */
  async #until(holds: () => boolean, limitMs: number): Promise<boolean> {
    if (holds()) return true;
    let timer: NodeJS.Timeout | undefined;
    let look = (): void => {};
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, limitMs));
      look = () => {
        if (holds()) resolve();
      };
      this.#waiting.add(look);
    });
    clearTimeout(timer);
    this.#waiting.delete(look);
    return holds();
  }
}

function transferOf(bytes: number, began: number, first: { bytes: number; ms: number } | null, now: number): Transfer {
  const rest = bytes - (first?.bytes ?? bytes);
  return {
    bytesPerSecond: (bytes * 1000) / (now - began),
    spreadBytesPerSecond: bytes > 0 && rest === 0 ? Number.POSITIVE_INFINITY : (rest * 1000) / (now - (first?.ms ?? now) || 1),
  };
}
