/**
 * Users of the native protocol in k6: each virtual user is one connection that sends at its own times. Response times count from the
 * intended time, so a slow server cannot slow the load down and hide it. Nothing accounts for each message; use letitcrash run for that.
 */
import exec from 'k6/execution';
import { Counter, Rate, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { clearInterval, setInterval, setTimeout } from 'k6/timers';
import { type MessageEvent, WebSocket } from 'k6/websockets';
import { arrivalsOf, randomOf } from './arrivals.ts';
import { type Credential, credentialsOf, proofOf } from './credentials.ts';
import { byeFrame, deliveredFrame, framesOf, helloFrame, pingFrame, readFrame, type ServerFrame, sendFrame } from './frames.ts';
import { plan } from './native-plan.ts';
import { summaryFiles } from './summary.ts';

const ERROR_MOVED = 17;
const MAX_MOVES = 3;
const RECONNECT_MS = 500;
const STARTING_MS = 1_000;
/** Messages of other users may still be in flight to a user whose own are all answered. */
const LINGER_MS = 500;
const warmUpMs = Math.max(0, -(plan.pieces[0]?.fromMs ?? 0));
const connectMs = (plan.users / plan.connectPerSecond) * 1000 + STARTING_MS;
const urls = __ENV.LETITCRASH_URLS ? __ENV.LETITCRASH_URLS.split(',') : plan.urls;
const credentials = credentialsOf(plan.users);

const response = new Trend('letitcrash_response', true);
const service = new Trend('letitcrash_service', true);
const lag = new Trend('letitcrash_lag', true);
const delivery = new Trend('letitcrash_delivery', true);
const errors = new Rate('letitcrash_errors');
const offered = new Counter('letitcrash_offered');
const sent = new Counter('letitcrash_sent');
const acked = new Counter('letitcrash_acked');
const refused = new Counter('letitcrash_refused');
const unanswered = new Counter('letitcrash_unanswered');
const delivered = new Counter('letitcrash_delivered');
const connected = new Counter('letitcrash_connected');

export const options: Options = {
  scenarios: {
    users: {
      executor: 'per-vu-iterations',
      exec: 'user',
      vus: plan.users,
      iterations: 1,
      maxDuration: `${Math.ceil((connectMs + warmUpMs + plan.durationMs + 2 * plan.drainMs) / 1000)}s`,
    },
  },
  thresholds: plan.thresholds,
  summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'count'],
};

/** When the load begins for everybody, in milliseconds since 1970. */
export function setup(): { readonly zeroMs: number } {
  return { zeroMs: Date.now() + connectMs + warmUpMs };
}

export function handleSummary(data: unknown): Record<string, string> {
  return summaryFiles(data, { scenario: plan.scenario, target: urls.join(', '), kind: 'native' });
}

/** One virtual user. */
export function user({ zeroMs }: { readonly zeroMs: number }): void {
  const index = exec.scenario.iterationInTest;
  const credential = credentials[index];
  if (credential === undefined) throw new Error(`no credential for user ${index}`);
  play(index, credential, zeroMs);
}

