/** What a connection needs from its gateway; `Client` is the connection. */
import type { Presented, TokenCheck } from '../../protocol/token.ts';
import type { Counters } from '../messaging/counters.ts';
import type { HeldBytes } from '../messaging/held-bytes.ts';
import type { Limits } from '../messaging/limits.ts';
import type { Runtime } from '../runtime/index.ts';
import type { FlushQueue } from './flush-queue.ts';

export interface ConnectionHost<Client> {
  readonly name: string;
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly counters: Counters;
  /** The node's count of bytes in memory. */
  readonly held: HeldBytes;
  /** Monotonic milliseconds, as of the last sweep. */
  readonly nowMs: number;
  /** Whether clients are read at all. */
  readonly reads: boolean;
  readonly flushQueue: FlushQueue;
  authenticate(presented: Presented): TokenCheck;
  signIn(connection: Client, user: string, device: string, cursor: number): void;
  /** Its user's process has taken it in. */
  entered(connection: Client): void;
  /** It is about to close, and no longer belongs to its user. */
  leaving(connection: Client): void;
  closed(connection: Client): void;
}
