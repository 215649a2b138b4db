/** One LMDB environment and its databases. All nodes of a cluster on one machine have the same one open. */
import { type Database, open, type RootDatabase } from 'lmdb';

export interface LmdbEnvironment {
  readonly root: RootDatabase;
  /** user 0x00 seq -> entry */
  readonly mailboxes: Database<Buffer, Buffer>;
  /** user -> profile */
  readonly profiles: Database<string, string>;
  /** user -> owner, or the empty text; the version is the epoch */
  readonly registry: Database<string, string>;
  /** node -> member */
  readonly members: Database<string, string>;
  /** node 0x00 user 0x00 the epoch that was taken from it -> nothing */
  readonly evictions: Database<string, string>;
}

const DATABASES = 5;

/** Opens the environment in this directory, which is made when absent. */
export function openEnvironment(path: string): LmdbEnvironment {
  const root = open({ path, maxDbs: DATABASES, encoding: 'binary', noMemInit: true, separateFlushed: true });
  return {
    root,
    mailboxes: root.openDB<Buffer, Buffer>('mailboxes', { encoding: 'binary', keyEncoding: 'binary' }),
    profiles: root.openDB<string, string>('profiles', { encoding: 'string' }),
    registry: root.openDB<string, string>('registry', { encoding: 'string', useVersions: true }),
    members: root.openDB<string, string>('members', { encoding: 'string' }),
    evictions: root.openDB<string, string>('evictions', { encoding: 'string' }),
  };
}
