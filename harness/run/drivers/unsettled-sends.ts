/**
 * What one user has sent and was told nothing about yet, across its sessions: a message that was written twice, on two connections, may be
 * settled twice.
 */
export class UnsettledSends {
  /** How many more times each id may be settled. */
  readonly #owed = new Map<number, number>();
  #highest: number;

  /** `usedId` as in ConnectOptions: a message with a lower id may have been sent before this began. */
  constructor(usedId: number) {
    this.#highest = usedId;
  }

  sent(id: number): void {
    this.#owed.set(id, (this.#owed.get(id) ?? 0) + 1);
    if (id > this.#highest) this.#highest = id;
  }

  /** `again`: it was settled as often as it was sent. Ids increase, so one above all of them was never sent. */
  settle(id: number): 'first' | 'again' | 'never-sent' {
    const owed = this.#owed.get(id);
    if (owed === undefined) return id > this.#highest ? 'never-sent' : 'again';
    if (owed === 1) this.#owed.delete(id);
    else this.#owed.set(id, owed - 1);
    return 'first';
  }
}
