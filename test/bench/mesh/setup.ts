import type { MeshOptions } from '../../../targets/reference/platform/real/mesh/mesh.ts';
import type { MeshMember } from '../../../targets/reference/platform/real/mesh/mesh-member.ts';
import type { NodeIdentity, Pid } from '../../../targets/reference/runtime/index.ts';

export const DRIVER: NodeIdentity = { name: 'driver', creation: 1 };
export const ECHO: NodeIdentity = { name: 'echo', creation: 1 };

/** What a message between two users' processes looks like. */
export interface BenchMessage {
  readonly type: 'deliver';
  readonly from: Pid;
  readonly conversation: string;
  readonly id: string;
  readonly seq: number;
  readonly payload: Buffer;
}

export function meshOptions(self: NodeIdentity): MeshOptions {
  return {
    self,
    host: '127.0.0.1',
    port: 0,
    cookie: Buffer.alloc(32, 1),
    tickMs: 60_000,
    maxQueueBytes: 64 * 2 ** 20,
    load: () => 0,
    via: {},
  };
}

/** The driver, as the echo node is told of it. */
export function other(meshPort: number): MeshMember {
  return { ...DRIVER, host: '127.0.0.1', meshPort };
}
