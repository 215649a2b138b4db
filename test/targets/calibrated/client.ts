/** A small client of the native protocol on `ws`: signs in, keeps every frame it gets with the time, acknowledges when told. */
import { WebSocket } from 'ws';
import { type Frame, FrameReader, FrameType, FrameWriter, SUBPROTOCOL } from '../../../targets/protocol/frames.ts';
import { proofOf } from '../../../targets/protocol/token.ts';
import type { Deployment } from '../../../targets/target.ts';

export interface Received {
  readonly frame: Frame;
  /** Milliseconds of performance.now(). */
  readonly atMs: number;
}

export class Client {
  readonly user: string;
  readonly #socket: WebSocket;
  readonly received: Received[] = [];
  readonly #watchers = new Set<() => void>();
  closeCode: number | null = null;

  /** Resolves when signed in. */
  static async connect(deployment: Deployment, user: string, cursor = 0, usedId?: number): Promise<Client> {
    const client = new Client(deployment, user, cursor, usedId);
    await client.until(() => client.frames(FrameType.welcome).length > 0 || client.closeCode !== null);
    return client;
  }

  private constructor(deployment: Deployment, user: string, cursor: number, usedId: number | undefined) {
    this.user = user;
    const { host, port, path } = (deployment.nodes[0] as Deployment['nodes'][number]).endpoint;
    const { token, secret } = deployment.credential(user, 'd0');
    this.#socket = new WebSocket(`ws://${host}:${port}${path}`, SUBPROTOCOL, { perMessageDeflate: false });
    this.#socket.on('message', (message: Buffer) => {
      const reader = new FrameReader(message);
      for (let frame = reader.next(); frame !== null; frame = reader.next()) {
        if (frame.type === FrameType.challenge) {
          const { challenge } = frame as { challenge: Buffer };
          this.write((writer) => writer.hello(token, proofOf(secret, challenge), cursor, usedId));
        }
        this.received.push({ frame, atMs: performance.now() });
      }
      for (const watcher of this.#watchers) watcher();
    });
    this.#socket.on('close', (code) => {
      this.closeCode = code;
      for (const watcher of this.#watchers) watcher();
    });
    this.#socket.on('error', () => undefined);
  }

  write(fill: (writer: FrameWriter) => FrameWriter): void {
    this.#socket.send(fill(new FrameWriter()).take());
  }

  send(id: number, to: string, text: string, receipts = false): void {
    this.write((writer) => writer.send(id, receipts, to, Buffer.from(text)));
  }

  frames<Type extends Frame['type']>(type: Type): Extract<Frame, { readonly type: Type }>[] {
    return this.received.flatMap(({ frame }) => (frame.type === type ? [frame as Extract<Frame, { readonly type: Type }>] : []));
  }

  /** When the first frame of this type came, in milliseconds of performance.now(). */
  timeOf(type: Frame['type']): number {
    return this.received.find(({ frame }) => frame.type === type)?.atMs ?? Number.NaN;
  }

  get texts(): string[] {
    return this.frames(FrameType.deliver).map(({ payload }) => payload.toString());
  }

  /** Resolves when `condition` holds, which is looked at whenever something arrives; rejects after ten seconds. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const watcher = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve();
      };
      const timer = setTimeout(() => reject(new Error(`${this.user} waited in vain for: ${condition}`)), 10_000);
      this.#watchers.add(watcher);
    });
  }

  /** A PING and its PONG: everything sent before has been handled, and what was due to come of it at once has come. */
  async settle(): Promise<void> {
    const nonce = Math.floor(performance.now() * 1000) % 2 ** 32;
    this.write((writer) => writer.ping(nonce));
    await this.until(() => this.frames(FrameType.pong).some((frame) => frame.nonce === nonce));
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.until(() => this.closeCode !== null);
  }

  abort(): void {
    this.#socket.terminate();
  }
}
