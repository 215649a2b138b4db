/**
 * A native-protocol server in a hundred lines, on `ws` and in memory, for testing the load generator without a target: it keeps
 * mailboxes, repeats what was not acknowledged, drops repeats, and can be told to misbehave.
 */
import { randomBytes } from 'node:crypto';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  CHALLENGE_BYTES,
  CLOSE_CODE_BASE,
  type ClientFrame,
  ErrorCode,
  FrameReader,
  FrameType,
  FrameWriter,
  ReceiptKind,
  SUBPROTOCOL,
} from '../../../../targets/protocol/frames.ts';
import { checkToken, issueToken } from '../../../../targets/protocol/token.ts';
import type { Credential, Endpoint } from '../../../../targets/target.ts';

const TERMS = { highestId: 0, maxMessageBytes: 1_048_576, maxUnanswered: 100_000, idleMs: 120_000 };

interface Stored {
  readonly seq: number;
  readonly id: number;
  readonly from: string;
  readonly payload: Buffer;
  readonly receipts: boolean;
}

interface Mailbox {
  nextSeq: number;
  unacknowledged: Stored[];
  readonly highestId: Map<string, number>;
  readonly read: Map<number, Stored>;
  client: Client | null;
}

interface Client {
  readonly socket: WebSocket;
  readonly challenge: Buffer;
  user: string | null;
}

export class TinyServer {
  readonly #key: Buffer;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #writer = new FrameWriter();
  #server: WebSocketServer | null = null;
  #port = 0;
  /** Ids are not acknowledged while this is set; what would have been is forgotten, as by a crash before the write. */
  mute = false;
  /** Deliveries to connected receivers leave so much later than the acknowledgement to the sender. */
  deliverLateMs = 0;
  /** Called with every frame before it is served; true: the frame is dropped. */
  intercept: (user: string | null, frame: ClientFrame) => boolean = () => false;
  /** Hellos accepted so far. */
  signedIn = 0;
  byes = 0;
  /** Where everybody is sent who says HELLO. */
  moved: string | null = null;

  /** Servers with the same key take each other's users. */
  constructor(key: Buffer = randomBytes(32)) {
    this.#key = key;
  }

