/**
 * The nodes of the cluster, in the environment they share, and which of them are dead.
 *
 * A node is dead when its OS process is gone, which on one machine is a fact, or when a later start of it has taken its place. One that
 * is merely silent, because it is stopped or cut off, is not dead: its users can be taken from it by force only, and what it writes
 * too late is refused.
 */
import type { Owner } from '../messaging/store-port.ts';
import type { LmdbEnvironment } from './lmdb-environment.ts';
import { type OsProcess, ProcessLiveness, startOf } from './process-liveness.ts';

export interface Member extends OsProcess {
  readonly name: string;
  readonly creation: number;
  readonly host: string;
  /** Where clients connect; 0 until it listens. */
  readonly port: number;
  readonly meshPort: number;
  readonly state: 'ready' | 'draining';
}

/** A user of this node that another took by force. */
export interface Eviction {
  readonly user: string;
  /** The epoch it was taken from. */
  readonly epoch: number;
}

/** Records that are kept as they were read; a change of state makes a new one of its node. */
const MAX_READ = 64;

export class Members {
  readonly #environment: LmdbEnvironment;
  readonly #name: string;
  readonly #liveness = new ProcessLiveness();
  /** By their text, which changes seldom and is read for every message to another node. */
  readonly #read = new Map<string, Member>();

  constructor(environment: LmdbEnvironment, name: string) {
    this.#environment = environment;
    this.#name = name;
  }

  /** Puts this node on record, in place of its earlier start; resolves once others see it. */
  async announce(self: Omit<Member, 'osPid' | 'osStart'>): Promise<void> {
    const member: Member = { ...self, osPid: process.pid, osStart: startOf(process.pid) ?? '' };
    await this.#environment.members.put(self.name, JSON.stringify(member));
  }

  /** Takes this node off the record, and with it everything it owned. */
  async leave(): Promise<void> {
    await this.#environment.members.remove(this.#name);
  }

  /** All that are on record and alive, this one too. */
  list(): readonly Member[] {
    const members: Member[] = [];
    for (const { value } of this.#environment.members.getRange({})) {
      const member = this.#memberOf(value);
      if (this.#liveness.lives(member)) members.push(member);
    }
    return members;
  }

  isDead({ node, creation }: Owner): boolean {
    const text = this.#environment.members.get(node);
    if (text === undefined) return true;
    const member = this.#memberOf(text);
    return member.creation !== creation || !this.#liveness.lives(member);
  }

  #memberOf(text: string): Member {
    const known = this.#read.get(text);
    if (known !== undefined) return known;
    if (this.#read.size === MAX_READ) this.#read.clear();
    const member = JSON.parse(text) as Member;
    this.#read.set(text, member);
    return member;
  }

  /** Users of this node that were taken away since the last look; they are told once. */
  evictions(): readonly Eviction[] {
    const { evictions, root } = this.#environment;
    // A node that was stopped in the middle of a turn would go on reading what was then.
    root.resetReadTxn();
    const found: Eviction[] = [];
    const prefix = `${this.#name}\0`;
    for (const { key } of evictions.getRange({ start: prefix, end: `${this.#name}\x01` })) {
      const [user = '', epoch] = key.slice(prefix.length).split('\0');
      found.push({ user, epoch: Number(epoch) });
      void evictions.remove(key);
    }
    return found;
  }
}

/** What a node asks of Members. */
export type MemberRecords = Pick<Members, 'announce' | 'leave' | 'list' | 'isDead' | 'evictions'>;
