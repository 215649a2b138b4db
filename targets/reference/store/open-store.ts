/** Opens the store of a node, for the durability it promises, and with what several nodes share. */
import type { Durability } from '../../target.ts';
import type { UserRegistry } from '../messaging/store-port.ts';
import type { Answer, Closing, Seams } from '../mutants/mutation.ts';
import { openEnvironment } from './lmdb-environment.ts';
import { LmdbRegistry } from './lmdb-registry.ts';
import { LmdbStore } from './lmdb-store.ts';
import { type MemberRecords, Members } from './members.ts';
import { MemoryStore } from './memory-store.ts';

export interface OpenStore {
  readonly mailboxes: Closing;
  /** Null with durability memory: nothing of that can be shared. */
  readonly shared: { readonly registry: UserRegistry; readonly members: MemberRecords } | null;
}

export interface StoreOptions {
  readonly node: string;
  readonly path: string;
  /** Other nodes have it open as well. */
  readonly shared: boolean;
  readonly durability: Durability;
  /** How an answer reaches a process, and how a message a named one. */
  readonly send: Answer;
  readonly tell: (name: string, message: unknown) => void;
  readonly failed: (error: Error) => void;
  /** What stands elsewhere in the place of something here: nothing, unless the node has a bug or an effect on purpose. */
  readonly seams: Seams;
}

export function openStore({ node, path, shared, durability, send: plain, tell, failed, seams }: StoreOptions): OpenStore {
  const send = seams.answer?.(plain, tell) ?? plain;
  const wrapped = (store: Closing): Closing => seams.mailboxes?.(store) ?? store;
  if (durability === 'memory') return { mailboxes: wrapped(new MemoryStore(send)), shared: null };
  const environment = openEnvironment(path, shared);
  const store = new LmdbStore({ environment, durability, send, failed });
  const known = new Members(environment, node);
  const members = seams.members?.(known) ?? known;
  const registry = new LmdbRegistry({ environment, store, members, send, failed });
  return { mailboxes: wrapped(store), shared: { members, registry: seams.registry?.(registry) ?? registry } };
}
