/**
 * The entry of a node: accepts sockets, opens WebSockets, checks tokens, asks where a client is served, and joins connections to
 * users' processes. Bounds: connections, time to sign in, silence, frames a second, bytes unsent, time without reading; each is
 * counted when hit.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { ErrorCode, SUBPROTOCOL } from '../../protocol/frames.ts';
import { checkToken, type Presented, type TokenCheck } from '../../protocol/token.ts';
import type { Counters } from '../messaging/counters.ts';
import { addConnection, type Directory, type Resident } from '../messaging/directory.ts';
import { senderKey } from '../messaging/entry.ts';
import type { HeldBytes } from '../messaging/held-bytes.ts';
import { KeyedBuckets } from '../messaging/keyed-buckets.ts';
import type { Limits } from '../messaging/limits.ts';
import { seqBase } from '../messaging/seq-base.ts';
import { type Pid, type Runtime, RuntimeError } from '../runtime/index.ts';
import { Connection } from './connection.ts';
import type { ConnectionHost } from './connection-host.ts';
import { FlushQueue } from './flush-queue.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { refusal, type Upgrade } from './handshake.ts';
import type { ListeningSocket } from './listener.ts';
import { nextMovable } from './movable.ts';
import { type HandshakeHost, PendingHandshakes } from './pending-handshakes.ts';
import type { Placement } from './placement.ts';

export const MAX_FRAGMENTS = 128;
const MAX_BUFFERED_CHUNKS = 1_024;
const CLOSE_TIMEOUT_MS = 2_000;
/**
 * Longest time without reading. After it the mesh's own queues bound what is waiting; longer, and clients would take the node for dead.
 */
const MAX_PAUSE_MS = 2_000;
const SWEEP_MS = { least: 10, most: 500 };
const BACKLOG = 4_096;

export class Gateway implements ListeningSocket, HandshakeHost, ConnectionHost<Connection> {
  readonly name: string;
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly counters: Counters;
  /** Monotonic milliseconds, as of the last sweep. */
  nowMs = performance.now();
  readonly flushQueue: FlushQueue;
  readonly #directory: Directory;
  readonly #tokenKey: Buffer;
  readonly #signIns: KeyedBuckets;
  /** What devices have left of their frames after connections that are gone. */
  readonly #frames: KeyedBuckets;
  readonly #connections = new Set<Connection>();
  /** Those that have not signed in, by when they were challenged. */
  readonly #strangers = new Set<Connection>();
  readonly #handshakes = new PendingHandshakes(this);
  readonly #placement: Placement | null;
  readonly #opened: GatewayOptions['opened'];
  readonly #upgrader: WebSocketServer;
  readonly #server: Server;
  readonly #sweeper: NodeJS.Timeout;
  #epoch: number;
  #draining = false;
  #pausedSinceMs: number | null = null;
  /** Where it listens, once it did; and the process without which it does not. */
  #address = { host: '', port: 0 };
  #owner: Pid | null = null;

