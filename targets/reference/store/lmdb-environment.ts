/** One LMDB environment and its databases. All nodes of a cluster on one machine have the same one open. */
import { type Database, open, type RootDatabase } from 'lmdb';

export interface LmdbEnvironment {
  readonly root: RootDatabase;
  /** user 0x00 seq -> entry, or the head of one whose payload is in `bodies` */
  readonly mailboxes: Database<Buffer, Buffer>;
  /** user 0x00 seq -> payload of a large entry */
  readonly bodies: Database<Buffer, Buffer>;
  /** user -> profile */
  readonly profiles: Database<string, string>;
  /** user -> owner, or the empty text; the version is the epoch */
  readonly registry: Database<string, string>;
  /** node -> member */
  readonly members: Database<string, string>;
  /** node 0x00 user 0x00 the epoch that was taken from it -> nothing */
  readonly evictions: Database<string, string>;
}

const DATABASES = 6;

/** Opens the environment in this directory, which is made when absent. */
/**
 * With `shared`, other processes write to it too, and any of them may be killed in the middle. Then a commit is on the disk before the
 * next begins. lmdb's overlapping sync, which flushes while the next transaction runs, did not survive that: after ten kills among
 * three nodes at a thousand messages a second, writes failed with MDB_PROBLEM and MDB_BAD_TXN until every node was started again; without
 * it, none did.
 */
export function openEnvironment(path: string, shared = false): LmdbEnvironment {
  const root = open({
    path,
    maxDbs: DATABASES,
    encoding: 'binary',
    noMemInit: true,
    separateFlushed: true,
    overlappingSync: !shared,
  });
  return {
    root,
    mailboxes: root.openDB<Buffer, Buffer>('mailboxes', { encoding: 'binary', keyEncoding: 'binary' }),
    bodies: root.openDB<Buffer, Buffer>('bodies', { encoding: 'binary', keyEncoding: 'binary' }),
    profiles: root.openDB<string, string>('profiles', { encoding: 'string' }),
    registry: root.openDB<string, string>('registry', { encoding: 'string', useVersions: true }),
    members: root.openDB<string, string>('members', { encoding: 'string' }),
    evictions: root.openDB<string, string>('evictions', { encoding: 'string' }),
  };
}
