/**
 * The HTTP request that opens a WebSocket, read by hand: a few hundred bytes, one limit, no HTTP server behind it, so that an
 * open connection keeps nothing of it.
 */
import { SUBPROTOCOL } from '../../protocol/frames.ts';

/** The WebSocket request path of a node. */
export const PATH = '/letitcrash';
/** Query of a client that another node sent here. */
const REDIRECTED = 'redirected';
export const MAX_REQUEST_BYTES = 8_192;

/** What `ws` needs to know of the request. */
export interface UpgradeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Upgrade {
  readonly kind: 'upgrade';
  readonly request: UpgradeRequest;
  /** The client says that another node sent it here. */
  readonly redirected: boolean;
  /** Where the WebSocket's own bytes begin. */
  readonly headBytes: number;
}

export type Parsed =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | Upgrade;

const INCOMPLETE: Parsed = { kind: 'incomplete' };
const REQUEST_LINE = /^([A-Z]{1,16}) (\S{1,2048}) HTTP\/1\.1$/;
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;

/** Reads as much of a request as there is. */
export function parseRequest(bytes: Buffer): Parsed {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) {
    if (bytes.length >= MAX_REQUEST_BYTES) return refused(431, `a request of more than ${MAX_REQUEST_BYTES} bytes`);
    const first = bytes[0];
    // Garbage need not be waited for: a request begins with a capital letter.
    return first !== undefined && (first < 0x41 || first > 0x5a) ? refused(400, 'not an HTTP request') : INCOMPLETE;
  }
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const request = REQUEST_LINE.exec(requestLine);
  if (request === null) return refused(400, 'not an HTTP/1.1 request');
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const header = HEADER_LINE.exec(line);
    if (header === null) return refused(400, 'a header that cannot be read');
    const name = (header[1] as string).toLowerCase();
    const value = header[2] as string;
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const [, method = '', url = ''] = request;
  if (method !== 'GET') return refused(405, 'only GET opens a WebSocket');
  const [path, query] = url.split('?', 2);
  if (path !== PATH) return refused(404, `nothing here; the path is ${PATH}`);
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  if (!offered.includes(SUBPROTOCOL)) return refused(400, `the subprotocol is ${SUBPROTOCOL}`);
  return { kind: 'upgrade', request: { method, url, headers }, redirected: query === REDIRECTED, headBytes: end + 4 };
}

/** A whole response that closes the connection. */
export function refusal(status: number, reason: string): string {
  const body = `${reason}\n`;
  return `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nDate: ${new Date().toUTCString()}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function refused(status: number, reason: string): Parsed {
  return { kind: 'refused', status, reason };
}
