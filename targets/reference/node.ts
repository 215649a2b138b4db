/** One node, put together: the runtime, the users' processes under their supervisor, the store, the gateway, the control plane. */

import { limitsOf, type NodeConfiguration } from './configuration.ts';
import { type ControlPlane, startControlPlane } from './control/control-plane.ts';
import { Gateway } from './gateway/gateway.ts';
import { type ListeningSocket, listenerBehaviour } from './gateway/listener.ts';
import { HttpApi } from './http/http-api.ts';
import { Membership } from './membership.ts';
import { isServing, NODE_SUPERVISOR, startApplication, startSubtree } from './messaging/application.ts';
import { Counters } from './messaging/counters.ts';
import { ReleaseHandler } from './messaging/releases/release-handler.ts';
import { seqBase } from './messaging/seq-base.ts';
import { seamsOf } from './mutants/catalogue.ts';
import { plantedSeams } from './planted/effects.ts';
import { type Mesh, startMesh } from './platform/real/mesh/mesh.ts';
import { createRealPlatform } from './platform/real/real-platform.ts';
import type { RunningNode } from './running-node.ts';
import { createRuntime, type Pid, type Runtime, sheltered } from './runtime/index.ts';
import { openStore } from './store/open-store.ts';
import { SlowDisk } from './store/slow-disk.ts';

/**
 * A turn that lasts longer is taken for endless. Long enough for honest ones, which read no more than a page of a mailbox, however cold
 * the code; short enough that who waits behind a runaway waits less than 150 ms on a busy machine.
 */
const RUNAWAY_MS = 60;
const START_MS = 1_000;
/** A node that was not heard of for so long counts as down; Erlang's net_ticktime, for the patience of somebody who waits for a message. */
const TICK_MS = 1_500;
/** Bytes that wait for one node; with more it counts as down. */
const MAX_MESH_QUEUE_BYTES = 64 * 1_048_576;
const DRAIN_MS = 4_000;
const GOODBYE_MS = 1_000;

