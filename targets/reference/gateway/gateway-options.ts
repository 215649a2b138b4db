/** What a gateway is made with. */
import type { Counters } from '../messaging/counters.ts';
import type { Directory } from '../messaging/directory.ts';
import type { Limits } from '../messaging/limits.ts';
import type { Runtime } from '../runtime/index.ts';
import type { Placement } from './placement.ts';

export interface GatewayOptions {
  readonly name: string;
  readonly runtime: Runtime;
  readonly directory: Directory;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly tokenKey: Buffer;
  /** Epochs of connections begin above this. */
  readonly firstEpoch: number;
  /** Where a client is served; null: here, there is one node. */
  readonly placement: Placement | null;
  /**
   * Asked once a turn before anything is delivered: does this node still own its users? Connections that the callee closes meanwhile
   * deliver nothing any more; at false no connection does, and those that were to deliver are closed with `restarting`. Null: it does.
   */
  readonly mayDeliver: (() => boolean) | null;
  /** Told of each WebSocket that was opened; null: nobody wants to know. */
  readonly opened: ((connection: object) => void) | null;
}
