/**
 * The HTTP surface of a node: a server of its own beside the gateway, on the same event loop, with the same tokens.
 *
 * In: requests. Out: JSON, and problem details (problem.ts) for every error. A request that needs the store or the presence process gets a
 * process of its own (question-process.ts). Nothing is logged, so tokens never are.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ConnectionLimit } from '../../protocol/connection-limit.ts';
import { isName } from '../../protocol/frames.ts';
import { readRequestTarget } from '../../protocol/request-target.ts';
import { type Claims, checkBearer, issueToken } from '../../protocol/token.ts';
import type { ListeningSocket } from '../gateway/listener.ts';
import type { Cluster } from '../messaging/cluster.ts';
import type { Bound, Counters } from '../messaging/counters.ts';
import type { Directory } from '../messaging/directory.ts';
import { KeyedBuckets } from '../messaging/keyed-buckets.ts';
import type { Limits } from '../messaging/limits.ts';
import type { MailboxStore } from '../messaging/store-port.ts';
import { TokenBucket } from '../messaging/token-bucket.ts';
import { createServer } from '../platform/real/http-server.ts';
import type { Pid, Runtime } from '../runtime/index.ts';
import type { OwnerAnswer } from './owner-question.ts';
import { PROBLEM_TYPE, type Problem, problem, problemText, rawProblem } from './problem.ts';
import type { Answer } from './question-process.ts';
import { Questions } from './questions.ts';
import { readJson } from './read-json.ts';
import type { Call, Done } from './respond.ts';
import { findRoute, type Route } from './routes.ts';

export interface HttpApiOptions {
  readonly runtime: Runtime;
  readonly directory: Directory;
  /** Null where there is one node. */
  readonly cluster: Cluster | null;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly store: MailboxStore;
  readonly tokenKey: Buffer;
}

/** Of a token that the surface issues. */
const TOKEN_LIFE_S = 3_600;
const BEARER = /^Bearer ([\w.-]{1,2048})$/i;
const NOBODY: Claims = { user: '', device: '', expiresAt: 0, tokenId: '' };
const NO_BODY: Call['body'] = {};
const AGAIN_SOON = { 'retry-after': '1' };

