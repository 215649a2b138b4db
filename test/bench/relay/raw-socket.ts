/** WebSockets from the client's side without a library, so that the load costs little: one buffer out, slices in. */
import { connect, type Socket } from 'node:net';
import { SUBPROTOCOL } from '../../../targets/protocol/frames.ts';

export const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const REQUEST_KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** A masked binary WebSocket message, below 64 KiB. */
export function masked(body: Buffer): Buffer {
  const header = body.length < 126 ? 6 : 8;
  const message = Buffer.allocUnsafe(header + body.length);
  message[0] = 0x82;
  if (header === 6) message[1] = 0x80 | body.length;
  else {
    message[1] = 0x80 | 126;
    message.writeUInt16BE(body.length, 2);
  }
  MASK.copy(message, header - 4);
  for (let i = 0; i < body.length; i++) message[header + i] = (body[i] as number) ^ (MASK[i & 3] as number);
  return message;
}

export interface RawSocketEvents {
  opened(): void;
  /** The body of a message; valid during the call. */
  message(bytes: Buffer, start: number, end: number): void;
  ended(): void;
}

/** Opens a WebSocket. What is to be sent in one turn goes out in one write, by `flush`. */
export class RawSocket {
  readonly socket: Socket;
  readonly #events: RawSocketEvents;
  #rest: Buffer | null = null;
  #open = false;

  constructor(host: string, port: number, path: string, events: RawSocketEvents) {
    this.#events = events;
    this.socket = connect({ host, port, noDelay: true });
    this.socket.on('connect', () => {
      this.socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${REQUEST_KEY}\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
      );
    });
    this.socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => events.ended());
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    if (!this.#open) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#rest = bytes;
        return;
      }
      this.#open = true;
      bytes = bytes.subarray(end + 4);
      this.#events.opened();
    }
    let at = 0;
    while (bytes.length - at >= 2) {
      let length = (bytes[at + 1] as number) & 0x7f;
      let body = at + 2;
      if (length === 126) {
        if (bytes.length - at < 4) break;
        length = bytes.readUInt16BE(at + 2);
        body = at + 4;
      } else if (length === 127) {
        if (bytes.length - at < 10) break;
        length = bytes.readUInt32BE(at + 6);
        body = at + 10;
      }
      if (bytes.length < body + length) break;
      if (((bytes[at] as number) & 0x0f) === 2 || ((bytes[at] as number) & 0x0f) === 1)
        this.#events.message(bytes, body, body + length);
      at = body + length;
    }
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at));
  }
}
