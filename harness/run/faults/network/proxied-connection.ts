/**
 * One connection through a proxy: the near socket, which a client dialled; the far socket, which the proxy dials for that client; and a
 * pipe for each direction. What happens to one socket happens to the other, later if the path delays it.
 */
import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../../../../targets/target.ts';
import { resetSocket } from '../../drivers/reset-socket.ts';
import { stopReading } from '../../drivers/socket-reading.ts';
import type { PathConditions } from './path-conditions.ts';
import { type Parcel, Pipe } from './pipe.ts';

/** `forth`: from the dialler to the listener. */
export type Direction = 'forth' | 'back';

/** What went through one direction, as evidence. */
export interface Traffic {
  /** Read from the sender. */
  readBytes: number;
  /** Handed to the receiver. */
  deliveredBytes: number;
}

export interface ConnectionHost {
  readonly forth: PathConditions;
  readonly back: PathConditions;
  readonly traffic: Readonly<Record<Direction, Traffic>>;
  /** Where the listener is now; null if there is none, which dialling it would reveal. */
  target(): Pick<Endpoint, 'host' | 'port'> | null;
  /** Address to dial from; null lets the kernel choose. */
  readonly localAddress: string | null;
  /** A socket of a connection: the host destroys what is left of them when it closes. */
  holds(socket: Socket): void;
  opened(): void;
  closed(connection: ProxiedConnection): void;
}

export class ProxiedConnection {
  readonly #host: ConnectionHost;
  readonly #near: Socket;
  #far: Socket | null = null;
  readonly #pipes: Readonly<Record<Direction, Pipe>>;
  readonly #openDueMs: number;
  #openTimer: NodeJS.Timeout | null = null;
  #unwatch: (() => void)[] = [];
  /** The path was cut when the dialler came: its first packet is still on the way. */
  #late = false;
  #nearEnded = false;
  #over = false;

  /** `near` was accepted with `allowHalfOpen` and nothing was read from it. */
  constructor(near: Socket, host: ConnectionHost) {
    this.#host = host;
    this.#near = near;
    this.#pipes = {
      forth: new Pipe(host.forth, { deliver: (parcel) => this.#toFar(parcel), throttle: (on) => pace(near, on) }, true),
      back: new Pipe(host.back, { deliver: (parcel) => this.#toNear(parcel), throttle: (on) => pace(this.#far, on) }, false),
    };
    near.setNoDelay(true);
    this.#attach(near, 'forth');
    near.on('drain', () => this.#pipes.back.resume());
    this.#openDueMs = performance.now() + host.forth.drawDelayMs();
  }

  /** Begins; the host has taken note of it. */
  begin(): void {
    this.#open();
  }

  /** RST to both sides, now. */
  reset(): void {
    resetSocket(this.#near);
    if (this.#far !== null) resetSocket(this.#far);
    this.#finish();
  }

  /**
   * One side vanishes without a word to the other, as by a power cut. The other keeps its connection, is sent nothing and is not read from,
   * until the proxy closes.
   */
  vanish(side: 'near' | 'far'): void {
    if (this.#far === null || this.#far.connecting) {
      this.reset();
      return;
    }
    const gone = side === 'near' ? this.#near : this.#far;
    const left = side === 'near' ? this.#far : this.#near;
    this.#pipes.forth.close();
    this.#pipes.back.close();
    stopReading(left);
    resetSocket(gone);
  }

  /** Dials, once both directions let a handshake through. */
  #open(): void {
    this.#openTimer = null;
    if (this.#over) return;
    if (this.#host.forth.held || this.#host.back.held) {
      this.#late = true;
      this.#watchUntilOpen();
      return;
    }
    const waitMs = this.#openDueMs - performance.now();
    if (waitMs > 0.5) {
      this.#openTimer = setTimeout(() => this.#open(), Math.max(1, Math.round(waitMs)));
      return;
    }
    this.#stopWatching();
    if (this.#late && this.#nearEnded) {
      // It gave up before its first packet got through: for the listener, it never came.
      this.reset();
      return;
    }
    const target = this.#host.target();
    if (target === null) {
      this.#pipes.back.pushReset();
      return;
    }
    this.#dial(target);
  }

  #dial({ host, port }: Pick<Endpoint, 'host' | 'port'>): void {
    const { localAddress } = this.#host;
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true, ...(localAddress === null ? {} : { localAddress }) });
    this.#far = far;
    this.#host.holds(far);
    this.#attach(far, 'back');
    far.on('drain', () => this.#pipes.forth.resume());
    far.once('connect', () => {
      this.#host.opened();
      this.#pipes.forth.resume();
    });
  }

  #watchUntilOpen(): void {
    if (this.#unwatch.length > 0) return;
    const changed = (): void => {
      if (this.#openTimer === null && this.#far === null) this.#open();
    };
    this.#unwatch = [this.#host.forth.watch(changed), this.#host.back.watch(changed)];
  }

  #stopWatching(): void {
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatch = [];
  }

  #attach(source: Socket, direction: Direction): void {
    const pipe = this.#pipes[direction];
    const traffic = this.#host.traffic[direction];
    source.on('data', (chunk: Buffer) => {
      traffic.readBytes += chunk.length;
      pipe.push(chunk);
    });
    source.on('end', () => {
      if (direction === 'forth') this.#nearEnded = true;
      pipe.push('end');
    });
    source.on('error', () => this.#broken(direction));
    source.on('close', () => this.#closed());
  }

  /** The socket that feeds this direction is gone, violently. */
  #broken(direction: Direction): void {
    if (this.#over) return;
    this.#pipes[direction === 'forth' ? 'back' : 'forth'].close();
    if (direction === 'forth' && this.#far === null) {
      // Nobody on the other side has heard of it.
      this.#finish();
      return;
    }
    this.#pipes[direction].pushReset();
  }

  #closed(): void {
    if (this.#near.closed && this.#far?.closed === true) this.#finish();
  }

  #toFar(parcel: Parcel): boolean {
    return this.#far === null ? false : this.#hand(parcel, this.#far, this.#host.traffic.forth);
  }

  #toNear(parcel: Parcel): boolean {
    return this.#hand(parcel, this.#near, this.#host.traffic.back);
  }

  #hand(parcel: Parcel, sink: Socket, traffic: Traffic): boolean {
    if (parcel === 'reset') {
      this.reset();
      return true;
    }
    if (sink.destroyed) return true;
    if (parcel === 'end') {
      sink.end();
      return true;
    }
    traffic.deliveredBytes += parcel.length;
    return sink.write(parcel);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#openTimer !== null) clearTimeout(this.#openTimer);
    this.#stopWatching();
    this.#pipes.forth.close();
    this.#pipes.back.close();
    this.#host.closed(this);
  }
}

function pace(source: Socket | null, paused: boolean): void {
  if (paused) source?.pause();
  else source?.resume();
}
