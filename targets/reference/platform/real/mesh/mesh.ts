/**
 * The bus over TCP: every node is connected with every other, once (the smaller name dials). Both sides prove that they know the
 * cookie. Everything that one turn of the event loop sends to a peer leaves in one write. A peer that is silent for `tickMs` is
 * down; one that does not read what is sent to it is disconnected when its queue is full. In: the nodes to connect with; out: the
 * events of the Bus.
 */
import type { Bus, BusEvents, NodeIdentity } from '../../../runtime/index.ts';
import { atTurnEnd } from '../turn-end.ts';
import { Dialler } from './dialler.ts';
import type { FramedSocket } from './framed-socket.ts';
import type { Refusal } from './greet.ts';
import { MAX_NAME_BYTES } from './handshake.ts';
import { MeshListener, type ProvenPeer } from './mesh-listener.ts';
import type { MeshMember } from './mesh-member.ts';
import { Peer, type PeerEnd, SILENT_TICKS } from './peer.ts';

export interface MeshOptions {
  readonly self: NodeIdentity;
  /** Own address: to listen on, and to dial from. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The secret all nodes share. At least 16 bytes. */
  readonly cookie: Buffer;
  /** A peer that was not heard of for so long is down. Ticks are sent four times as often. */
  readonly tickMs: number;
  /**
   * Bytes that may wait for one peer; with more the connection is dropped. Above a quarter the mesh is congested. Must be well
   * above the largest signal, which never gets through otherwise.
   */
  readonly maxQueueBytes: number;
  /** Own load, told to the peers with every tick: a whole number. */
  readonly load: () => number;
  /** Where to dial instead of a member's own address, by its name: a proxy. */
  readonly via: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
}

/** What happened since the start; all counts. */
export interface MeshCounters {
  connected: number;
  /** Connections that ended, by why. */
  closed: number;
  garbage: number;
  silent: number;
  overflow: number;
  /** Handshakes that came to nothing, by why. */
  readonly refused: Record<Refusal, number>;
}

export interface Mesh extends Bus {
  readonly port: number;
  readonly counters: Readonly<MeshCounters>;
  /** Whom to be connected with, from now on. Oneself among them is passed over. One with another creation replaces the one before. */
  setMembers(members: readonly MeshMember[]): void;
  /** What the peer said of its load in its last tick; null when it is not connected or has said nothing yet. */
  loadOf(node: string): number | null;
  /** Whether some peer's queue is above its high-water mark. */
  readonly congested: boolean;
  onCongestion(listener: (congested: boolean) => void): void;
  /** Resolves when nothing of it is left. What waits is still sent to those who take it. */
  close(): Promise<void>;
}

/** What is sent last may take so long to leave. */
const LINGER_MS = 200;

/** Listen, and be ready to be given members and a listener. Rejects when the port cannot be had. */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  if (Buffer.byteLength(options.self.name) > MAX_NAME_BYTES) {
    throw new RangeError(`node name of ${options.self.name.length} characters: at most ${MAX_NAME_BYTES} bytes`);
  }
  if (options.cookie.length < 16) throw new RangeError(`cookie of ${options.cookie.length} bytes: at least 16`);
  const mesh = new TcpMesh(options);
  await mesh.start();
  return mesh;
}

