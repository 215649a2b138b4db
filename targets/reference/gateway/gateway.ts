/**
 * The door of a node: accepts sockets, opens WebSockets, checks tokens, and joins connections to users' processes. Bounds:
 * connections, time to sign in, silence, frames a second, bytes unsent; each is counted when hit.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { ErrorCode, SUBPROTOCOL } from '../../protocol/frames.ts';
import { checkToken, type TokenCheck } from '../../protocol/token.ts';
import type { Counters } from '../messaging/counters.ts';
import { addLink, type Directory } from '../messaging/directory.ts';
import { senderKey } from '../messaging/entry.ts';
import type { Limits } from '../messaging/limits.ts';
import type { Pid, Runtime } from '../runtime/index.ts';
import { Connection } from './connection.ts';
import { MAX_REQUEST_BYTES, parseRequest, refusal, type UpgradeRequest } from './handshake.ts';
import type { Door } from './listener.ts';
import { Outbox } from './outbox.ts';

export interface GatewayOptions {
  readonly name: string;
  readonly runtime: Runtime;
  readonly directory: Directory;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly tokenKey: Buffer;
  /** Epochs of connections begin above this. */
  readonly firstEpoch: number;
}

/** A socket that has not finished its request. */
interface Arrival {
  readonly sinceMs: number;
  bytes: Buffer | null;
}

const MAX_FREE_OUTBOXES = 256;
const MAX_FRAGMENTS = 128;
const MAX_BUFFERED_CHUNKS = 1_024;
const CLOSE_TIMEOUT_MS = 2_000;
const SWEEP_MS = { least: 10, most: 500 };
const BACKLOG = 4_096;

export class Gateway implements Door {
  readonly name: string;
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly counters: Counters;
  /** Monotonic milliseconds, as of the last sweep. */
  nowMs = performance.now();
  readonly #directory: Directory;
  readonly #tokenKey: Buffer;
  readonly #connections = new Set<Connection>();
  readonly #arrivals = new Map<Socket, Arrival>();
  readonly #upgrader: WebSocketServer;
  readonly #server: Server;
  readonly #sweeper: NodeJS.Timeout;
  readonly #freeOutboxes: Outbox[] = [];
  readonly #flushLater = (): void => this.flush();
  #dirty: Connection[] = [];
  #epoch: number;
  #draining = false;
  /** Where it listens, once it did; and the process without which it does not. */
  #address = { host: '', port: 0 };
  #owner: Pid | null = null;