/** Node's errors for a malformed request: the status for the client, and the bound that was hit, if any. */
const BROKEN: Readonly<Record<string, readonly [Problem, reason: string, Bound | null]>> = {
  HPE_HEADER_OVERFLOW: [
    problem('headers-too-large', 'shorten the path, the query or the headers'),
    'Request Header Fields Too Large',
    'http-headers',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [problem('timeout', 'send the whole request at once'), 'Request Timeout', 'http-time'],
};
const CLOSING = problem('unavailable', 'the node is shutting down; another one serves');
const MALFORMED = [problem('malformed', 'this is not an HTTP/1.1 request'), 'Bad Request', null] as const;

/** A request that may be handled, once its body is there. */
interface Admitted {
  readonly route: Route;
  readonly user: string;
  readonly device: string;
  readonly claims: Claims;
  readonly query: URLSearchParams;
}

export class HttpApi implements ListeningSocket {
  readonly #options: HttpApiOptions;
  readonly #server: Server;
  readonly #buckets = new WeakMap<Socket, TokenBucket>();
  /** The same rate for each user, however many connections its requests come on. */
  readonly #users: KeyedBuckets;
  #address = { host: '', port: 0 };
  #owner: Pid | null = null;
  #draining = false;
  readonly #questions: Questions;
  readonly #connectionLimit: ConnectionLimit;

  constructor(options: HttpApiOptions) {
    this.#options = options;
    this.#questions = new Questions(options);
    const { limits, counters } = options;
    this.#users = new KeyedBuckets(limits.httpRequestsPerSecond, limits.httpRequestBurst);
    this.#server = createServer(
      {
        maxHeaderSize: limits.httpMaxHeaderBytes,
        headersTimeout: limits.httpRequestMs,
        requestTimeout: limits.httpRequestMs,
        keepAliveTimeout: limits.httpIdleMs,
        connectionsCheckingInterval: Math.ceil(limits.httpRequestMs / 4),
      },
      (request, response) => this.#serve(request, response),
    );
    const crowded = (): void => void counters.bounds['http-connections']++;
    this.#connectionLimit = new ConnectionLimit(this.#server, { most: limits.httpMaxConnections, strangerMs: null, crowded });
    // A client that does not read its answer is cut off, too.
    this.#server.setTimeout(limits.httpIdleMs + limits.httpRequestMs);
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#broken(error, socket as Socket));
  }

  /** Resolves to the port; 0 lets the kernel choose. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.removeListener('error', reject);
        const address = this.#server.address();
        this.#address = { host, port: typeof address === 'object' && address !== null ? address.port : port };
        resolve(this.#address.port);
      });
    });
  }

  own(owner: Pid): void {
    const { runtime } = this.#options;
    this.#owner = owner;
    runtime.monitor(owner, () => {
      if (this.#owner === owner) this.#server.close();
    });
    if (this.#server.listening || this.#draining) return;
    this.listen(this.#address.host, this.#address.port).then(
      () => runtime.send(owner, { type: 'listening' }),
      (error: Error) => runtime.send(owner, { type: 'listen-failed', reason: error.message }),
    );
  }

  /** Takes no new connection, and no new request on those that are open. */
  stopAccepting(): void {
    this.#draining = true;
    this.#server.close();
  }

  /** Who still waits for a process is told that there will be no answer; what is written by then leaves, in `lastMs` at the longest. */
  async destroy(lastMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#questions.giveUp(CLOSING);
    const give = setTimeout(() => this.#server.closeAllConnections(), lastMs);
    this.#server.closeIdleConnections();
    await closed;
    clearTimeout(give);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { counters, limits } = this.#options;
    counters.httpRequests++;
    const admitted = this.#admit(request);
    if ('code' in admitted) {
      respond(request, response, admitted);
      return;
    }
    const { route } = admitted;
    const handle = (body: Call['body']): void => {
      const outcome = this.#handle(route, this.#call(request, response, admitted, body));
      if (outcome !== null) respond(request, response, outcome);
    };
    if (!route.body) {
      handle(NO_BODY);
      return;
    }
    readJson(request, limits.httpMaxBodyBytes, (body) => {
      if (!('code' in body)) {
        handle(body.object);
        return;
      }
      if (body.code === 'body-too-large') counters.bounds['http-body']++;
      respond(request, response, body);
    });
  }

  /** A handler that throws, or finds that no process can be started any more, costs its own request, and not the node. */
  #handle(route: Route, call: Call): Done | Problem | null {
    try {
      return route.handle(call);
    } catch {
      return problem('failed', 'the request could not be handled; repeat it');
    }
  }

  /** All that is decided before a body is read. */
  #admit(request: IncomingMessage): Admitted | Problem {
    if (this.#draining) return CLOSING;
    if (this.#isOverRate(request)) {
      const { httpRequestsPerSecond } = this.#options.limits;
      return problem('rate-limited', `at most ${httpRequestsPerSecond} requests a second on one connection`, AGAIN_SOON);
    }
    const target = readRequestTarget(request.url ?? '');
    if (target === null)
      return problem('malformed', 'the request target is neither a path nor a URL, or has an invalid encoding');
    const found = findRoute(request.method ?? '', target.segments);
    if (!('route' in found)) {
      if (found.length === 0) return problem('not-found', 'GET /openapi.json lists the paths');
      return problem('method-not-allowed', `this path has ${found.join(', ')}`, { allow: found.join(', ') });
    }
    const { route, name } = found;
    const claims = route.access === 'bearer' ? this.#authenticate(request) : NOBODY;
    if ('code' in claims) return claims;
    if (claims !== NOBODY) this.#connectionLimit.welcome(request.socket);
    if (claims !== NOBODY && !this.#users.take(claims.user, performance.now())) {
      this.#options.counters.bounds['http-rate']++;
      return problem(
        'rate-limited',
        `at most ${this.#options.limits.httpRequestsPerSecond} requests a second of one user`,
        AGAIN_SOON,
      );
    }
    if (name !== null && !isName(name.text))
      return problem('malformed', `the path does not name a ${name.of}: 1 to 64 letters, digits and ._@:-`);
    const named = { user: '', device: '', ...(name === null ? {} : { [name.of]: name.text }) };
    return { route, ...named, claims, query: target.query };
  }

  #isOverRate({ socket }: IncomingMessage): boolean {
    const { limits, counters } = this.#options;
    const nowMs = performance.now();
    let bucket = this.#buckets.get(socket);
    if (bucket === undefined) {
      bucket = new TokenBucket(limits.httpRequestBurst, nowMs);
      this.#buckets.set(socket, bucket);
    }
    if (bucket.take(limits.httpRequestsPerSecond, limits.httpRequestBurst, nowMs)) return false;
    counters.bounds['http-rate']++;
    return true;
  }

  #authenticate({ headers }: IncomingMessage): Claims | Problem {
    const challenge = { 'www-authenticate': 'Bearer realm="letitcrash"' };
    const bearer = BEARER.exec(headers.authorization ?? '')?.[1];
    if (bearer === undefined) return problem('unauthorised', 'send Authorization: Bearer <token>.<proof>', challenge);
    const check = checkBearer(this.#options.tokenKey, bearer, Date.now());
    return check.ok ? check.claims : problem('unauthorised', check.reason, challenge);
  }

  #call(request: IncomingMessage, response: ServerResponse, { claims, user, device, query }: Admitted, body: Call['body']): Call {
    const { directory, tokenKey } = this.#options;
    return {
      claims,
      user,
      device,
      query,
      body,
      directory,
      sign(whose, itsDevice) {
        const expiresAt = Math.floor(Date.now() / 1_000) + TOKEN_LIFE_S;
        return { ...issueToken(tokenKey, { user: whose, device: itsDevice, expiresAt, tokenId: randomUUID() }), expiresAt };
      },
      ask: (question, then) => {
        const work = (answer: Answer): Done | Problem => then(answer as Parameters<typeof then>[0]);
        this.#questions.ask(question, work, (outcome) => respond(request, response, outcome));
        return null;
      },
      askOwner: (question, then) => {
        const work = (answer: OwnerAnswer): Done | Problem => then(answer as Parameters<typeof then>[0]);
        this.#questions.askOwner(question, work, (outcome) => respond(request, response, outcome));
        return null;
      },
    };
  }

  #broken(error: NodeJS.ErrnoException, socket: Socket): void {
    const [what, reason, bound] = BROKEN[error.code ?? ''] ?? MALFORMED;
    if (bound !== null) this.#options.counters.bounds[bound]++;
    if (socket.writable && error.code !== 'ECONNRESET') socket.end(rawProblem(what, reason));
    socket.destroySoon();
  }
}

/** The connection stays open after an answer, unless what is left of the request would have to be read first. */
function respond(request: IncomingMessage, response: ServerResponse, outcome: Done | Problem): void {
  if (response.headersSent || response.destroyed) return;
  const failed = 'code' in outcome;
  const text = failed ? problemText(outcome) : JSON.stringify(outcome.body);
  const { 'content-length': length = '0', 'transfer-encoding': chunked } = request.headers;
  const unread = !request.complete && (length !== '0' || chunked !== undefined);
  const close = failed && (outcome.status === 503 || unread);
  response.writeHead(outcome.status, {
    'content-type': failed ? PROBLEM_TYPE : 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(close ? { connection: 'close' } : {}),
    ...(failed ? outcome.headers : {}),
  });
  response.end(text);
}
