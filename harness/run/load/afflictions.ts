/**
 * What is done to the devices of a worker's users from their own side: their sockets are reset, stalled or abandoned, or they are kept away.
 * What a user logs stays true: a connection that was cut is lost, whoever cut it. One device of several may be struck alone; devices are numbered over
 * all users, `user * devices + device`.
 */
import type { Socket } from 'node:net';
import type { AbandonedSocket, SocketLink } from '../../contracts/driver.ts';
import { ConnectionEvent } from '../../evidence/ledger/observations.ts';
import { ownSockets } from '../drivers/own-sockets.ts';
import type { User } from './user.ts';

/**
 * `reset`: RST; the user comes back as after any lost connection. `drop`: RST; it stays away until it is relieved. `stall`: its
 * socket is not read until it is relieved. `abandon`: its socket is neither read nor closed until it is relieved, while the user
 * comes back on another.
 */
export type Affliction = 'reset' | 'drop' | 'stall' | 'abandon';

/** A device that was hit, and the connection it had then. */
export interface AfflictedDevice {
  /** Its number over all users. */
  readonly device: number;
  readonly ends: SocketLink;
}

export interface DeviceState {
  /** Its number over all users. */
  readonly device: number;
  /** Its connection, null when it is not signed in. */
  readonly ends: SocketLink | null;
  /** Times it tried to connect. */
  readonly attempts: number;
  /** Whether it wants to be online and may be. */
  readonly isPresent: boolean;
  /**
   * Bytes that have been read from its stalled or abandoned sockets since then: 0 while nobody reads them. Null without such a socket, and
   * if the driver's sockets belong to another process.
   */
  readonly readSinceStruck: number | null;
}

/** A socket that must not be read, and how much had been read from it by then. */
interface UnreadSocket {
  readonly how: Affliction;
  readonly socket: Socket;
  readonly readBytes: number;
}

export class Afflictions {
  readonly #first: number;
  readonly #people: readonly User[];
  readonly #abandoned = new Map<User, AbandonedSocket[]>();
  /** Of those who are stalled, and of those who abandoned one. */
  readonly #unread = new Map<User, UnreadSocket[]>();

  /** `people` are devices, numbered from `first`. */
  constructor(people: readonly User[], first: number) {
    this.#people = people;
    this.#first = first;
  }

  /** Numbers of those who are signed in. */
  online(): number[] {
    return this.#people.flatMap(({ online }, at) => (online === null ? [] : [this.#first + at]));
  }

  inspect(devices: readonly number[]): DeviceState[] {
    return this.#own(devices).map(({ device, user }) => ({
      device,
      ends: user.online?.link ?? null,
      attempts: user.attempts,
      isPresent: user.isPresent,
      readSinceStruck: this.#readSinceStruck(user),
    }));
  }

  /** The devices that were really hit: signed in, and not yet afflicted in this way. */
  afflict(how: Affliction, devices: readonly number[]): AfflictedDevice[] {
    const sockets = how === 'stall' || how === 'abandon' ? ownSockets() : null;
    return this.#own(devices).flatMap(({ device, user }) => {
      const ends = user.online?.link ?? null;
      if (ends === null || !this.#strike(how, user)) return [];
      const socket = sockets?.get(`${ends.local} ${ends.remote}`);
      if (socket !== undefined)
        this.#unread.set(user, [...(this.#unread.get(user) ?? []), { how, socket, readBytes: socket.bytesRead }]);
      return [{ device, ends }];
    });
  }

  /** Ends what lasts; has no effect on devices for which it is over. */
  relieve(how: Affliction, devices: readonly number[]): void {
    for (const { user } of this.#own(devices)) {
      this.#forget(how, user);
      if (how === 'drop') user.letBack();
      else if (how === 'stall') this.#readAgain(user);
      else if (how === 'abandon') this.#endAbandoned(user);
    }
  }

  /** Leaves no abandoned socket open. */
  end(): void {
    for (const user of [...this.#abandoned.keys()]) this.#endAbandoned(user);
  }

  #strike(how: Affliction, user: User): boolean {
    const session = user.online;
    if (session === null) return false;
    switch (how) {
      case 'reset':
        user.release();
        session.abort('reset by a fault', 'back-off');
        return true;
      case 'drop':
        user.release();
        user.bar();
        session.abort('dropped by a fault', 'at-once');
        return true;
      case 'stall':
        if (!user.stopReading()) return false;
        user.release();
        user.doubt(ConnectionEvent.unsure);
        return true;
      case 'abandon': {
        const socket = session.abandon();
        if (socket === null) return false;
        user.release();
        user.doubt(ConnectionEvent.unsure);
        this.#abandoned.set(user, [...(this.#abandoned.get(user) ?? []), socket]);
        return true;
      }
    }
  }

  #readSinceStruck(user: User): number | null {
    const unread = this.#unread.get(user);
    return unread === undefined ? null : unread.reduce((sum, { socket, readBytes }) => sum + socket.bytesRead - readBytes, 0);
  }

  #forget(how: Affliction, user: User): void {
    const left = (this.#unread.get(user) ?? []).filter((unread) => unread.how !== how);
    if (left.length === 0) this.#unread.delete(user);
    else this.#unread.set(user, left);
  }

  /** A device that the server has disconnected has no session that could be read again. */
  #readAgain(user: User): void {
    user.readAgain();
    if (user.online !== null) user.doubt(ConnectionEvent.sure);
  }

  #endAbandoned(user: User): void {
    for (const socket of this.#abandoned.get(user) ?? []) socket.end();
    this.#abandoned.delete(user);
  }

  /** Those of this worker. */
  #own(devices: readonly number[]): { readonly device: number; readonly user: User }[] {
    return devices.flatMap((device) => {
      const user = this.#people[device - this.#first];
      return user === undefined ? [] : [{ device, user }];
    });
  }
}
