/**
 * What an operator and the harness ask a node, over HTTP on its own loopback address, with a bearer token:
 *
 *     GET  /health               200 while the process answers
 *     GET  /ready                200 while the node takes connections, 503 when draining
 *     GET  /metrics              Prometheus text
 *     GET  /memory               heap, RSS, connections, processes
 *     GET  /processes            counts; with ?user=NAME details of that user's process
 *     POST /processes/kill       {"user": NAME}
 *     POST /gc                   collects garbage (needs --expose-gc)
 *     POST /drain                begins to drain
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RunningNode } from '../node.ts';
import { nodeMetrics } from './metrics.ts';

export interface ControlPlane {
  readonly port: number;
  close(): void;
}

const MAX_BODY_BYTES = 4_096;
const REQUEST_MS = 5_000;
const MAX_CONNECTIONS = 64;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly type?: string;
}

/** Starts it; resolves when it listens. */
export function startControlPlane(node: RunningNode, host: string, port: number, token: string): Promise<ControlPlane> {
  const metrics = nodeMetrics(node);
  const expected = digest(`Bearer ${token}`);
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    // Digests have one length, so that the comparison takes the same time whatever was sent.
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      reply(response, { status: 401, body: { error: 'a bearer token is needed' } });
      return;
    }
    answer(node, metrics, request).then(
      (result) => reply(response, result),
      (error: unknown) => reply(response, { status: 500, body: { error: String(error) } }),
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

async function answer(node: RunningNode, metrics: ReturnType<typeof nodeMetrics>, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://node');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /health':
      return { status: 200, body: { status: 'ok' } };
    case 'GET /ready':
      return { status: node.state === 'ready' ? 200 : 503, body: { status: node.state } };
    case 'GET /metrics':
      return { status: 200, body: await metrics.metrics(), type: metrics.contentType };
    case 'GET /memory':
      return { status: 200, body: memory(node) };
    case 'POST /gc': {
      const { gc } = globalThis as { gc?: () => void };
      if (gc === undefined) return { status: 501, body: { error: 'start the node with --expose-gc' } };
      gc();
      return { status: 200, body: memory(node) };
    }
    case 'GET /processes':
      return processes(node, url.searchParams.get('user'));
    case 'POST /processes/kill': {
      const body = await bodyOf(request);
      if (body === null) return { status: 413, body: { error: `a body of at most ${MAX_BODY_BYTES} bytes` } };
      return kill(node, body);
    }
    case 'POST /drain':
      void node.drain();
      return { status: 202, body: { status: node.state } };
    default:
      return { status: 404, body: { error: `${request.method} ${url.pathname}: no such thing` } };
  }
}

function memory(node: RunningNode): unknown {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  return {
    heapBytes: heapUsed,
    heapTotalBytes: heapTotal,
    rssBytes: rss,
    externalBytes: external,
    arrayBuffersBytes: arrayBuffers,
    connections: node.gateway.connections,
    processes: node.runtime.size,
  };
}

function processes(node: RunningNode, user: string | null): Answer {
  if (user === null) {
    const { size, runnable, pendingTimers, counters } = node.runtime;
    return { status: 200, body: { processes: size, users: node.directory.size, runnable, pendingTimers, counters } };
  }
  const resident = node.directory.find(user);
  const details = resident === undefined ? undefined : node.runtime.details(resident.pid);
  if (resident === undefined || details === undefined) return { status: 404, body: { user, alive: false } };
  const { pid, links } = resident;
  return { status: 200, body: { user, alive: true, pid: pid.toString(), connections: links.length, details: plain(details) } };
}

function kill(node: RunningNode, text: string): Answer {
  let user: unknown;
  try {
    ({ user } = JSON.parse(text) as { user?: unknown });
  } catch {
    return { status: 400, body: { error: 'the body is not JSON' } };
  }
  if (typeof user !== 'string') return { status: 400, body: { error: 'the body is {"user": NAME}' } };
  const resident = node.directory.find(user);
  const killed = resident !== undefined && node.runtime.exit(resident.pid, 'kill');
  return { status: 200, body: { user, killed, pid: killed ? resident.pid.toString() : null } };
}

function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)));
}

/** The whole body, or null when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, { status, body, type }: Answer): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': type ?? 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
