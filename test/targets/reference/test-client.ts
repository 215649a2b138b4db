/** A client for tests: the frames of the protocol over `ws`, everything received kept in order, waits with a limit. */
import { WebSocket } from 'ws';
import { type Frame, FrameReader, FrameType, FrameWriter, SUBPROTOCOL } from '../../../targets/protocol/frames.ts';
import { proofOf } from '../../../targets/protocol/token.ts';
import type { Credential, Endpoint } from '../../../targets/target.ts';

type Of<T extends Frame['type']> = Extract<Frame, { type: T }>;

const LIMIT_MS = 30_000;

export class TestClient {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  closeCode: number | null = null;
  closeReason = '';
  readonly #writer = new FrameWriter();
  #wake: (() => void)[] = [];

  constructor(endpoint: Endpoint) {
    this.socket = new WebSocket(`ws://${endpoint.host}:${endpoint.port}${endpoint.path}`, SUBPROTOCOL, {
      perMessageDeflate: false,
    });
    this.socket.on('message', (data: Buffer) => {
      const reader = new FrameReader(Buffer.from(data));
      for (let frame = reader.next(); frame !== null; frame = reader.next()) this.frames.push(frame);
      this.#notify();
    });
    this.socket.on('close', (code, reason) => {
      this.closeCode = code;
      this.closeReason = reason.toString();
      this.#notify();
    });
    this.socket.on('error', () => this.#notify());
  }

  /** Connects and signs in. */
  static async open(endpoint: Endpoint, credential: Credential, cursor = 0, usedId?: number): Promise<TestClient> {
    const client = new TestClient(endpoint);
    await client.hello(credential, cursor, usedId);
    await client.until(() => client.of(FrameType.welcome).length > 0, 'WELCOME');
    return client;
  }

  /** Answers the challenge; as a client of version 1 unless it says which ids it used. */
  async hello(credential: Credential, cursor = 0, usedId?: number): Promise<void> {
    await this.until(() => this.of(FrameType.challenge).length > 0, 'CHALLENGE');
    const { challenge } = this.of(FrameType.challenge)[0] as Of<typeof FrameType.challenge>;
    this.write((writer) => writer.hello(credential.token, proofOf(credential.secret, challenge), cursor, usedId));
  }

  write(fill: (writer: FrameWriter) => unknown): void {
    fill(this.#writer);
    this.socket.send(this.#writer.take());
  }

  send(id: number, to: string, text: string, receipts = false): void {
    this.write((writer) => writer.send(id, receipts, to, Buffer.from(text)));
  }

  of<T extends Frame['type']>(type: T): Of<T>[] {
    return this.frames.filter((frame): frame is Of<T> => frame.type === type);
  }

  get acks(): number[] {
    return this.of(FrameType.ack).map(({ id }) => id);
  }

  /** Refusals, as id and code. */
  get nacks(): (readonly [number, number])[] {
    return this.of(FrameType.nack).map(({ id, code }) => [id, code] as const);
  }

  get texts(): string[] {
    return this.of(FrameType.deliver).map(({ payload }) => payload.toString());
  }

  get lastSeq(): number {
    return this.of(FrameType.deliver).at(-1)?.seq ?? 0;
  }

  /** Resolves once `condition` holds; rejects with what was seen instead. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const give = performance.now() + LIMIT_MS;
    while (!condition()) {
      const leftMs = give - performance.now();
      if (leftMs <= 0 || this.closeCode !== null) {
        const seen = this.frames.slice(-5).map((frame) => JSON.stringify(frame).slice(0, 200));
        const why = this.closeCode === null ? `within ${LIMIT_MS} ms` : `before the close with ${this.closeCode}`;
        throw new Error(`no ${what} ${why}; last frames ${seen.join(' ')}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(leftMs, 50));
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** The close code the server ends the connection with. */
  async closed(): Promise<number> {
    await this.until(() => this.closeCode !== null, 'close');
    return this.closeCode as number;
  }

  /** Leaves politely. */
  async bye(): Promise<void> {
    this.write((writer) => writer.bye());
    await this.closed();
  }

  /** Cuts the connection off. */
  abort(): void {
    this.socket.terminate();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) one();
  }
}