  constructor(options: GatewayOptions) {
    this.name = options.name;
    this.runtime = options.runtime;
    this.limits = options.limits;
    this.counters = options.counters;
    this.#directory = options.directory;
    this.#tokenKey = options.tokenKey;
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

  get connections(): number {
    return this.#connections.size + this.#arrivals.size;
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
    for (const socket of this.#arrivals.keys()) socket.destroy();
    for (const connection of this.#connections) connection.pause();
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
    if (this.#dirty.length === 0) return;
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const connection of dirty) connection.flush();
  }

  outboxFor(connection: Connection): Outbox {
    // Slices flush when they end; this is for what the gateway writes by itself.
    if (this.#dirty.length === 0) setImmediate(this.#flushLater);
    this.#dirty.push(connection);
    return this.#freeOutboxes.pop() ?? new Outbox();
  }

  takeBack(outbox: Outbox): void {
    if (this.#freeOutboxes.length < MAX_FREE_OUTBOXES) this.#freeOutboxes.push(outbox);
  }

  authenticate(token: string, proof: Buffer, challenge: Buffer): TokenCheck {
    return checkToken(this.#tokenKey, token, proof, challenge, Date.now());
  }

  signIn(connection: Connection, user: string, device: string, cursor: number): void {
    connection.user = user;
    connection.device = device;
    connection.sender = senderKey(user, device);
    connection.epoch = ++this.#epoch;
    const resident = this.#directory.ensure(user);
    addLink(resident, connection);
    connection.owner = resident.pid;
    this.runtime.send(resident.pid, { type: 'attach', link: connection, cursor });
  }

  /** A connection is about to close: its user's process learns of it now, and nothing it still sends counts. */
  leaving(connection: Connection): void {
    connection.phase = 'closing';
    connection.flush();
    const { owner } = connection;
    connection.owner = null;
    if (owner !== null) this.runtime.send(owner, { type: 'detach', link: connection, bye: connection.bye });
  }

  closed(connection: Connection): void {
    if (connection.phase !== 'closing') this.leaving(connection);
    this.#connections.delete(connection);
  }

  #accept(socket: Socket): void {
    socket.on('error', destroySocket);
    if (this.#draining || this.connections >= this.limits.maxConnections) {
      this.counters.bounds.connections++;
      socket.end(refusal(503, 'too many connections'));
      socket.destroySoon();
      return;
    }
    this.#arrivals.set(socket, { sinceMs: this.nowMs, bytes: null });
    socket.on('data', this.#onRequest);
    socket.on('close', this.#onArrivalClose);
  }

  // One function for all sockets; the socket is the one the event came from.
  readonly #onRequest = this.#requestHandler();
  readonly #onArrivalClose = this.#arrivalCloseHandler();

  #requestHandler(): (this: Socket, chunk: Buffer) => void {
    const gateway = this;
    return function onRequest(this: Socket, chunk: Buffer): void {
      gateway.#read(this, chunk);
    };
  }

  #arrivalCloseHandler(): (this: Socket) => void {
    const gateway = this;
    return function onClose(this: Socket): void {
      gateway.#arrivals.delete(this);
    };
  }

  #read(socket: Socket, chunk: Buffer): void {
    const arrival = this.#arrivals.get(socket);
    if (arrival === undefined) return;
    const bytes = arrival.bytes === null ? chunk : Buffer.concat([arrival.bytes, chunk]);
    const parsed = parseRequest(bytes.length > MAX_REQUEST_BYTES ? bytes.subarray(0, MAX_REQUEST_BYTES) : bytes);
    if (parsed.kind === 'incomplete') {
      arrival.bytes = bytes;
      return;
    }
    this.#arrivals.delete(socket);
    socket.removeListener('data', this.#onRequest);
    socket.removeListener('close', this.#onArrivalClose);
    if (parsed.kind === 'refused') {
      this.counters.closes[ErrorCode.malformed] = (this.counters.closes[ErrorCode.malformed] ?? 0) + 1;
      socket.end(refusal(parsed.status, parsed.reason));
      socket.resume();
      socket.destroySoon();
      return;
    }
    this.#upgrade(parsed.request, socket, bytes.subarray(parsed.headBytes));
  }

  #upgrade(request: UpgradeRequest, socket: Socket, head: Buffer): void {
    this.#upgrader.handleUpgrade(
      request as unknown as Parameters<WebSocketServer['handleUpgrade']>[0],
      socket,
      Buffer.from(head),
      (socketOpened: WebSocket) => {
        const connection = socketOpened as Connection;
        socket.removeListener('error', destroySocket);
        this.#connections.add(connection);
        connection.begin(this, socket);
      },
    );
  }

  #sweep(): void {
    const before = this.nowMs;
    this.nowMs = performance.now();
    const { limits, counters, nowMs } = this;
    const refill = ((nowMs - before) * limits.framesPerSecond) / 1_000;
    for (const [socket, arrival] of this.#arrivals) {
      if (nowMs - arrival.sinceMs <= limits.handshakeMs) continue;
      counters.bounds['handshake-time']++;
      counters.closes[ErrorCode.handshakeTimeout] = (counters.closes[ErrorCode.handshakeTimeout] ?? 0) + 1;
      socket.end(refusal(408, 'no request in time'));
      socket.destroySoon();
      this.#arrivals.delete(socket);
    }
    for (const connection of this.#connections) {
      if (connection.budget < limits.frameBurst) connection.budget = Math.min(limits.frameBurst, connection.budget + refill);
      if (connection.phase === 'closing') continue;
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
    this.flush();
  }
}

function destroySocket(this: Socket): void {
  this.destroy();
}
