/**
 * The requests of an operator and of the harness to a node, over HTTP on its own loopback address, with a bearer token:
 *
 *     GET  /health               200 while the process answers
 *     GET  /ready                200 while the node takes connections, 503 when draining
 *     GET  /metrics              Prometheus text
 *     GET  /memory               heap, RSS, connections, processes
 *     GET  /processes            counts and the largest processes: ?sort=mailbox|memory|reductions&limit=N;
 *                                with ?user=NAME that user's process, with ?name=NAME the pid of a named one
 *     GET  /tree                 the supervision tree: ?children=N of each supervisor are shown
 *     GET  /crashes              the latest crash reports, redacted, and what supervisors reported
 *     GET  /modules              releases, and the versions of the code with the processes on each
 *     POST /processes/kill       {"user": NAME}
 *     POST /upgrade              {"release": NAME}: up or back to another release, while everything runs
 *     POST /purge                {"module": NAME}: forget old code that no process runs (soft_purge)
 *     POST /gc                   collects garbage (needs --expose-gc)
 *     POST /drain                begins to drain
 *
 * and for drills, only where the configuration says `chaos: true`:
 *
 *     POST /chaos/run-away       {"user": NAME}: that user's process never returns from its next turn
 *     POST /chaos/poison         {"process": NAME}: the named process crashes on its next turn
 *     POST /chaos/kill           {"process": NAME}: exit(pid, kill) for the named process; says how many went with it
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { ConnectionLimit } from '../../protocol/connection-limit.ts';
import { readRequestTarget } from '../../protocol/request-target.ts';
import { createServer } from '../platform/real/http-server.ts';
import type { RunningNode } from '../running-node.ts';
import { type Answer, notUnderstood, wholeNumber } from './answer.ts';
import { killNamed, poison, runAway, slowDisk } from './drills.ts';
import { killUser, processes } from './process-requests.ts';
import { purge, upgrade } from './upgrades.ts';
import { crashes, modules, tree } from './views.ts';

export interface ControlPlane {
  readonly port: number;
  close(): void;
}

type Metrics = () => Promise<Registry>;

const MAX_BODY_BYTES = 4_096;
const REQUEST_MS = 5_000;
/** More than the kernel has accepted at a time, so that whoever has the token is heard before strangers could have crowded it out. */
const MAX_CONNECTIONS = 1_024;
/** For a connection to show the token. */
const STRANGER_MS = 2_000;
const DEFAULT_CHILDREN = 20;
const MAX_CHILDREN = 100_000;

/** Starts it; resolves when it listens. */
export function startControlPlane(node: RunningNode, host: string, port: number, token: string): Promise<ControlPlane> {
  let registry: ReturnType<Metrics> | null = null;
  // Loaded when first requested: a node must start quickly, and does not need them before.
  const metrics: Metrics = () => (registry ??= import('./metrics.ts').then(({ nodeMetrics }) => nodeMetrics(node)));
  const expected = digest(`Bearer ${token}`);
  const limits = { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: REQUEST_MS / 4 };
  const server = createServer(limits, (request, response) => {
    // Digests have one length, so that the comparison takes the same time whatever was sent.
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      response.setHeader('connection', 'close');
      reply(response, { status: 401, body: { error: 'a bearer token is needed' } });
      return;
    }
    connectionLimit.welcome(request.socket);
    answer(node, metrics, request).then(
      (result) => reply(response, result),
      (error: unknown) => reply(response, { status: 500, body: { error: String(error) } }),
    );
  });
  const crowded = (): void => void node.counters.bounds['control-connections']++;
  const connectionLimit = new ConnectionLimit(server, { most: MAX_CONNECTIONS, strangerMs: STRANGER_MS, crowded });
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

async function answer(node: RunningNode, metrics: Metrics, request: IncomingMessage): Promise<Answer> {
  const target = readRequestTarget(request.url ?? '');
  if (target === null) return notUnderstood('the request target is malformed');
  const what = `${request.method} ${target.segments.join('/')}`;
  switch (what) {
    case 'GET /health':
      return { status: 200, body: { status: 'ok' } };
    case 'GET /ready':
      return { status: node.state === 'ready' ? 200 : 503, body: { status: node.state } };
    case 'GET /metrics': {
      const registry = await metrics();
      return { status: 200, body: await registry.metrics(), type: registry.contentType };
    }
    case 'GET /memory':
      return { status: 200, body: memory(node) };
    case 'POST /gc': {
      const { gc } = globalThis as { gc?: (options: object) => void };
      if (gc === undefined) return { status: 501, body: { error: 'start the node with --expose-gc' } };
      // The last resort also gives the pages back to the system; any other collection keeps them for later.
      gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      return { status: 200, body: memory(node) };
    }
    case 'GET /processes':
      return processes(node, target.query);
    case 'GET /tree':
      return supervision(node, target.query);
    case 'GET /crashes':
      return { status: 200, body: crashes(node) };
    case 'GET /modules': {
      const { current, releases } = node.releases;
      return { status: 200, body: { release: current, releases, modules: modules(node) } };
    }
    case 'POST /drain':
      void node.drain();
      return { status: 202, body: { status: node.state } };
    default:
      return change(node, what, request);
  }
}

/** Requests with a body. */
async function change(node: RunningNode, what: string, request: IncomingMessage): Promise<Answer> {
  const handler = CHANGES[what] ?? (node.configuration.chaos === true ? DRILLS[what] : undefined);
  if (handler === undefined) return { status: 404, body: { error: `${what}: no such thing` } };
  const text = await bodyOf(request);
  if (text === null) return { status: 413, body: { error: `a body of at most ${MAX_BODY_BYTES} bytes` } };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return notUnderstood('the body is not JSON');
  }
  if (typeof body !== 'object' || body === null) return notUnderstood('the body is not a JSON object');
  return handler(node, body as Readonly<Record<string, unknown>>);
}

type Handler = (node: RunningNode, body: Readonly<Record<string, unknown>>) => Answer | Promise<Answer>;

const CHANGES: Readonly<Record<string, Handler>> = {
  'POST /processes/kill': killUser,
  'POST /upgrade': upgrade,
  'POST /purge': purge,
};

const DRILLS: Readonly<Record<string, Handler>> = {
  'POST /chaos/run-away': runAway,
  'POST /chaos/poison': poison,
  'POST /chaos/disk': slowDisk,
  'POST /chaos/kill': killNamed,
};

function supervision(node: RunningNode, query: URLSearchParams): Answer {
  const children = wholeNumber(query.get('children') ?? String(DEFAULT_CHILDREN), MAX_CHILDREN);
  if (children === null) return notUnderstood(`children: ${query.get('children')} is not a whole number up to ${MAX_CHILDREN}`);
  return { status: 200, body: { tree: tree(node, children) } };
}

function memory(node: RunningNode): unknown {
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  return {
    heapBytes: heapUsed + external,
    heapTotalBytes: heapTotal,
    rssBytes: rss,
    externalBytes: external,
    arrayBuffersBytes: arrayBuffers,
    connections: node.gateway.connections,
    processes: node.runtime.size,
  };
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
