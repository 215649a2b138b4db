/** A gateway with its application and nothing else, so that a test can answer what the gateway asks. */
import { randomBytes, randomUUID } from 'node:crypto';
import { issueToken } from '../../../../targets/protocol/token.ts';
import { Gateway } from '../../../../targets/reference/gateway/gateway.ts';
import type { GatewayOptions } from '../../../../targets/reference/gateway/gateway-options.ts';
import { PATH } from '../../../../targets/reference/gateway/handshake.ts';
import { isServing, startApplication } from '../../../../targets/reference/messaging/application.ts';
import { Counters } from '../../../../targets/reference/messaging/counters.ts';
import type { Directory } from '../../../../targets/reference/messaging/directory.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../../targets/reference/messaging/limits.ts';
import { createRealPlatform } from '../../../../targets/reference/platform/real/real-platform.ts';
import { createRuntime } from '../../../../targets/reference/runtime/index.ts';
import { MemoryStore } from '../../../../targets/reference/store/memory-store.ts';
import type { Credential, Endpoint } from '../../../../targets/target.ts';
import { until } from '../../../until.ts';
import { TestClient } from '../test-client.ts';

export interface LoneGateway {
  readonly gateway: Gateway;
  readonly directory: Directory;
  readonly counters: Counters;
  readonly endpoint: Endpoint;
  credential(user: string): Credential;
  client(user: string): Promise<TestClient>;
  stop(): void;
}

export async function loneGateway(
  asked: Partial<Pick<GatewayOptions, 'placement' | 'mayDeliver'>>,
  limits: Partial<Limits> = {},
): Promise<LoneGateway> {
  const runtime = createRuntime({ platform: createRealPlatform({ runawayMs: 10_000 }), name: 'n1', creation: 1 });
  const store = new MemoryStore((to, message) => void runtime.send(to, message));
  const counters = new Counters();
  const all = { ...DEFAULT_LIMITS, ...limits };
  const { directory } = startApplication(runtime, { limits: all, counters, store, cluster: null, seqBase: 1_000 });
  await until(async () => isServing(runtime), 'the application serves');
  const tokenKey = randomBytes(32);
  const gateway = new Gateway({
    name: 'n1',
    runtime,
    directory,
    limits: all,
    counters,
    tokenKey,
    firstEpoch: 0,
    placement: null,
    mayDeliver: null,
    opened: null,
    ...asked,
  });
  const endpoint = { host: '127.0.0.1', port: await gateway.listen('127.0.0.1', 0), path: PATH };
  const credential = (user: string): Credential => {
    const claims = { user, device: 'd0', expiresAt: Math.floor(Date.now() / 1_000) + 3_600, tokenId: randomUUID() };
    return { user, device: 'd0', ...issueToken(tokenKey, claims) };
  };
  return {
    gateway,
    directory,
    counters,
    endpoint,
    credential,
    client: (user) => TestClient.open(endpoint, credential(user)),
    stop() {
      gateway.destroy();
      runtime.halt();
    },
  };
}
