/** A node inside the test process, so that a test can look at its counters and hold its secrets. */

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken } from '../../../targets/protocol/token.ts';
import { PATH } from '../../../targets/reference/gateway/handshake.ts';
import type { Limits } from '../../../targets/reference/messaging/limits.ts';
import { startNode } from '../../../targets/reference/node.ts';
import type { RunningNode } from '../../../targets/reference/running-node.ts';
import type { Credential, Durability, Endpoint } from '../../../targets/target.ts';
import { TestClient } from './test-client.ts';

export interface LocalNode {
  readonly node: RunningNode;
  readonly endpoint: Endpoint;
  readonly controlToken: string;
  readonly tokenKey: Buffer;
  credential(user: string, device?: string, lifeSeconds?: number): Credential;
  client(
    user: string,
    options?: { readonly device?: string; readonly cursor?: number; readonly usedId?: number },
  ): Promise<TestClient>;
  /** Asks the control plane; `token` null sends none. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    token?: string | null,
  ): Promise<{ readonly status: number; readonly text: string }>;
  stop(): Promise<void>;
}

/** A node in this very process: alone, or, with a cookie, as the first of a cluster. */
export async function localNode(
  limits: Partial<Limits> = {},
  durability: Durability = 'memory',
  cookie: string | null = null,
): Promise<LocalNode> {
  const directory = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
  const tokenKey = randomBytes(32);
  const controlToken = randomBytes(32).toString('base64url');
  const node = await startNode(
    {
      name: 'n1',
      host: '127.0.0.1',
      port: 0,
      controlPort: 0,
      httpPort: 0,
      dataDir: join(directory, 'store'),
      durability,
      tokenKey: tokenKey.toString('base64url'),
      controlToken,
      limits,
      ...(cookie === null ? {} : { cluster: { cookie, meshPort: 0, via: {} } }),
    },
    (error) => {
      throw error;
    },
  );
  const endpoint = { host: '127.0.0.1', port: node.port, path: PATH };
  const credential = (user: string, device = 'd0', lifeSeconds = 3_600): Credential => {
    const expiresAt = Math.floor(Date.now() / 1000) + lifeSeconds;
    const { token, secret } = issueToken(tokenKey, { user, device, expiresAt, tokenId: randomUUID() });
    return { user, device, token, secret };
  };
  return {
    node,
    endpoint,
    controlToken,
    tokenKey,
    credential,
    client: (user, options = {}) => TestClient.open(endpoint, credential(user, options.device), options.cursor, options.usedId),
    async ask(method, path, body, token = controlToken) {
      const response = await fetch(`http://127.0.0.1:${node.controlPort}${path}`, {
        method,
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: response.status, text: await response.text() };
    },
    async stop() {
      await node.drain();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