  async listen(port = 0): Promise<void> {
    const server = new WebSocketServer({ host: '127.0.0.1', port, handleProtocols: () => SUBPROTOCOL, backlog: 4096 });
    this.#server = server;
    await new Promise((resolve) => server.once('listening', resolve));
    this.#port = (server.address() as { port: number }).port;
    server.on('connection', (socket) => this.#accept(socket));
  }

  get endpoint(): Endpoint {
    return { host: '127.0.0.1', port: this.#port, path: '/' };
  }

  get connected(): number {
    return this.#server?.clients.size ?? 0;
  }

  readonly credential = (user: string, device: string): Credential => {
    const claims = { user, device, expiresAt: Math.floor(Date.now() / 1000) + 3600, tokenId: randomBytes(6).toString('hex') };
    return { user, device, ...issueToken(this.#key, claims) };
  };

  /** Drops every connection without a word, as a crash would, and refuses new ones. Mailboxes survive. */
  async crash(): Promise<void> {
    for (const socket of this.#server?.clients ?? []) socket.terminate();
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(null));
    this.#server = null;
  }

  async restart(): Promise<void> {
    await this.listen(this.#port);
  }

  /** Closes this user's connection with an ERROR. */
  throwOut(user: string, code: number, reason: string): void {
    const socket = this.#mailboxes.get(user)?.client?.socket;
    socket?.send(this.#writer.error(code, reason).take());
    socket?.close(CLOSE_CODE_BASE + code, reason);
  }

  async close(): Promise<void> {
    if (this.#server !== null) await this.crash();
  }

  #accept(socket: WebSocket): void {
    const client: Client = { socket, challenge: randomBytes(CHALLENGE_BYTES), user: null };
    socket.on('message', (data: Buffer) => {
      const reader = new FrameReader(data);
      for (let frame = reader.next(); frame !== null; frame = reader.next()) {
        if (!this.intercept(client.user, frame as ClientFrame)) this.#serve(client, frame as ClientFrame);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      const mailbox = client.user === null ? undefined : this.#mailboxes.get(client.user);
      if (mailbox?.client === client) mailbox.client = null;
    });
    socket.send(this.#writer.challenge(client.challenge).take());
  }

  #serve(client: Client, frame: ClientFrame): void {
    switch (frame.type) {
      case FrameType.hello: {
        const check = checkToken(this.#key, { ...frame, challenge: client.challenge }, Date.now());
        if (!check.ok) throw new Error(check.reason);
        if (this.moved !== null) {
          client.socket.send(this.#writer.error(ErrorCode.moved, this.moved).take());
          client.socket.close(CLOSE_CODE_BASE + ErrorCode.moved, this.moved);
          return;
        }
        client.user = check.claims.user;
        this.signedIn++;
        const mailbox = this.#mailbox(client.user);
        mailbox.client = client;
        mailbox.unacknowledged = mailbox.unacknowledged.filter((stored) => stored.seq > frame.cursor);
        this.#writer.welcome({
          epoch: 1,
          cursor: frame.cursor,
          maxFrameBytes: 65_536,
          window: 1000,
          node: 'tiny',
          ...(frame.usedId === undefined ? null : { terms: TERMS }),
        });
        for (const stored of mailbox.unacknowledged) this.#deliver(stored);
        client.socket.send(this.#writer.take());
        return;
      }
      case FrameType.send:
        this.#store(client, frame);
        return;
      case FrameType.delivered: {
        const mailbox = this.#mailbox(client.user as string);
        for (const stored of mailbox.unacknowledged.filter((one) => one.seq <= frame.seq)) {
          mailbox.read.set(stored.seq, stored);
          this.#receipt(stored, ReceiptKind.delivered, client.user as string);
        }
        mailbox.unacknowledged = mailbox.unacknowledged.filter((stored) => stored.seq > frame.seq);
        return;
      }
      case FrameType.read: {
        const stored = this.#mailbox(client.user as string).read.get(frame.seq);
        if (stored === undefined) throw new Error(`READ before DELIVERED for seq ${frame.seq}`);
        this.#receipt(stored, ReceiptKind.read, client.user as string);
        return;
      }
      case FrameType.bye:
        this.byes++;
        return;
      case FrameType.ping:
        client.socket.send(this.#writer.pong(frame.nonce).take());
        return;
      default:
    }
  }

  #store(client: Client, frame: Extract<ClientFrame, { type: typeof FrameType.send }>): void {
    if (this.mute) return;
    const from = client.user as string;
    const mailbox = this.#mailbox(frame.to);
    if (frame.id > (mailbox.highestId.get(from) ?? 0)) {
      mailbox.highestId.set(from, frame.id);
      const stored = {
        seq: mailbox.nextSeq++,
        id: frame.id,
        from,
        payload: Buffer.from(frame.payload),
        receipts: frame.receipts,
      };
      mailbox.unacknowledged.push(stored);
      const deliver = (): void => {
        if (mailbox.client === null) return;
        this.#deliver(stored);
        mailbox.client.socket.send(this.#writer.take());
      };
      if (this.deliverLateMs > 0) setTimeout(deliver, this.deliverLateMs);
      else deliver();
    }
    client.socket.send(this.#writer.ack(frame.id).take());
  }

  #deliver(stored: Stored): void {
    this.#writer.deliver({ ...stored, sentAtMs: Date.now(), again: false });
  }

  #receipt(stored: Stored, kind: ReceiptKind, by: string): void {
    const socket = stored.receipts ? this.#mailbox(stored.from).client?.socket : undefined;
    socket?.send(this.#writer.receipt(kind, stored.id, by).take());
  }

  #mailbox(user: string): Mailbox {
    let mailbox = this.#mailboxes.get(user);
    if (mailbox === undefined) {
      mailbox = { nextSeq: 1, unacknowledged: [], highestId: new Map(), read: new Map(), client: null };
      this.#mailboxes.set(user, mailbox);
    }
    return mailbox;
  }
}
