import { connect } from 'node:net';
import { FramedSocket } from './framed-socket.ts';
import { type Credentials, greetAsDialler, type Refusal } from './greet.ts';
import type { MeshMember } from './mesh-member.ts';

const REDIAL_MS = 200;
/** A loopback or a local network answers in a millisecond or not at all: who does not is behind a partition, and is asked again. */
const CONNECT_MS = 500;
export const HANDSHAKE_MS = 2000;

export interface DiallerOptions extends Credentials {
  readonly member: MeshMember;
  /** Own address, so that links between nodes can be told apart. */
  readonly localAddress: string;
  /** Where to dial; the member's own address, or a proxy before it. */
  readonly address: { readonly host: string; readonly port: number };
  readonly connected: (framed: FramedSocket) => void;
  readonly refused: (why: Refusal) => void;
}

/** Connects to one member, again and again until it succeeds; and again after `lost`. */
export class Dialler {
  readonly member: MeshMember;
  readonly #options: DiallerOptions;
  #attempt: FramedSocket | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #again: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: DiallerOptions) {
    this.member = options.member;
    this.#options = options;
    this.#dial();
  }

  /** The connection that was made is gone. */
  lost(): void {
    this.#redial();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#settle();
    this.#attempt?.socket.destroy();
    this.#attempt = null;
  }

  #dial(): void {
    this.#again = null;
    const { address, localAddress, member, connected, refused } = this.#options;
    const socket = connect({ host: address.host, port: address.port, localAddress });
    const framed = new FramedSocket(socket);
    this.#attempt = framed;
    this.#within(CONNECT_MS);
    framed.onClosed = () => {
      if (this.#attempt !== framed) return;
      this.#attempt = null;
      this.#settle();
      this.#redial();
    };
    socket.once('connect', () => {
      if (this.#attempt !== framed) return;
      this.#within(HANDSHAKE_MS);
      const proved = (): void => {
        this.#attempt = null;
        this.#settle();
        connected(framed);
      };
      greetAsDialler(framed, this.#options, member, { proved, refused });
    });
  }

  #redial(): void {
    if (!this.#stopped) this.#again ??= setTimeout(() => this.#dial(), REDIAL_MS);
  }

  /** The attempt is given up when it takes longer. */
  #within(limitMs: number): void {
    this.#settle();
    this.#deadline = setTimeout(() => this.#attempt?.socket.destroy(), limitMs);
  }

  #settle(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = null;
  }
}
