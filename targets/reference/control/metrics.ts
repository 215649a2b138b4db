/** The node's counters as Prometheus metrics. Nothing is observed on the hot path: values are read when they are asked for. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { ErrorCode } from '../../protocol/frames.ts';
import { BOUNDS, type Counters } from '../messaging/counters.ts';
import type { Mesh } from '../platform/real/mesh/mesh.ts';
import type { RunningNode } from '../running-node.ts';

type Plain = Exclude<keyof Counters, 'bounds' | 'closes'>;

const COUNTED: Readonly<Record<Plain, readonly [name: string, help: string]>> = {
  sends: ['sends_total', 'SEND frames of signed-in clients'],
  acks: ['acks_total', 'ACK frames to senders'],
  nacks: ['nacks_total', 'NACK frames to senders'],
  delivers: ['deliveries_total', 'DELIVER frames, first delivery on a connection'],
  redelivers: ['redeliveries_total', 'DELIVER frames sent again on the same connection'],
  deliveredAcks: ['delivered_total', 'DELIVERED frames of clients'],
  receipts: ['receipts_total', 'RECEIPT frames to senders'],
  repeats: ['repeats_total', 'sends that had been accepted before'],
  resends: ['resends_total', 'sends repeated because the process of the receiver died'],
  signIns: ['sign_ins_total', 'connections that were welcomed'],
  framesIn: ['frames_received_total', 'frames of clients'],
  messagesOut: ['websocket_messages_sent_total', 'WebSocket messages written'],
  bytesOut: ['websocket_bytes_sent_total', 'bytes of WebSocket messages written'],
  userCrashes: ['user_process_deaths_total', "users' processes that died other than by going to sleep"],
  devicesRemoved: ['devices_removed_total', 'devices that their users removed'],
  claims: ['claims_total', 'users that a process of this node came to own'],
  forcedClaims: ['claims_forced_total', 'claims over an owner that could not be asked'],
  moves: ['moves_total', 'users whose idle devices were sent to a node with clearly fewer users'],
  yields: ['yields_total', 'users given up because their devices went to another node'],
  evictions: ['evictions_total', 'users that another node took away by force'],
  fenced: ['fenced_total', 'processes that learnt from a refused write that their user has another owner'],
  httpRequests: ['http_requests_total', 'HTTP requests that were read, including refused ones'],
};
const PREFIX = 'letitcrash_';
const MESH_ENDS = ['closed', 'garbage', 'silent', 'overflow'] as const;

/** A registry that reads `node` at each scrape. */
export function nodeMetrics(node: RunningNode): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { counters, runtime } = node;
  for (const [key, [name, help]] of Object.entries(COUNTED) as [Plain, readonly [string, string]][]) {
    follow(registry, name, help, () => counters[key]);
  }
  const codes = Object.entries(ErrorCode);
  new Counter({
    name: `${PREFIX}connections_closed_total`,
    help: 'connections the server closed, by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, code] of codes) this.inc({ reason }, counters.closes[code] ?? 0);
    },
  });
  new Counter({
    name: `${PREFIX}bound_hits_total`,
    help: 'how often each bound was hit',
    labelNames: ['bound'],
    registers: [registry],
    collect() {
      this.reset();
      for (const bound of BOUNDS) this.inc({ bound }, counters.bounds[bound]);
    },
  });
  gauge(registry, 'connections', 'open connections', () => node.gateway.connections);
  gauge(registry, 'processes', 'processes of the runtime', () => runtime.size);
  gauge(registry, 'users', 'users with a process', () => node.directory.size);
  gauge(registry, 'runnable_processes', 'processes waiting for their turn', () => runtime.runnable);
  gauge(registry, 'held_bytes', 'bytes of messages in memory', () => node.directory.held.total);
  gauge(registry, 'mailbox_bytes', 'bytes that all mailboxes take in the store', () => node.store.usedBytes());
  gauge(registry, 'pending_timers', 'timers of the runtime', () => runtime.pendingTimers);
  follow(registry, 'runtime_messages_total', 'messages handled by processes', () => runtime.counters.reductions);
  follow(registry, 'runtime_crashes_total', 'processes that did not end in good order', () => runtime.counters.crashed);
  if (node.mesh !== null) meshMetrics(registry, node.mesh);
  return registry;
}

function meshMetrics(registry: Registry, mesh: Mesh): void {
  const { counters } = mesh;
  gauge(registry, 'mesh_peers', 'nodes connected with this one', () => mesh.connected.length);
  gauge(registry, 'mesh_congested', 'a peer does not read what is sent to it, so clients are not read from', () =>
    Number(mesh.congested),
  );
  follow(registry, 'mesh_connections_total', 'connections with other nodes', () => counters.connected);
  new Counter({
    name: `${PREFIX}mesh_connections_closed_total`,
    help: 'connections with other nodes that ended, by what ended them',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const reason of MESH_ENDS) this.inc({ reason }, counters[reason]);
    },
  });
  new Counter({
    name: `${PREFIX}mesh_handshakes_refused_total`,
    help: 'handshakes of other nodes that failed, by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(counters.refused)) this.inc({ reason }, count);
    },
  });
}

function follow(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name: PREFIX + name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name: PREFIX + name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