class TcpMesh implements Mesh {
  port = 0;
  readonly counters: MeshCounters = {
    connected: 0,
    closed: 0,
    garbage: 0,
    silent: 0,
    overflow: 0,
    refused: { garbage: 0, stranger: 0, wrongCookie: 0, tooMany: 0, tooSlow: 0 },
  };
  readonly #options: MeshOptions;
  readonly #listener: MeshListener;
  readonly #peers = new Map<string, Peer>();
  /** Their names; asked for more often than it changes. */
  connected: readonly string[] = [];
  readonly #diallers = new Map<string, Dialler>();
  #members = new Map<string, MeshMember>();
  #events: BusEvents | null = null;
  #ticks: NodeJS.Timeout | null = null;
  #dirty: Peer[] = [];
  #congestion: (congested: boolean) => void = () => {};
  #announced = false;
  #closed: Promise<void> | null = null;
  readonly #refused = (why: Refusal): void => {
    this.counters.refused[why]++;
  };
  readonly #flush = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const peer of dirty) peer.flush();
    this.#announce();
  };
  readonly #peerEvents = {
    signal: (peer: Peer, bytes: Buffer): void => this.#events?.signal(peer.node, bytes),
    dirty: (peer: Peer): void => {
      if (this.#dirty.length === 0) atTurnEnd(this.#flush);
      this.#dirty.push(peer);
    },
    gone: (peer: Peer, why: PeerEnd): void => this.#gone(peer, why),
    drained: (): void => this.#announce(),
  };

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#listener = new MeshListener({
      self: options.self,
      cookie: options.cookie,
      greeted: (provenPeer) => this.#greeted(provenPeer),
      refused: this.#refused,
    });
  }

  async start(): Promise<void> {
    this.port = await this.#listener.listen(this.#options.host, this.#options.port);
  }

  get congested(): boolean {
    for (const peer of this.#peers.values()) if (peer.congested) return true;
    return false;
  }

  onCongestion(listener: (congested: boolean) => void): void {
    this.#congestion = listener;
  }

  listen(events: BusEvents): void {
    if (this.#events !== null) throw new Error('the mesh already serves a runtime, and can serve only one');
    this.#events = events;
    this.#listener.open = true;
    this.#ticks = setInterval(() => this.#tick(), Math.max(1, this.#options.tickMs / SILENT_TICKS));
    this.#dialMissing();
  }

  send(node: string, signal: Uint8Array): boolean {
    const peer = this.#peers.get(node);
    return peer?.send(signal) ?? false;
  }

  disconnect(node: string): void {
    const peer = this.#peers.get(node);
    if (peer !== undefined) this.#gone(peer, 'garbage');
  }

  loadOf(node: string): number | null {
    return this.#peers.get(node)?.load ?? null;
  }

  setMembers(members: readonly MeshMember[]): void {
    if (this.#closed !== null) return;
    this.#members = new Map(
      members.filter(({ name }) => name !== this.#options.self.name).map((member) => [member.name, member]),
    );
    for (const peer of [...this.#peers.values()]) if (!this.#isMember(peer.node)) this.#gone(peer, 'closed');
    for (const [name, dialler] of this.#diallers) {
      const member = this.#members.get(name);
      if (member !== undefined && sameMember(member, dialler.member)) continue;
      dialler.stop();
      this.#diallers.delete(name);
    }
    for (const provenPeer of this.#listener.provenPeers) this.#greeted(provenPeer);
    this.#dialMissing();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#ticks !== null) clearInterval(this.#ticks);
    for (const dialler of this.#diallers.values()) dialler.stop();
    this.#diallers.clear();
    const peers = [...this.#peers.values()];
    this.#peers.clear();
    this.connected = [];
    const closed = peers.map((peer) => peer.close(LINGER_MS));
    for (const { node } of peers) this.#events?.down(node);
    await Promise.all([...closed, this.#listener.close()]);
  }

  #dialMissing(): void {
    if (this.#events === null) return;
    const { self, cookie, host, via } = this.#options;
    for (const member of this.#members.values()) {
      if (self.name > member.name || this.#diallers.has(member.name)) continue;
      const dialler: Dialler = new Dialler({
        self,
        cookie,
        member,
        localAddress: host,
        address: via[member.name] ?? { host: member.host, port: member.meshPort },
        connected: (framed) => this.#establish({ name: member.name, creation: member.creation }, framed),
        refused: this.#refused,
      });
      this.#diallers.set(member.name, dialler);
    }
  }

  /** Somebody who knows the cookie. If it is not a member yet it waits: membership may reach this node a little later. */
  #greeted(provenPeer: ProvenPeer): void {
    const { identity } = provenPeer;
    if (this.#isMember(identity) && identity.name < this.#options.self.name) this.#establish(identity, provenPeer.accept());
  }

  #establish(node: NodeIdentity, framed: FramedSocket): void {
    // It dials only when it has no connection: the one before is dead, and has not been noticed here.
    const before = this.#peers.get(node.name);
    if (before !== undefined) this.#gone(before, 'closed');
    const peer = new Peer(node, framed, this.#options.maxQueueBytes, this.#peerEvents);
    this.#peers.set(node.name, peer);
    this.connected = [...this.#peers.keys()];
    this.counters.connected++;
    peer.tick(this.#options.load());
    this.#events?.up(node);
  }

  #gone(peer: Peer, why: PeerEnd): void {
    peer.cut();
    if (this.#peers.get(peer.node.name) !== peer) return;
    this.#peers.delete(peer.node.name);
    this.connected = [...this.#peers.keys()];
    this.counters[why]++;
    this.#events?.down(peer.node);
    this.#diallers.get(peer.node.name)?.lost();
    this.#announce();
  }

  #tick(): void {
    const load = this.#options.load();
    for (const peer of [...this.#peers.values()]) peer.tick(load);
  }

  #announce(): void {
    const { congested } = this;
    if (congested === this.#announced) return;
    this.#announced = congested;
    this.#congestion(congested);
  }

  #isMember({ name, creation }: NodeIdentity): boolean {
    return this.#members.get(name)?.creation === creation;
  }
}

function sameMember(a: MeshMember, b: MeshMember): boolean {
  return a.creation === b.creation && a.host === b.host && a.meshPort === b.meshPort;
}
