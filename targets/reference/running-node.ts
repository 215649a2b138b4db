/** A running node: its parts, for the control plane, which shows and breaks them, and for the code that started it. */
import type { NodeConfiguration } from './configuration.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Counters } from './messaging/counters.ts';
import type { Directory } from './messaging/directory.ts';
import type { ReleaseHandler } from './messaging/releases/release-handler.ts';
import type { MailboxStore } from './messaging/store-port.ts';
import type { Mesh } from './platform/real/mesh/mesh.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { SlowDisk } from './store/slow-disk.ts';

export interface RunningNode {
  readonly configuration: NodeConfiguration;
  readonly runtime: Runtime;
  readonly directory: Directory;
  readonly gateway: Gateway;
  readonly counters: Counters;
  readonly store: MailboxStore;
  readonly disk: SlowDisk;
  readonly releases: ReleaseHandler;
  readonly port: number;
  readonly controlPort: number;
  readonly httpPort: number;
  /** Null where the node is alone. */
  readonly mesh: Mesh | null;
  readonly state: 'ready' | 'draining';
  /**
   * Stops accepting, lets what is under way become durable and be acknowledged, tells the clients, closes. Resolves when
   * everything is written down, at the latest after five seconds. Idempotent.
   */
  drain(): Promise<void>;
}
