/** The credentials of a worker's devices, fetched from the parent in batches shortly before they are needed. */
import type { Credential } from '../../../targets/target.ts';
import type { User } from './user.ts';
import { deviceName, type UserNames } from './user-names.ts';

/** Credentials in one message of the parent: some 150 KB. */
export const CREDENTIAL_BATCH = 500;

export class CredentialStock {
  readonly #people: readonly User[];
  readonly #first: number;
  readonly #names: UserNames;
  readonly #request: (from: number, count: number) => void;
  #ready = 0;
  #asked = 0;

  /** `people` are devices, numbered over the run's from `first` on; `request` asks the parent for those of devices `from` and on. */
  constructor(people: readonly User[], first: number, names: UserNames, request: (from: number, count: number) => void) {
    this.#people = people;
    this.#first = first;
    this.#names = names;
    this.#request = request;
  }

  /** How many of the devices, from the first on, have theirs. */
  get ready(): number {
    return this.#ready;
  }

  /** Ask for those of the first `count` devices; one batch is under way at a time. */
  prepare(count: number): void {
    if (this.#asked > this.#ready || this.#ready >= count) return;
    const batch = Math.min(CREDENTIAL_BATCH, this.#people.length - this.#ready);
    this.#asked = this.#ready + batch;
    this.#request(this.#first + this.#ready, batch);
  }

  /** Throws RangeError for a batch that was not asked for. */
  receive(from: number, credentials: readonly (readonly [token: string, secret: string])[]): void {
    if (from !== this.#first + this.#ready || this.#ready + credentials.length !== this.#asked) {
      throw new RangeError(`${credentials.length} credentials from device ${from} on were not requested`);
    }
    for (const [token, secret] of credentials) {
      const user = this.#people[this.#ready] as User;
      user.credential = { user: this.#names.name(user.index), device: deviceName(user.device), token, secret };
      this.#ready++;
    }
  }

  /** Throws RangeError for a device whose credential has not come. */
  of(user: User): Credential {
    if (user.credential === null) throw new RangeError(`no credential for device ${user.device} of user ${user.index}`);
    return user.credential;
  }
}