  constructor(options: GatewayOptions) {
    this.name = options.name;
    this.runtime = options.runtime;
    this.limits = options.limits;
    this.counters = options.counters;
    this.#directory = options.directory;
    this.#signIns = new KeyedBuckets(options.limits.signInsPerSecond, options.limits.signInBurst);
    this.#frames = new KeyedBuckets(options.limits.framesPerSecond, options.limits.frameBurst);
    this.#tokenKey = options.tokenKey;
    this.#placement = options.placement;
    this.#opened = options.opened;
    this.flushQueue = new FlushQueue(options.mayDeliver);
    this.#epoch = options.firstEpoch;
    this.#upgrader = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.limits.maxMessageBytes,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_BUFFERED_CHUNKS,
      closeTimeout: CLOSE_TIMEOUT_MS,
      skipUTF8Validation: true,
      // Pings are answered by Connection, which counts them.
      autoPong: false,
      WebSocket: Connection,
      handleProtocols: () => SUBPROTOCOL,
    } as unknown as ServerOptions);
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    const { handshakeMs, idleMs } = options.limits;
    const every = Math.max(SWEEP_MS.least, Math.min(SWEEP_MS.most, Math.floor(Math.min(handshakeMs, idleMs) / 4)));
    this.#sweeper = setInterval(() => this.#sweep(), every);
  }

  /** Whether clients are read at all. */
  get reads(): boolean {
    return !this.#draining && this.#pausedSinceMs === null;
  }

  /** The node's count of bytes in memory. */
  get held(): HeldBytes {
    return this.#directory.held;
  }

  get connections(): number {
    return this.#connections.size + this.#handshakes.size;
  }

  /** Resolves to the port once the node accepts connections. Rejects when the address is taken. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: BACKLOG }, () => {
        this.#server.removeListener('error', reject);
        const address = this.#server.address();
        this.#address = { host, port: typeof address === 'object' && address !== null ? address.port : port };
        resolve(this.#address.port);
      });
    });
  }

  own(owner: Pid): void {
    this.#owner = owner;
    this.runtime.monitor(owner, () => {
      // A successor may have taken over by now; then the socket never closed.
      if (this.#owner === owner) this.#server.close();
    });
    if (this.#server.listening || this.#draining) return;
    this.listen(this.#address.host, this.#address.port).then(
      () => this.runtime.send(owner, { type: 'listening' }),
      (error: Error) => this.runtime.send(owner, { type: 'listen-failed', reason: error.message }),
    );
  }

  /** Takes no new connection and no new message; what is under way goes on. */
  stopAccepting(): void {
    this.#draining = true;
    this.#server.close();
    this.#handshakes.destroy();
    for (const connection of this.#connections) connection.pause();
  }

  /**
   * While on, nothing is read from any client, one that just connects included, and silence counts against nobody: the mesh is
   * congested. Reading goes on after two seconds at the latest.
   */
  pauseReading(on: boolean): void {
    if (on === (this.#pausedSinceMs !== null) || (on && this.#draining)) return;
    if (on) {
      this.counters.bounds['mesh-congestion']++;
      this.#pausedSinceMs = this.nowMs;
      this.#handshakes.pause();
      for (const connection of this.#connections) connection.pause();
      return;
    }
    const pausedMs = this.nowMs - (this.#pausedSinceMs as number);
    this.#pausedSinceMs = null;
    this.#handshakes.resume(pausedMs);
    for (const connection of this.#connections) {
      connection.openedMs += pausedMs;
      connection.heardMs += pausedMs;
      // A node that drains takes no more messages.
      if (!this.#draining && !connection.isHeldUp) connection.resume();
    }
  }

  /** Asks the users' processes of up to `count` clients to send them to another node, `host:port`, if they are idle. */
  moveSome(count: number, address: string): void {
    if (this.#draining || this.#pausedSinceMs !== null) return;
    for (const { owner } of nextMovable(this.#connections, count, this.nowMs)) {
      if (owner !== null) this.runtime.send(owner, { type: 'move', address });
    }
  }

  /** Tells every client that the node goes down, and closes. */
  dismiss(): void {
    for (const connection of [...this.#connections]) {
      connection.resume();
      connection.close(ErrorCode.draining, 'the node is shutting down');
    }
  }

  /** Drops what is still open, and the timers. */
  destroy(): void {
    clearInterval(this.#sweeper);
    this.#server.close();
    for (const connection of this.#connections) connection.terminate();
  }

  /** Everything written in this turn leaves now. */
  flush(): void {
    this.flushQueue.flush();
  }

  authenticate(presented: Presented): TokenCheck {
    return checkToken(this.#tokenKey, presented, Date.now());
  }

  signIn(connection: Connection, user: string, device: string, cursor: number): void {
    connection.user = user;
    connection.device = device;
    connection.sender = senderKey(user, device);
    connection.phase = 'placing';
    if (!this.#signIns.take(user, this.nowMs)) {
      this.counters.bounds['sign-in-rate']++;
      connection.close(ErrorCode.rateLimited, `more than ${this.limits.signInsPerSecond} sign-ins a second`);
      return;
    }
    this.#strangers.delete(connection);
    if (this.#placement === null) {
      this.#attach(connection, cursor);
      return;
    }
    this.#placement.admit(user, device, connection.redirected, (verdict) => {
      // Gone meanwhile.
      if (connection.phase !== 'placing') return;
      if (verdict.kind === 'here') this.#attach(connection, cursor);
      else connection.close(ErrorCode.moved, `${verdict.host}:${verdict.port}`);
    });
  }

  #attach(connection: Connection, cursor: number): void {
    connection.phase = 'attaching';
    // Also above what other nodes gave out by now.
    this.#epoch = Math.max(this.#epoch + 1, seqBase(Date.now()));
    connection.epoch = this.#epoch;
    const resident = this.#residentOf(connection.user);
    if (resident === null) {
      connection.close(ErrorCode.restarting, "users' processes cannot be started at the moment");
      return;
    }
    addConnection(resident, connection);
    connection.owner = resident.pid;
    this.runtime.send(resident.pid, { type: 'attach', connection, cursor });
  }

  /** Null for the moment in which there is no supervisor to start the user's process under. */
  #residentOf(user: string): Resident | null {
    try {
      return this.#directory.ensure(user);
    } catch (error) {
      if (error instanceof RuntimeError && error.code === 'noproc') return null;
      throw error;
    }
  }

  /** A device was let in, and its earlier connection, if there was one, has left: what it spent of its frames there is spent. */
  entered(connection: Connection): void {
    connection.budget = Math.min(connection.budget, this.#frames.level(connection.sender, this.nowMs));
  }

  /** A connection is about to close: its user's process learns of it now, and nothing it still sends counts. */
  leaving(connection: Connection): void {
    if (connection.phase === 'open') this.#frames.cap(connection.sender, connection.budget, this.nowMs);
    connection.phase = 'closing';
    this.#strangers.delete(connection);
    const { batch } = connection;
    if (batch?.delivers === true && !this.flushQueue.mayDeliver()) batch.dropDeliveries();
    connection.flush();
    connection.taken(connection.unreadBytes);
    const { owner } = connection;
    connection.owner = null;
    if (owner !== null) this.runtime.send(owner, { type: 'detach', connection, bye: connection.bye });
  }

  closed(connection: Connection): void {
    if (connection.phase !== 'closing') this.leaving(connection);
    this.#connections.delete(connection);
    this.held.unsent -= connection.unsentBytes;
    connection.unsentBytes = 0;
  }

  #accept(socket: Socket): void {
    socket.on('error', destroySocket);
    const isFull = this.connections >= this.limits.maxConnections;
    if (isFull) this.counters.bounds.connections++;
    // Nobody who has not signed in keeps out who might: the oldest of them goes.
    if (this.#draining || (isFull && !this.#handshakes.dropOldest() && !this.#dropOldestStranger())) {
      socket.end(refusal(503, 'too many connections'));
      socket.destroySoon();
      return;
    }
    if (this.#pausedSinceMs !== null) socket.pause();
    this.#handshakes.add(socket);
  }

  upgrade({ request, redirected }: Upgrade, socket: Socket, head: Buffer): void {
    this.#upgrader.handleUpgrade(
      request as unknown as Parameters<WebSocketServer['handleUpgrade']>[0],
      socket,
      head,
      (socketOpened: WebSocket) => {
        const connection = socketOpened as Connection;
        socket.removeListener('error', destroySocket);
        this.#connections.add(connection);
        this.#strangers.add(connection);
        this.#opened?.(connection);
        connection.begin(this, socket, redirected);
      },
    );
  }

  /** Closes the connection that was challenged longest ago and has not signed in; false if there is no such connection. */
  #dropOldestStranger(): boolean {
    const [oldest] = this.#strangers;
    if (oldest === undefined) return false;
    oldest.close(ErrorCode.overloaded, 'others want to connect, and this connection did not sign in');
    oldest.terminate();
    this.closed(oldest);
    return true;
  }

  #sweep(): void {
    const before = this.nowMs;
    this.nowMs = performance.now();
    const { limits, counters, nowMs } = this;
    const refill = ((nowMs - before) * limits.framesPerSecond) / 1_000;
    if (this.#pausedSinceMs !== null && nowMs - this.#pausedSinceMs >= MAX_PAUSE_MS) this.pauseReading(false);
    const paused = this.#pausedSinceMs !== null;
    if (!paused) this.#handshakes.sweep();
    for (const connection of this.#connections) {
      if (connection.unsentBytes > 0) connection.measure();
      if (connection.budget < limits.frameBurst) connection.budget = Math.min(limits.frameBurst, connection.budget + refill);
      if (paused || connection.phase === 'closing') continue;
      if (connection.phase !== 'open') {
        if (nowMs - connection.openedMs <= limits.handshakeMs) continue;
        counters.bounds['handshake-time']++;
        connection.close(ErrorCode.handshakeTimeout, `not signed in within ${limits.handshakeMs} ms`);
        continue;
      }
      const silentMs = nowMs - connection.heardMs;
      if (silentMs > limits.idleMs) {
        counters.bounds['idle-time']++;
        connection.close(ErrorCode.idle, `nothing heard for ${limits.idleMs} ms`);
      } else if (silentMs > limits.idleMs / 2 && !connection.pinged) {
        connection.pinged = true;
        connection.ping();
      }
    }
    this.flushQueue.flush();
  }
}

function destroySocket(this: Socket): void {
  this.destroy();
}
