/**
 * Whether sockets that should not be read are really not read, for as long as that lasts. There are two witnesses: the kernel, whose count
 * of unread bytes of a socket can only grow while nobody reads; and the workers, whose sockets count what they took from the kernel,
 * wherever they put it (a paused Node socket goes on reading, into a buffer of its own).
 */

import type { Affliction } from '../../../load/afflictions.ts';
import { eventually } from '../../eventually.ts';
import type { FaultContext, Injection } from '../../fault.ts';
import { type Afflicted, afflictUsers, type ClientSettings, socketsNow, userControlOf } from './afflicted-users.ts';
import type { KernelSocket } from './kernel-sockets.ts';

/** Each such user has first asked for a sign of life, so that something comes that it does not read. */
const PILES_UP_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;
/** The kernel's table is long if there are many sockets: at most this share of the time is spent on reading it. */
const SHARE_OF_TIME = 0.1;

/** What a watch has seen so far. */
export interface Unread {
  /** Sockets for which the kernel held unread bytes at the last look, and how many bytes in total. */
  readonly sockets: number;
  readonly bytes: number;
  /** Sockets whose unread bytes became fewer, or of which the worker took bytes. */
  readonly readOn: number;
}

/** Users whose sockets nobody is to read from now on. */
export interface Unreading extends Afflicted {
  readonly watch: UnreadWatch;
}

/** As `afflictUsers`, for what leaves sockets unread. The watch has not begun yet. */
export async function afflictWatched(
  how: Affliction,
  settings: ClientSettings,
  context: FaultContext,
): Promise<Injection<Unreading>> {
  const injection = await afflictUsers(how, settings, context);
  return { ...injection, handle: { ...injection.handle, watch: new UnreadWatch(injection.handle, context) } };
}

export class UnreadWatch {
  readonly #afflicted: Afflicted;
  readonly #context: FaultContext;
  readonly #most: number[];
  readonly #readOn = new Set<number>();
  #last: readonly (KernelSocket | null)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(afflicted: Afflicted, context: FaultContext) {
    this.#afflicted = afflicted;
    this.#context = context;
    this.#most = afflicted.hit.map(() => 0);
  }

  /** Waits until something is unread on every socket, at most five seconds, and then looks repeatedly. */
  async begin(): Promise<Unread> {
    await eventually(
      () => this.#look(),
      () => this.#last.every((socket) => unreadOf(socket) > 0),
      PILES_UP_WITHIN_MS,
    );
    await this.#askWorkers();
    this.#lookLater(LOOK_EVERY_MS);
    return this.#seen();
  }

  /** Looks for the last time, before the sockets are read again or closed. */
  async end(): Promise<Unread> {
    this.#ended = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#look();
    await this.#askWorkers();
    return this.#seen();
  }

  async #look(): Promise<void> {
    this.#last = await socketsNow(this.#afflicted.hit);
    for (const [index, socket] of this.#last.entries()) {
      // A socket that its process has released reports nothing any more.
      if (socket === null || socket.inode === 0) continue;
      if (socket.unreadBytes < (this.#most[index] as number)) this.#readOn.add(index);
      else this.#most[index] = socket.unreadBytes;
    }
  }

  async #askWorkers(): Promise<void> {
    const { hit } = this.#afflicted;
    const states = await userControlOf(this.#context).inspect(hit.map(({ device }) => device));
    const read = new Map(states.map(({ device, readSinceStruck }) => [device, readSinceStruck]));
    for (const [index, { device }] of hit.entries()) if ((read.get(device) ?? 0) > 0) this.#readOn.add(index);
  }

  #seen(): Unread {
    const unread = this.#last.map(unreadOf);
    return {
      sockets: unread.filter((bytes) => bytes > 0).length,
      bytes: unread.reduce((sum, bytes) => sum + bytes, 0),
      readOn: this.#readOn.size,
    };
  }

  /** Ends by itself when every socket is gone, as at the end of a run that never undoes the fault. */
  #lookLater(ms: number): void {
    if (this.#ended || this.#last.every((socket) => socket === null)) return;
    this.#timer = setTimeout(async () => {
      const began = performance.now();
      // Where the kernel cannot be asked any more, the last look says so.
      await this.#look().catch(() => {
        this.#last = [];
      });
      this.#lookLater(Math.max(LOOK_EVERY_MS, (performance.now() - began) / SHARE_OF_TIME));
    }, ms).unref();
  }
}

function unreadOf(socket: KernelSocket | null): number {
  return socket?.unreadBytes ?? 0;
}
