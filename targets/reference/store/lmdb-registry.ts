/**
 * Who owns which user, in the environment that all nodes share. Every change is one conditional write: it is made only if the epoch
 * is still the one that was read.
 */
import type { ClaimOver, Mandate, Owner, UserRegistry } from '../messaging/store-port.ts';
import type { Pid } from '../runtime/index.ts';
import type { LmdbEnvironment } from './lmdb-environment.ts';
import type { LmdbStore } from './lmdb-store.ts';
import type { Members } from './members.ts';

export interface LmdbRegistryOptions {
  readonly environment: LmdbEnvironment;
  readonly store: LmdbStore;
  readonly members: Pick<Members, 'isDead'>;
  readonly send: (to: Pid, message: unknown) => void;
  readonly failed: (error: Error) => void;
}

interface Record {
  readonly owner: Owner | null;
  readonly epoch: number;
}

const NOBODY = '';
/** Somebody else was faster, so often; each time the record is read anew. */
const MAX_TRIES = 50;

export class LmdbRegistry implements UserRegistry {
  readonly #options: LmdbRegistryOptions;

  constructor(options: LmdbRegistryOptions) {
    this.#options = options;
  }

  locate(user: string, to: Pid): void {
    const { members, send } = this.#options;
    const owner = this.#read(user)?.owner ?? null;
    send(to, { type: 'located', user, owner: owner === null || members.isDead(owner) ? null : owner });
  }

  claim(user: string, claimant: Pid, over: ClaimOver | null): void {
    // What this node released a moment ago must count.
    this.#options.store.afterWrites(() => {
      this.#claim(user, claimant, over).catch((error: unknown) =>
        this.#options.failed(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }

  release({ user, epoch }: Mandate): void {
    const { environment, store } = this.#options;
    store.afterWrites(() => void environment.registry.put(user, NOBODY, epoch, epoch));
  }

  async #claim(user: string, claimant: Pid, over: ClaimOver | null): Promise<void> {
    const { environment, members, send } = this.#options;
    const { registry, evictions } = environment;
    const value = JSON.stringify([claimant.node, claimant.creation, (claimant as { readonly serial: number }).serial]);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const known = this.#read(user);
      if (known === null) {
        const first = registry.ifNoExists(user, () => void registry.put(user, value, 1));
        if (!(await first)) continue;
        send(claimant, { type: 'claimed', epoch: 1, from: null, forced: false });
        return;
      }
      const { owner, epoch } = known;
      // A process of this node that is on record still is dead: the directory has one a user.
      const free = owner === null || owner.node === claimant.node || members.isDead(owner);
      if (!free && over?.epoch !== epoch) {
        send(claimant, { type: 'claim-refused', owner, epoch });
        return;
      }
      const forced = !free && over?.by === 'force';
      const taken = registry.ifVersion(user, epoch, () => {
        void registry.put(user, value, epoch + 1);
        if (forced) void evictions.put(`${owner.node}\0${user}\0${epoch}`, '');
      });
      if (!(await taken)) continue;
      const from = owner === null || owner.node === claimant.node ? null : owner.node;
      send(claimant, { type: 'claimed', epoch: epoch + 1, from, forced });
      return;
    }
    throw new Error(`the registry entry of ${user} changed ${MAX_TRIES} times while it was claimed`);
  }

  #read(user: string): Record | null {
    const entry = this.#options.environment.registry.getEntry(user);
    if (entry === undefined) return null;
    const epoch = entry.version as number;
    if (entry.value === NOBODY) return { owner: null, epoch };
    const [node, creation, serial] = JSON.parse(entry.value) as [string, number, number];
    return { owner: { node, creation, serial }, epoch };
  }
}
