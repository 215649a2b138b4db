/** The store of a node: by the durability it promises, and with what nodes share where there are several. */
import type { Durability } from '../../target.ts';
import type { MailboxStore, UserRegistry } from '../messaging/store-port.ts';
import type { Pid } from '../runtime/index.ts';
import { openEnvironment } from './lmdb-environment.ts';
import { LmdbRegistry } from './lmdb-registry.ts';
import { LmdbStore } from './lmdb-store.ts';
import { Members } from './members.ts';
import { MemoryStore } from './memory-store.ts';

export interface OpenStore {
  readonly mailboxes: MailboxStore & { flush(): Promise<void>; close(): Promise<void> };
  /** Null with durability memory: nothing of that can be shared. */
  readonly shared: { readonly registry: UserRegistry; readonly members: Members } | null;
}

export interface StoreOptions {
  readonly node: string;
  readonly path: string;
  readonly durability: Durability;
  readonly send: (to: Pid, message: unknown) => void;
  readonly failed: (error: Error) => void;
}

export function openStore({ node, path, durability, send, failed }: StoreOptions): OpenStore {
  if (durability === 'memory') return { mailboxes: new MemoryStore(send), shared: null };
  const environment = openEnvironment(path);
  const mailboxes = new LmdbStore({ environment, durability, send, failed });
  const members = new Members(environment, node);
  return { mailboxes, shared: { members, registry: new LmdbRegistry({ environment, store: mailboxes, members, send, failed }) } };
}
