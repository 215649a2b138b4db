/**
 * The web server of the live page. It listens on loopback only, answers only requests that used its own name (a foreign page would read it
 * by rebinding its own host name to this address), and holds no more than its limits allow.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionLimit } from '../../../../targets/protocol/connection-limit.ts';
import { readRequestTarget } from '../../../../targets/protocol/request-target.ts';
import { WatchError } from '../watch-error.ts';
import type { NewsStreams } from './news-streams.ts';

export interface ServedFile {
  readonly type: string;
  readonly body: string;
}

export interface LiveServer {
  readonly url: string;
  /** Resolves when every connection is closed: by itself, or after a moment. */
  close(): Promise<void>;
}

export const NEWS_PATH = '/news';
const HOST = '127.0.0.1';
const OWN_NAMES: readonly string[] = [HOST, 'localhost'];
const MAX_CONNECTIONS = 64;
const MAX_HEADER_BYTES = 8_192;
const IDLE_MS = 5_000;
/** Time for requests in flight when the run is over. */
const LAST_MOMENT_MS = 1_000;

/** Only what this server has itself; no other page may put it into a frame. Charts position their parts by script. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/** @throws WatchError if the port is not available. */
export async function openServer(
  port: number,
  files: ReadonlyMap<string, ServedFile>,
  streams: NewsStreams,
): Promise<LiveServer> {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: IDLE_MS,
    requestTimeout: IDLE_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: IDLE_MS,
  });
  const connectionLimit = new ConnectionLimit(server, { most: MAX_CONNECTIONS, strangerMs: IDLE_MS, crowded: () => undefined });
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  server.on('request', (request, response) => answer(request, response, { files, streams, connectionLimit }));
  // The process ends when the run is over, even if pages still follow it.
  server.unref();
  server.on('connection', (socket) => socket.unref());
  return { url: `http://${HOST}:${bound}/`, close: () => close(server) };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen({ host: HOST, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'EADDRINUSE'
        ? 'is in use'
        : code === 'EACCES'
          ? 'may not be opened by this user'
          : `is not available (${message})`;
    throw new WatchError('machine', `live: port ${port} of ${HOST} ${why}; without a number, any free port is used`);
  }
}

interface Served {
  readonly files: ReadonlyMap<string, ServedFile>;
  readonly streams: NewsStreams;
  readonly connectionLimit: ConnectionLimit;
}

const MALFORMED: [number, string] = [400, 'the request target is malformed'];

function answer(request: IncomingMessage, response: ServerResponse, { files, streams, connectionLimit }: Served): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  // No request needs a body, so one that sends a body is not served.
  request.resume();
  const target = readRequestTarget(request.url ?? '');
  const path = target?.segments.join('/') ?? '';
  const file = files.get(path);
  const refusal = target === null ? MALFORMED : whyRefused(request, path);
  if (refusal === null) connectionLimit.welcome(request.socket);
  if (refusal !== null) refuse(response, ...refusal);
  else if (path === NEWS_PATH && request.method === 'GET') {
    if (!streams.add(response)) refuse(response, 503, 'too many pages already follow the run');
  } else if (file === undefined) refuse(response, 404, 'nothing is served here');
  else {
    response.writeHead(200, { 'content-type': file.type, 'content-length': Buffer.byteLength(file.body) });
    if (request.method === 'HEAD') response.end();
    else response.end(file.body);
  }
}

function whyRefused({ method, headers }: IncomingMessage, path: string): [number, string] | null {
  // Whatever the port, because it may have been forwarded.
  if (!OWN_NAMES.includes((headers.host ?? '').replace(/:\d+$/, ''))) return [421, `this is ${OWN_NAMES.join(' or ')}`];
  if (method !== 'GET' && method !== 'HEAD') return [405, 'GET or HEAD'];
  // A page may link here, but what it requests by itself would take the places of real readers.
  const site = headers['sec-fetch-site'] ?? 'none';
  if (path !== '/' && site !== 'same-origin' && site !== 'none') return [403, 'not for other pages'];
  return null;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(`${text}\n`);
}

function close(server: Server): Promise<void> {
  const force = setTimeout(() => server.closeAllConnections(), LAST_MOMENT_MS);
  return new Promise((resolve) => {
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
