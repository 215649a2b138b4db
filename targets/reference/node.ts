/** One node, put together: the runtime, the users' processes under their supervisor, the store, the gateway, the control plane. */

import { limitsOf, type NodeConfiguration } from './configuration.ts';
import { type ControlPlane, startControlPlane } from './control/control-plane.ts';
import { Gateway } from './gateway/gateway.ts';
import { isServing, startApplication } from './messaging/application.ts';
import { Counters } from './messaging/counters.ts';
import type { Directory } from './messaging/directory.ts';
import type { MailboxStore } from './messaging/ports.ts';
import { seqBase } from './messaging/seq-base.ts';
import { createRealPlatform } from './platform/real/real-platform.ts';
import { createRuntime, type Pid, type Runtime } from './runtime/index.ts';
import { LmdbStore } from './store/lmdb-store.ts';
import { MemoryStore } from './store/memory-store.ts';

/** A handler that runs longer is taken for an endless loop; reading back the largest mailbox takes a fraction of it. */
const RUNAWAY_MS = 500;
const START_MS = 1_000;
const DRAIN_MS = 4_000;
const GOODBYE_MS = 1_000;

export interface RunningNode {
  readonly configuration: NodeConfiguration;
  readonly runtime: Runtime;
  readonly directory: Directory;
  readonly gateway: Gateway;
  readonly counters: Counters;
  readonly store: MailboxStore;
  readonly port: number;
  readonly controlPort: number;
  readonly state: 'ready' | 'draining';
  /**
   * Stops accepting, lets what is under way become durable and be acknowledged, tells the clients, closes. Resolves when
   * everything is written down, at the latest after five seconds. Idempotent.
   */
  drain(): Promise<void>;
}

/** Starts a node; resolves when it serves. `failed` is called when it cannot go on. */
export async function startNode(configuration: NodeConfiguration, failed: (error: Error) => void): Promise<RunningNode> {
  const limits = limitsOf(configuration);
  const counters = new Counters();
  const platform = createRealPlatform({ runawayMs: RUNAWAY_MS });
  const startedMs = platform.clock.wallMs();
  const runtime = createRuntime({ platform, name: configuration.name, creation: Math.floor(startedMs) });
  const send = (to: Pid, message: unknown): void => void runtime.send(to, message);
  const store =
    configuration.durability === 'memory'
      ? new MemoryStore(send)
      : new LmdbStore({ path: configuration.dataDir, durability: configuration.durability, send, failed });
  const base = seqBase(startedMs);
  const { directory } = startApplication(runtime, { limits, counters, store, seqBase: base });
  await until(() => isServing(runtime), START_MS);
  const door = new Gateway({
    name: configuration.name,
    runtime,
    directory,
    limits,
    counters,
    tokenKey: Buffer.from(configuration.tokenKey, 'base64url'),
    firstEpoch: base,
  });
  const port = await door.listen(configuration.host, configuration.port);
  let draining: Promise<void> | null = null;
  let control: ControlPlane | null = null;
  const node: RunningNode = {
    configuration,
    runtime,
    directory,
    gateway: door,
    counters,
    store,
    port,
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
    door.stopAccepting();
    await settled(runtime, store, DRAIN_MS);
    door.flush();
    door.dismiss();
    await until(() => door.connections === 0, GOODBYE_MS).catch(() => undefined);
    for (const { pid } of [...directory.residents()]) runtime.send(pid, { type: 'save' });
    await settled(runtime, store, GOODBYE_MS);
    door.destroy();
    runtime.halt();
    await store.close();
    control?.close();
  };
  control = await startControlPlane(node, configuration.host, configuration.controlPort, configuration.controlToken);
  return node;
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
