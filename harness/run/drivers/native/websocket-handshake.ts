/** The opening handshake of a WebSocket client (RFC 6455, section 4.1): its request, and what it accepts as an answer. */
import { hash, randomFillSync } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const MAX_ANSWER_BYTES = 8192;
const KEY_BYTES = 16;
const keyBytes = Buffer.alloc(KEY_BYTES);

export interface Upgrade {
  readonly request: string;
  /** The only Sec-WebSocket-Accept that belongs to this request. */
  readonly accept: string;
}

/** A fresh request for `path` at `authority` (host:port), asking for `subprotocol` and no extension. */
export function upgradeRequest(authority: string, path: string, subprotocol: string): Upgrade {
  const key = randomFillSync(keyBytes).toString('base64');
  return {
    request:
      `GET ${path} HTTP/1.1\r\nHost: ${authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`,
    accept: hash('sha1', key + GUID, 'base64'),
  };
}

export type UpgradeAnswer =
  /** More bytes are needed. */
  | { readonly kind: 'partial' }
  /** `headBytes` of the answer were HTTP; what follows is WebSocket. */
  | { readonly kind: 'upgraded'; readonly headBytes: number }
  /** `status` is 0 when the answer was not HTTP, or an upgrade that breaks the rules. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

/** Judges the server's answer so far. */
export function readUpgradeAnswer(bytes: Buffer, accept: string, subprotocol: string): UpgradeAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) {
    return bytes.length > MAX_ANSWER_BYTES
      ? { kind: 'refused', status: 0, reason: `an answer of more than ${MAX_ANSWER_BYTES} bytes to the upgrade request` }
      : { kind: 'partial' };
  }
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(statusLine);
  if (status === null) return { kind: 'refused', status: 0, reason: 'the answer to the upgrade request is not HTTP/1.1' };
  if (status[1] !== '101') {
    return { kind: 'refused', status: Number(status[1]), reason: `the server answered the upgrade request with ${status[1]}` };
  }
  const fault = headerFault(lines, accept, subprotocol);
  return fault === null ? { kind: 'upgraded', headBytes: end + 4 } : { kind: 'refused', status: 0, reason: fault };
}

function headerFault(lines: readonly string[], accept: string, subprotocol: string): string | null {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return 'the server upgrades to something other than websocket';
  if (!/(^|,)\s*upgrade\s*(,|$)/i.test(headers.get('connection') ?? '')) return 'the answer lacks Connection: Upgrade';
  if (headers.get('sec-websocket-accept') !== accept) return 'Sec-WebSocket-Accept does not match our key';
  if (headers.has('sec-websocket-extensions')) return 'the server chose an extension that was not offered';
  if (headers.get('sec-websocket-protocol') !== subprotocol) return `the server does not speak ${subprotocol}`;
  return null;
}
