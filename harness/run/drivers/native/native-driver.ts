/**
 * The driver of the native protocol (targets/protocol) over raw TCP sockets with our own WebSocket framing, for scale: one read
 * buffer, one frame writer and one timer serve every connection of the process.
 */
import { FrameWriter } from '../../../../targets/protocol/frames.ts';
import type { ConnectOptions, Driver, Session, SessionEvents } from '../../../contracts/driver.ts';
import { Tending } from '../tending.ts';
import { NativeSession, type SessionHost, SessionSocket, SocketListener } from './native-session.ts';

const READ_BUFFER_BYTES = 65_536;
const SWEEP_MS = 250;

function onRead(this: SessionSocket, length: number, chunk: Uint8Array): boolean {
  this.session?.received(chunk as Buffer, length);
  return true;
}

export class NativeDriver implements Driver, SessionHost {
  readonly name = 'native';
  readonly devices = true;
  readonly presence = true;
  /** Every read uses this buffer and is processed within its callback, so an idle connection owns no buffer. */
  readonly #socketOptions = { noDelay: true, onread: { buffer: Buffer.alloc(READ_BUFFER_BYTES), callback: onRead } };
  readonly #writer = new FrameWriter();
  #owner: NativeSession | null = null;
  #dirty: NativeSession[] = [];
  #flushing: NativeSession[] = [];
  #scheduled = false;
  /** Sessions with a deadline, in monotonic milliseconds. */
  readonly #deadlines = new Map<NativeSession, number>();
  readonly #open = new Tending<NativeSession>();
  #sweep: NodeJS.Timeout | null = null;
  readonly #flushLater = (): void => this.#flush();

  connect(options: ConnectOptions, events: SessionEvents): Session {
    const socket = new SessionSocket(this.#socketOptions);
    const session = new NativeSession(this, socket, options, events);
    socket.session = session;
    socket.on('connect', SocketListener.connect);
    socket.on('error', SocketListener.error);
    socket.on('close', SocketListener.close);
    const { host, port } = options.endpoint;
    if (options.localAddress === null) socket.connect({ host, port });
    else socket.connect({ host, port, localAddress: options.localAddress });
    return session;
  }

  writerFor(session: NativeSession): FrameWriter {
    if (this.#owner !== session) {
      this.#owner?.park(this.#writer);
      this.#owner = session;
    }
    return this.#writer;
  }

  release(session: NativeSession): void {
    if (this.#owner === session) this.#owner = null;
  }

  markDirty(session: NativeSession): void {
    this.#dirty.push(session);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flushLater);
  }

  get tendedMs(): number {
    return this.#open.tendedMs;
  }

  tend(nowMs: number): void {
    this.#open.tend(nowMs);
  }

  expect(session: NativeSession, withinMs: number): void {
    this.#deadlines.set(session, performance.now() + withinMs);
    this.#startSweeping();
  }

  settled(session: NativeSession): void {
    this.#deadlines.delete(session);
  }

  opened(session: NativeSession): void {
    this.#open.add(session);
  }

  closed(session: NativeSession): void {
    this.#open.delete(session);
    if (this.#owner !== session) return;
    // Frames of a session that is gone: nobody should get them.
    this.#writer.take();
    this.#owner = null;
  }

  /**
   * Runs after the sockets of this turn were read: what was sent at the tick and what is acknowledged are written together, in half the
   * number of writes, which are most of the generator's cost of a message.
   */
  #flush(): void {
    this.#scheduled = false;
    const sessions = this.#dirty;
    this.#dirty = this.#flushing;
    this.#flushing = sessions;
    for (const session of sessions) session.flush();
    sessions.length = 0;
  }

  /** One timer for all deadlines; it runs while there are any and never keeps a process alive by itself. */
  #startSweeping(): void {
    if (this.#sweep !== null) return;
    this.#sweep = setInterval(() => {
      this.#timeOut();
      if (this.#deadlines.size > 0 || this.#sweep === null) return;
      clearInterval(this.#sweep);
      this.#sweep = null;
    }, SWEEP_MS);
    this.#sweep.unref();
  }

  #timeOut(): void {
    const now = performance.now();
    for (const [session, deadline] of this.#deadlines) {
      if (deadline > now) continue;
      this.#deadlines.delete(session);
      session.timedOut();
    }
  }
}
