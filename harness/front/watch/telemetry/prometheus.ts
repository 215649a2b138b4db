/** Serves a run's metrics to Prometheus, on 127.0.0.1 only. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionLimit } from '../../../../targets/protocol/connection-limit.ts';
import { readRequestTarget } from '../../../../targets/protocol/request-target.ts';
import { WatchError } from '../watch-error.ts';
import type { Figure } from './figure.ts';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from './prometheus-text.ts';

/** OpenTelemetry's own default for it. */
export const PROMETHEUS_PORT = 9464;

const HOST = '127.0.0.1';
const LIMIT_MS = 5_000;
const MAX_CONNECTIONS = 16;
const MAX_HEADER_BYTES = 8_192;
const OWN_NAMES: readonly string[] = [HOST, 'localhost'];

export interface PrometheusServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `port` 0 means any free port. @throws WatchError if the port is not available. */
export async function servePrometheus(port: number, read: () => readonly Figure[]): Promise<PrometheusServer> {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: LIMIT_MS, requestTimeout: LIMIT_MS, keepAliveTimeout: LIMIT_MS },
    (request, response) => answer(request, response, read, connectionLimit),
  );
  const connectionLimit = new ConnectionLimit(server, { most: MAX_CONNECTIONS, strangerMs: LIMIT_MS, crowded: () => undefined });
  server.listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is in use; name another one, or 0 for any free port' : `is not available: ${message}`;
    throw new WatchError('machine', `prometheus: port ${port} of ${HOST} ${why}`);
  }
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/metrics`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  read: () => readonly Figure[],
  connectionLimit: ConnectionLimit,
): void {
  const refusal = whyNot(request);
  if (refusal !== null) {
    response.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(refusal.why);
    return;
  }
  connectionLimit.welcome(request.socket);
  prometheusText(read()).then(
    (text) => response.writeHead(200, { 'content-type': PROMETHEUS_CONTENT_TYPE }).end(request.method === 'HEAD' ? '' : text),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
}

function whyNot({ headers, method, url }: IncomingMessage): { readonly status: number; readonly why: string } | null {
  // A page in a browser may have a host name that leads here, but not one of these names.
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  if (!OWN_NAMES.includes(host)) return { status: 421, why: 'this is served only as 127.0.0.1 and localhost\n' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, why: 'GET /metrics\n' };
  const target = readRequestTarget(url ?? '');
  if (target === null) return { status: 400, why: 'the request target is malformed\n' };
  return target.segments.join('/') === '/metrics' ? null : { status: 404, why: 'the metrics are at /metrics\n' };
}