function play(index: number, credential: Credential, zeroMs: number): void {
  const random = randomOf(plan.seed, index);
  const next = arrivalsOf(plan.pieces, index, plan.users, plan.poisson ? random : null);
  /** By id: when it was meant to be sent, and when it was sent. */
  const underWay = new Map<number, readonly [intendedMs: number, sentMs: number]>();
  const payload = new Uint8Array(plan.payloadBytes);
  const payloadView = new DataView(payload.buffer);
  // Ids of one sender increase, also from one run of the script to the next.
  let id = Date.now() * 1000;
  let cursor = 0;
  let open: WebSocket | null = null;
  let moves = 0;
  let ever = false;
  let over = false;

  function connect(url: string): void {
    const socket = new WebSocket(url, null, { headers: { 'Sec-WebSocket-Protocol': 'letitcrash.1' } });
    socket.binaryType = 'arraybuffer';
    let elsewhere: string | null = null;
    socket.addEventListener('message', (event) => {
      const { data, timestamp } = event as MessageEvent;
      let last = 0;
      for (const frame of framesOf(data as ArrayBuffer)) {
        if (frame.type === 'error') elsewhere = movedTo(frame, url);
        last = Math.max(last, heard(socket, frame, timestamp));
      }
      if (last > 0 && open === socket) socket.send(deliveredFrame(last));
    });
    // A user who connects when everything is over would keep the iteration alive.
    socket.addEventListener('open', () => {
      if (over) socket.close();
    });
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', () => {
      if (open === socket) open = null;
      if (over) return;
      if (elsewhere !== null && moves++ < MAX_MOVES) connect(elsewhere);
      else setTimeout(() => over || connect(urls[index % urls.length] as string), RECONNECT_MS);
    });
  }

  /** The seq to acknowledge, or 0. */
  function heard(socket: WebSocket, frame: ServerFrame, atMs: number): number {
    if (frame.type === 'challenge') {
      socket.send(helloFrame(credential.token, proofOf(credential, frame.challenge), cursor, id));
    } else if (frame.type === 'welcome') {
      open = socket;
      moves = 0;
      cursor = Math.max(cursor, frame.cursor);
      if (!ever) connected.add(1);
      ever = true;
    } else if (frame.type === 'ack' || frame.type === 'nack') {
      settled(frame.id, frame.type === 'ack', atMs);
    } else if (frame.type === 'deliver') {
      if (frame.seq <= cursor) return frame.seq;
      cursor = frame.seq;
      const intendedMs = frame.payload.getFloat64(0);
      if (intendedMs >= zeroMs) {
        delivery.add(Math.max(0, atMs - intendedMs));
        delivered.add(1);
      }
      if (random() < plan.readShare) setTimeout(() => open === socket && socket.send(readFrame(frame.seq)), 0);
      return frame.seq;
    }
    return 0;
  }

  function settled(which: number, good: boolean, atMs: number): void {
    const message = underWay.get(which);
    if (message === undefined) return;
    underWay.delete(which);
    const [intendedMs, sentMs] = message;
    if (intendedMs < zeroMs) return;
    errors.add(!good);
    (good ? acked : refused).add(1);
    if (!good) return;
    response.add(Math.max(0, atMs - intendedMs));
    service.add(Math.max(0, atMs - sentMs));
  }

  function sendNext(): void {
    const atMs = next();
    if (atMs === null) return;
    const intendedMs = zeroMs + atMs;
    setTimeout(
      () => {
        send(intendedMs);
        sendNext();
      },
      Math.max(0, intendedMs - Date.now()),
    );
  }

  function send(intendedMs: number): void {
    const nowMs = Date.now();
    const measured = intendedMs >= zeroMs;
    if (measured) {
      offered.add(1);
      lag.add(Math.max(0, nowMs - intendedMs));
    }
    if (open === null) return;
    id++;
    payloadView.setFloat64(0, intendedMs);
    underWay.set(id, [intendedMs, nowMs]);
    open.send(sendFrame(id, random() < plan.receiptShare, contactOf(index, random), payload));
    if (measured) sent.add(1);
  }

  function finish(): void {
    over = true;
    clearInterval(beat);
    for (const [intendedMs] of underWay.values()) {
      if (intendedMs < zeroMs) continue;
      unanswered.add(1);
      errors.add(true);
    }
    open?.send(byeFrame());
    open?.close();
  }

  const beat = setInterval(() => open?.send(pingFrame()), plan.keepaliveMs);
  setTimeout(() => connect(urls[index % urls.length] as string), (index / plan.connectPerSecond) * 1000);
  sendNext();
  const endMs = zeroMs + plan.durationMs;
  setTimeout(
    function drained(): void {
      if (underWay.size === 0 || Date.now() >= endMs + plan.drainMs) finish();
      else setTimeout(drained, 50);
    },
    endMs + LINGER_MS - Date.now(),
  );
}

/** A node that the plan knows, for a client that is told to go there; null for any other. */
function movedTo(frame: Extract<ServerFrame, { type: 'error' }>, url: string): string | null {
  if (frame.code !== ERROR_MOVED) return null;
  const known = urls.find((candidate) => candidate.includes(`//${frame.reason}/`) && candidate !== url);
  return known === undefined ? null : `${known}?redirected`;
}

/** To whom a user writes: one of the next users, the first most often if there is an exponent. */
function contactOf(index: number, random: () => number): string {
  const most = Math.min(plan.contacts, plan.users - 1);
  let sum = 0;
  for (let rank = 1; rank <= most; rank++) sum += rank ** -plan.exponent;
  let target = random() * sum;
  let rank = 1;
  while (rank < most && target >= rank ** -plan.exponent) target -= (rank++) ** -plan.exponent;
  return (credentials[(index + rank) % plan.users] as Credential).user;
}
