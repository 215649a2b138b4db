/**
 * Who lives on this node: user -> process and connections. The gateway asks it where to send frames, a sender's process where the
 * receiver is. It is an index of running processes, not a record: it is empty at every start.
 */
import { ErrorCode } from '../../protocol/frames.ts';
import type { Shelter } from '../platform/platform.ts';
import type { Pid } from '../runtime/pid.ts';
import { inShelter } from '../runtime/shelter.ts';
import { HeldBytes } from './held-bytes.ts';
import type { ClientConnection } from './ports.ts';

export interface Resident {
  readonly user: string;
  readonly pid: Pid;
  /** By which it owns the user; 0 until it does, and where there is one node. */
  epoch: number;
  /** Connections given to this process, in order of arrival, also those whose attach it has not handled yet. */
  connections: readonly ClientConnection[];
  /** Others see the user as online. */
  online: boolean;
  /** See held-bytes.ts. */
  heldBytes: number;
  gone: boolean;
}

/** How the directory starts and sees processes. */
export interface Housing {
  spawn(user: string): Pid;
  isAlive(pid: Pid): boolean;
  /** A process ended that kept its user online: the user's watchers must be told. */
  gone(user: string, end: EndOfResident): void;
  /** Handlers ask for much of this, and it must not be done by half. */
  readonly shelter: Shelter;
}

/** Why a process is no more that did not go to sleep: it died, or another node took its user. */
export type EndOfResident = 'died' | 'taken';

const NO_CONNECTIONS: readonly ClientConnection[] = [];

export class Directory {
  readonly held: HeldBytes;
  readonly #byUser = new Map<string, Resident>();
  readonly #byPid = new Map<Pid, Resident>();
  readonly #housing: Housing;

  constructor(housing: Housing) {
    this.#housing = housing;
    this.held = new HeldBytes(housing.shelter);
  }

  get size(): number {
    return this.#byUser.size;
  }

  find(user: string): Resident | undefined {
    return this.#byUser.get(user);
  }

  ofProcess(pid: Pid): Resident | undefined {
    return this.#byPid.get(pid);
  }

  /** The user's process, which is spawned if it does not exist. */
  ensure(user: string): Resident {
    const known = this.#byUser.get(user);
    if (known !== undefined) {
      if (this.#housing.isAlive(known.pid)) return known;
      this.bury(known, 'died');
    }
    return inShelter(this.#housing.shelter, () => this.#house(user));
  }

  #house(user: string): Resident {
    const pid = this.#housing.spawn(user);
    const resident: Resident = { user, pid, epoch: 0, connections: NO_CONNECTIONS, online: false, heldBytes: 0, gone: false };
    this.#byUser.set(user, resident);
    this.#byPid.set(pid, resident);
    return resident;
  }

  /** The process goes to sleep, by its own will and without connections. */
  remove(resident: Resident): void {
    inShelter(this.#housing.shelter, () => {
      if (this.#byUser.get(resident.user) === resident) this.#byUser.delete(resident.user);
      this.#byPid.delete(resident.pid);
      this.held.forget(resident);
    });
  }

  /**
   * The process ended against its will: its connections are told to come back, and who watches its user is told. Returns false when that was
   * done before.
   */
  bury(resident: Resident, end: EndOfResident): boolean {
    return inShelter(this.#housing.shelter, () => this.#bury(resident, end));
  }

  #bury(resident: Resident, end: EndOfResident): boolean {
    if (this.#byPid.get(resident.pid) !== resident) return false;
    this.remove(resident);
    const { connections } = resident;
    resident.connections = NO_CONNECTIONS;
    for (const connection of connections)
      connection.close(ErrorCode.restarting, 'the process of this user died; its state is safe');
    if (resident.online) {
      resident.online = false;
      this.#housing.gone(resident.user, end);
    }
    return true;
  }

  residents(): IterableIterator<Resident> {
    return this.#byUser.values();
  }
}

export function addConnection(resident: Resident, connection: ClientConnection): void {
  if (!resident.connections.includes(connection)) resident.connections = [...resident.connections, connection];
}

export function dropConnection(resident: Resident, connection: ClientConnection): void {
  const rest = resident.connections.filter((other) => other !== connection);
  resident.connections = rest.length === 0 ? NO_CONNECTIONS : rest;
}
