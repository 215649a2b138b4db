/** A disk that several nodes share, and each node's store on it: it writes when told to, and forgets what it was not told to write when its node crashes. */
import { strippedHead } from '../../../../targets/reference/messaging/entry.ts';
import type { ClaimOver, Mandate, Owner, PageBounds, Store } from '../../../../targets/reference/messaging/store-port.ts';
import type { Pid } from '../../../../targets/reference/runtime/index.ts';
import { boundedHeads, boundedPage } from './slow-store.ts';

export class SharedDisk {
  readonly mailboxes = new Map<string, Map<number, Buffer>>();
  readonly profiles = new Map<string, string>();
  readonly owners = new Map<string, { readonly owner: Owner | null; readonly epoch: number }>();
  /** Creation of each node that lives. */
  readonly alive = new Map<string, number>();
  readonly #evictions = new Map<string, { readonly user: string; readonly epoch: number }[]>();

  isDead({ node, creation }: Owner): boolean {
    return this.alive.get(node) !== creation;
  }

  holds({ user, epoch }: Mandate): boolean {
    return this.owners.get(user)?.epoch === epoch;
  }

  evict(node: string, user: string, epoch: number): void {
    this.#evictions.set(node, [...(this.#evictions.get(node) ?? []), { user, epoch }]);
  }

  takeEvictions(node: string): readonly { readonly user: string; readonly epoch: number }[] {
    const found = this.#evictions.get(node) ?? [];
    this.#evictions.delete(node);
    return found;
  }
}

type Send = (to: Pid, message: unknown) => void;

export class SharedStore implements Store {
  readonly #disk: SharedDisk;
  readonly #send: Send;
  #writes: (() => void)[] = [];

  constructor(disk: SharedDisk, send: Send) {
    this.#disk = disk;
    this.#send = send;
  }

  load(user: string, to: Pid): void {
    this.#writes.push(() => {
      const lastSeq = Math.max(0, ...(this.#disk.mailboxes.get(user)?.keys() ?? []));
      this.#send(to, { type: 'loaded', profile: this.#disk.profiles.get(user) ?? null, lastSeq });
    });
  }

  page(user: string, after: number, bounds: PageBounds, to: Pid): void {
    this.#send(to, { type: 'page', after, ...boundedPage(this.#disk.mailboxes.get(user), after, bounds) });
  }

  heads(user: string, after: number, limit: number, to: Pid): void {
    this.#send(to, { type: 'heads', after, ...boundedHeads(this.#disk.mailboxes.get(user), after, limit) });
  }

  profile(user: string, to: Pid): void {
    this.#send(to, { type: 'profile', user, profile: this.#disk.profiles.get(user) ?? null });
  }

  append(mandate: Mandate, seq: number, value: Buffer, to: Pid): boolean {
    const copy = Buffer.from(value);
    this.#write(mandate, to, { type: 'stored', seq }, () => {
      const mailbox = this.#disk.mailboxes.get(mandate.user) ?? new Map<number, Buffer>();
      this.#disk.mailboxes.set(mandate.user, mailbox.set(seq, copy));
    });
    return false;
  }

  remove(mandate: Mandate, seq: number, _bytes: number): void {
    this.#write(mandate, null, null, () => void this.#disk.mailboxes.get(mandate.user)?.delete(seq));
  }

  strip(mandate: Mandate, seq: number, value: Buffer): void {
    const head = strippedHead(value);
    this.#write(mandate, null, null, () => void this.#disk.mailboxes.get(mandate.user)?.set(seq, head));
  }

  usedBytes(): number {
    let bytes = 0;
    for (const mailbox of this.#disk.mailboxes.values()) for (const value of mailbox.values()) bytes += value.length;
    return bytes;
  }

  saveProfile(mandate: Mandate, profile: string, to: Pid | null): boolean {
    this.#write(mandate, to, { type: 'saved' }, () => void this.#disk.profiles.set(mandate.user, profile));
    return false;
  }

  locate(user: string, to: Pid): void {
    const owner = this.#disk.owners.get(user)?.owner ?? null;
    this.#send(to, { type: 'located', user, owner: owner === null || this.#disk.isDead(owner) ? null : owner });
  }

  claim(user: string, claimant: Pid, over: ClaimOver | null): void {
    this.#writes.push(() => {
      const { owners } = this.#disk;
      const { owner, epoch } = owners.get(user) ?? { owner: null, epoch: 0 };
      const free = owner === null || owner.node === claimant.node || this.#disk.isDead(owner);
      if (!free && over?.epoch !== epoch) {
        this.#send(claimant, { type: 'claim-refused', owner, epoch });
        return;
      }
      const forced = !free && over?.by === 'force';
      if (forced) this.#disk.evict(owner.node, user, epoch);
      const { node, creation } = claimant;
      owners.set(user, { owner: { node, creation, serial: claimant.serial }, epoch: epoch + 1 });
      this.#send(claimant, { type: 'claimed', epoch: epoch + 1, from: free ? null : owner.node, forced });
    });
  }

  release(mandate: Mandate): void {
    this.#write(mandate, null, null, () => void this.#disk.owners.set(mandate.user, { owner: null, epoch: mandate.epoch }));
  }

  /** Does everything asked for so far, and says so. */
  write(): void {
    for (const one of this.#writes.splice(0)) one();
  }

  /** A crash in the middle: the first `share` of what waits reached the disk; there is nobody to be told. */
  crash(share: number): void {
    for (const one of this.#writes.slice(0, Math.floor(this.#writes.length * share))) one();
    this.#writes = [];
  }

  #write(mandate: Mandate, to: Pid | null, answer: object | null, act: () => void): void {
    this.#writes.push(() => {
      const held = this.#disk.holds(mandate);
      if (held) act();
      if (to !== null) this.#send(to, held ? answer : { type: 'fenced' });
    });
  }
}