/** Starts a node; resolves when it serves. `failed` is called when it cannot go on. */
export async function startNode(configuration: NodeConfiguration, failed: (error: Error) => void): Promise<RunningNode> {
  const limits = limitsOf(configuration);
  const counters = new Counters();
  const platform = createRealPlatform({ runawayMs: RUNAWAY_MS });
  const startedMs = platform.clock.wallMs();
  const { name, host } = configuration;
  const creation = Math.floor(startedMs);
  let gateway: Gateway | null = null;
  const load = (): number => gateway?.connections ?? 0;
  const move = (count: number, address: string): void => gateway?.moveSome(count, address);
  const mesh = await joinMesh(configuration, creation, load);
  const runtime = createRuntime({ platform, name, creation, bus: mesh });
  const disk = new SlowDisk((to, message) => void runtime.send(to, message));
  const { send } = disk;
  const { dataDir: path, durability, mutant, planted } = configuration;
  const seams = planted === undefined ? seamsOf(mutant) : plantedSeams(planted);
  const opened = openStore({
    node: name,
    path,
    shared: mesh !== null,
    durability,
    send,
    tell: (process, message) => void runtime.send(process, message),
    failed,
    seams,
  });
  // Users' processes call them in their handlers.
  const { shelter } = runtime;
  const store = sheltered(shelter, opened.mailboxes);
  const shared = opened.shared === null ? null : { ...opened.shared, registry: sheltered(shelter, opened.shared.registry) };
  const self = { name, creation, host };
  const membership =
    mesh === null || shared === null ? null : sheltered(shelter, new Membership({ self, ...shared, mesh, load, move }));
  const base = seqBase(startedMs);
  const releases = new ReleaseHandler(runtime);
  const world = startApplication(runtime, { limits, counters, store, cluster: membership, seqBase: base }, seams);
  const { directory } = world;
  await until(() => isServing(runtime), START_MS);
  await membership?.join(world, runtime);
  const clientGateway = new Gateway({
    name: configuration.name,
    runtime,
    directory,
    limits,
    counters,
    tokenKey: Buffer.from(configuration.tokenKey, 'base64url'),
    firstEpoch: base,
    placement: membership,
    mayDeliver: membership === null ? null : () => membership.mayDeliver(),
    opened: seams.opened ?? null,
  });
  gateway = clientGateway;
  mesh?.onCongestion((congested) => clientGateway.pauseReading(congested));
  const port = await clientGateway.listen(host, configuration.port);
  await startListener(runtime, 'gateway supervisor', 'listener', clientGateway);
  const http = new HttpApi({
    runtime,
    directory,
    cluster: membership,
    limits,
    counters,
    store,
    tokenKey: Buffer.from(configuration.tokenKey, 'base64url'),
  });
  const httpPort = await http.listen(host, configuration.httpPort);
  await startListener(runtime, 'http supervisor', 'http listener', http);
  await membership?.open(port);
  const root = runtime.whereis(NODE_SUPERVISOR) as Pid;
  runtime.monitor(root, (reason) => failed(new Error(`the node supervisor gave up: ${String(reason)}`)));
  let draining: Promise<void> | null = null;
  let control: ControlPlane | null = null;
  const node: RunningNode = {
    configuration,
    runtime,
    directory,
    gateway: clientGateway,
    counters,
    store,
    disk,
    releases,
    port,
    httpPort,
    mesh,
    get controlPort() {
      return control?.port ?? 0;
    },
    get state() {
      return draining === null ? 'ready' : 'draining';
    },
    drain() {
      draining ??= drain();
      return draining;
    },
  };
  const drain = async (): Promise<void> => {
    clientGateway.stopAccepting();
    http.stopAccepting();
    await membership?.drain(port);
    await settled(runtime, store, DRAIN_MS);
    clientGateway.flush();
    clientGateway.dismiss();
    await until(() => clientGateway.connections === 0, GOODBYE_MS).catch(() => undefined);
    for (const { pid } of [...directory.residents()]) runtime.send(pid, { type: 'save' });
    await settled(runtime, store, GOODBYE_MS);
    clientGateway.destroy();
    await http.destroy(GOODBYE_MS);
    runtime.halt();
    await membership?.leave();
    await store.close();
    control?.close();
  };
  control = await startControlPlane(node, configuration.host, configuration.controlPort, configuration.controlToken);
  return node;
}

/** The way to the other nodes; null where the node is alone. */
function joinMesh({ name, host, cluster }: NodeConfiguration, creation: number, load: () => number): Promise<Mesh | null> {
  if (cluster === undefined) return Promise.resolve(null);
  const { meshPort: port, via } = cluster;
  const cookie = Buffer.from(cluster.cookie, 'base64url');
  return startMesh({
    self: { name, creation },
    host,
    port,
    cookie,
    tickMs: TICK_MS,
    maxQueueBytes: MAX_MESH_QUEUE_BYTES,
    load,
    via,
  });
}

function startListener(runtime: Runtime, supervisor: string, name: string, socket: ListeningSocket): Promise<void> {
  const children = [{ id: name, start: listenerBehaviour, args: socket, name }];
  return new Promise((resolve, reject) => {
    startSubtree(runtime, supervisor, children, (failure) => {
      if (failure === null) resolve();
      else reject(new Error(`the ${name} did not start: ${JSON.stringify(failure)}`));
    });
  });
}

/** Waits until no process has anything to do and everything asked of the store is written, at most `limitMs`. */
async function settled(runtime: Runtime, store: { flush(): Promise<void> }, limitMs: number): Promise<void> {
  const give = performance.now() + limitMs;
  let quiet = 0;
  while (quiet < 3 && performance.now() < give) {
    await store.flush();
    await new Promise<void>((resolve) => setImmediate(resolve));
    quiet = runtime.runnable === 0 ? quiet + 1 : 0;
  }
}

/** Resolves once `condition` holds; rejects after `limitMs`. */
async function until(condition: () => boolean, limitMs: number): Promise<void> {
  const give = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > give) throw new Error(`not reached within ${limitMs} ms`);
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
  }
}
