import { createServer, type Server, type Socket } from 'node:net';
import type { NodeIdentity } from '../../../runtime/index.ts';
import { HANDSHAKE_MS } from './dialler.ts';
import { FramedSocket } from './framed-socket.ts';
import { type Credentials, greetAsListener, type Refusal } from './greet.ts';

/** Connections that have not proved themselves, or are not members yet; with more, the oldest goes. */
const MAX_STRANGERS = 64;

/** A node that connected and proved that it knows the cookie. */
export interface ProvenPeer {
  readonly identity: NodeIdentity;
  /** Let it in: from now on its frames are the caller's. */
  accept(): FramedSocket;
}

export interface ListenerOptions extends Credentials {
  /** A node proved itself. It waits until it is accepted, or for the rest of its time. */
  readonly greeted: (provenPeer: ProvenPeer) => void;
  readonly refused: (why: Refusal) => void;
}

interface Stranger {
  readonly framed: FramedSocket;
  readonly deadline: NodeJS.Timeout;
  provenPeer: ProvenPeer | null;
}

/** Where other nodes connect to. */
export class MeshListener {
  /** Whether connections are served yet; earlier ones are refused. */
  open = false;
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #strangers = new Set<Stranger>();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#came(socket));
  }

  /** Resolves with the port; rejects when it cannot be had. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        this.#server.on('error', () => {});
        resolve((this.#server.address() as { port: number }).port);
      });
    });
  }

  /** Those who proved themselves and wait. */
  get provenPeers(): ProvenPeer[] {
    return [...this.#strangers].flatMap(({ provenPeer }) => provenPeer ?? []);
  }

  /** Resolves when the port is free. Those inside are not touched. */
  close(): Promise<void> {
    for (const stranger of [...this.#strangers]) this.#sendAway(stranger);
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #came(socket: Socket): void {
    if (!this.open) {
      socket.destroy();
      return;
    }
    const framed = new FramedSocket(socket);
    const deadline = setTimeout(() => {
      this.#options.refused('tooSlow');
      this.#sendAway(stranger);
    }, HANDSHAKE_MS);
    const stranger: Stranger = { framed, deadline, provenPeer: null };
    this.#strangers.add(stranger);
    framed.onClosed = () => this.#sendAway(stranger);
    if (this.#strangers.size > MAX_STRANGERS) {
      this.#options.refused('tooMany');
      this.#sendAway(this.#leastWanted(stranger));
    }
    const proved = (identity: NodeIdentity, admit: () => void): void => {
      const accept = (): FramedSocket => {
        this.#strangers.delete(stranger);
        clearTimeout(deadline);
        admit();
        return framed;
      };
      stranger.provenPeer = { identity, accept };
      this.#options.greeted(stranger.provenPeer);
    };
    greetAsListener(framed, this.#options, proved, this.#options.refused);
  }

  /** The oldest that did not prove itself; of those that did, the oldest, only where there is nobody else. */
  #leastWanted(latest: Stranger): Stranger {
    let proven: Stranger | null = null;
    for (const stranger of this.#strangers) {
      if (stranger.provenPeer === null && stranger !== latest) return stranger;
      proven ??= stranger;
    }
    return proven ?? latest;
  }

  #sendAway(stranger: Stranger): void {
    if (!this.#strangers.delete(stranger)) return;
    clearTimeout(stranger.deadline);
    stranger.framed.socket.destroy();
  }
}
