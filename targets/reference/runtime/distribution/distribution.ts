/**
 * Transparent distribution: what a process does to a process of another node becomes a signal on the bus, by the rules of OTP. Signals
 * between two processes stay in order; they are lost only with the connection, and then all monitors and links across it fire
 * `noconnection`, once. Without a bus every other node is one that is not connected.
 */
import type { Bus } from '../bus.ts';
import type { ExitReason } from '../exit-reason.ts';
import type { Kernel } from '../kernel.ts';
import type { NamedProcess } from '../messages.ts';
import type { Monitor } from '../monitor.ts';
import { type NodeIdentity, Pid } from '../pid.ts';
import type { Process } from '../process.ts';
import { redact } from '../redact.ts';
import { type Reference, RemoteReference } from '../reference.ts';
import type { Request } from '../request.ts';
import { Connection } from './connection.ts';
import { Incoming } from './incoming.ts';
import { NameTable } from './name-table.ts';
import { NodeWatchers } from './node-watchers.ts';
import * as kind from './signal-kinds.ts';
import { MalformedTerm } from './term-reader.ts';
import { TermWriter } from './term-writer.ts';

export class Distribution {
  readonly names: NameTable;
  readonly nodeWatchers: NodeWatchers;
  readonly #kernel: Kernel;
  readonly #bus: Bus | null;
  readonly #writer: TermWriter;
  readonly #incoming: Incoming;
  readonly #connections = new Map<string, Connection>();
  #stopped = false;
  readonly #demonitored = (connection: Connection, monitor: Monitor): void => {
    this.#writer.begin(connection.node, kind.DEMONITOR);
    this.#writer.varint(monitor.id);
    this.#post(connection);
  };

  constructor(kernel: Kernel, bus: Bus | null) {
    this.#kernel = kernel;
    this.#bus = bus;
    this.names = new NameTable(kernel.node);
    this.nodeWatchers = new NodeWatchers(kernel);
    this.#writer = new TermWriter(kernel.node, this.names);
    this.#incoming = new Incoming(kernel, this);
    bus?.listen({
      up: (node) => this.#up(node),
      down: (node) => this.#down(node),
      signal: (from, bytes) => this.#signal(from, bytes),
    });
  }

  get nodes(): string[] {
    return [...this.#connections.keys()];
  }

  /** Nothing is sent or received any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** A process of this node ended. */
  forget(process: Process): void {
    if (this.#bus === null) return;
    this.names.self.remember(process);
    this.nodeWatchers.watch(process, false);
  }

  /** Returns false when it cannot arrive. Throws `badarg` when the message cannot travel. */
  send(to: Pid | NamedProcess | RemoteReference, message: unknown): boolean {
    const connection = this.#connectionOf(to);
    if (!(connection instanceof Connection)) return false;
    const writer = this.#writer;
    if (to instanceof Pid) {
      writer.begin(connection.node, kind.SEND);
      writer.varint(to.serial);
    } else if (to instanceof RemoteReference) {
      writer.begin(connection.node, kind.SEND_ALIAS);
      writer.varint(to.id);
    } else {
      writer.begin(connection.node, kind.SEND_NAMED);
      writer.string(to.name);
    }
    writer.term(message, 'the message');
    return this.#post(connection);
  }

  /** Put a monitor on a process of another node; fires at once when that cannot be. */
  monitor(monitor: Monitor, to: Pid | NamedProcess): void {
    const connection = this.#connectionOf(to);
    if (!(connection instanceof Connection)) {
      this.#kernel.signals.monitor(monitor, undefined, connection);
      return;
    }
    this.#writer.begin(connection.node, to instanceof Pid ? kind.MONITOR : kind.MONITOR_NAMED);
    this.#writer.varint(monitor.id);
    this.#addressee(to);
    this.#watch(connection, monitor);
  }

  /** A request, which is a monitor too. Throws `badarg`, and does nothing else, when the request cannot travel. */
  call(ref: Request, to: Pid | NamedProcess, request: unknown): void {
    const connection = this.#connectionOf(to);
    if (!(connection instanceof Connection)) {
      this.#kernel.signals.monitor(ref, undefined, connection);
      return;
    }
    this.#writer.begin(connection.node, to instanceof Pid ? kind.CALL : kind.CALL_NAMED);
    this.#writer.varint(ref.id);
    this.#writer.varint(ref.watcher === null ? 0 : ref.watcher.serial + 1);
    this.#addressee(to);
    this.#writer.term(request, 'the request');
    this.#watch(connection, ref);
  }

  /** Answer a request of another node. Returns false when it cannot arrive. Throws `badarg` when the result cannot travel. */
  reply(from: RemoteReference, result: unknown): boolean {
    const connection = this.#connectionOf(from);
    if (!(connection instanceof Connection)) return false;
    this.#writer.begin(connection.node, kind.REPLY);
    this.#writer.varint(from.id);
    this.#writer.term(result, 'the reply');
    this.#incoming.demonitor(connection, from.id);
    return this.#post(connection);
  }

  /** What exit/2 sends; `from` is null for the outer world. Returns false when it cannot arrive. */
  exit(from: Pid | null, to: Pid, reason: ExitReason): boolean {
    const connection = this.#connectionOf(to);
    if (!(connection instanceof Connection)) return false;
    this.#writer.begin(connection.node, kind.EXIT);
    this.#writer.varint(from === null ? 0 : from.serial + 1);
    this.#writer.varint(to.serial);
    this.#writer.term(reason, 'the exit reason');
    return this.#post(connection);
  }

  /** Returns the exit reason with which the link is broken at once, or null. */
  link(process: Process, to: Pid): ExitReason | null {
    const connection = this.#connectionOf(to);
    if (!(connection instanceof Connection)) return connection;
    if (!connection.links.link(to, process.serial)) return null;
    this.#writer.begin(connection.node, kind.LINK);
    this.#writer.varint(process.serial);
    this.#writer.varint(to.serial);
    if (this.#post(connection)) {
      this.#kernel.signals.linked(process, to);
      return null;
    }
    connection.links.unlinked(to, process.serial);
    return 'noconnection';
  }

  unlink(process: Process, to: Pid): void {
    const connection = this.#connectionOf(to);
    if (!(connection instanceof Connection)) return;
    const id = connection.links.unlink(to, process.serial);
    if (id === null) return;
    this.#kernel.signals.unlinked(process, to);
    this.#writer.begin(connection.node, kind.UNLINK);
    this.#writer.varint(id);
    this.#writer.varint(process.serial);
    this.#writer.varint(to.serial);
    this.#post(connection);
  }

  /** A process of this node that was linked with `to` ended. */
  linkBroken(process: Process, to: Pid, reason: ExitReason): void {
    const connection = this.#connectionOf(to);
    if (!(connection instanceof Connection)) return;
    if (connection.links.unlinked(to, process.serial)) this.linkExit(connection, process.serial, to.serial, reason);
  }

  linkExit(connection: Connection, serial: number, remoteSerial: number, reason: ExitReason): void {
    this.#writer.begin(connection.node, kind.LINK_EXIT);
    this.#writer.varint(serial);
    this.#writer.varint(remoteSerial);
    this.#reason(reason);
    this.#post(connection);
  }

  unlinkAcknowledged(connection: Connection, id: number, serial: number, remoteSerial: number): void {
    this.#writer.begin(connection.node, kind.UNLINKED);
    this.#writer.varint(id);
    this.#writer.varint(serial);
    this.#writer.varint(remoteSerial);
    this.#post(connection);
  }

  /** A process of this node that the other one monitors ended, or is not there. */
  monitorDown(connection: Connection, monitorId: number, reason: ExitReason): void {
    this.#writer.begin(connection.node, kind.DOWN);
    this.#writer.varint(monitorId);
    this.#reason(reason);
    this.#post(connection);
  }

  /** A request of this node that another node answers than the one that was asked. */
  waiting(id: number): Reference | undefined {
    for (const { monitors } of this.#connections.values()) {
      const monitor = monitors.get(id);
      if (monitor !== undefined) return monitor;
    }
    return this.names.own(id);
  }

  /** The connection to somebody's node; `noproc` when that start of the node is over, `noconnection` when it is not connected. */
  #connectionOf(to: Pid | NamedProcess | RemoteReference): Connection | 'noproc' | 'noconnection' {
    if (!(to instanceof Pid) && !(to instanceof RemoteReference)) return this.#connections.get(to.node) ?? 'noconnection';
    const { home } = to;
    const connection = this.#connections.get(home.name);
    if (connection === undefined) return 'noconnection';
    if (connection.node.creation === home.creation) return connection;
    return connection.node.creation > home.creation ? 'noproc' : 'noconnection';
  }

  #addressee(to: Pid | NamedProcess): void {
    if (to instanceof Pid) this.#writer.varint(to.serial);
    else this.#writer.string(to.name);
  }

  #watch(connection: Connection, monitor: Monitor): void {
    if (this.#post(connection)) {
      connection.monitors.set(monitor.id, monitor);
      this.#kernel.signals.monitorRemote(monitor, connection);
    } else this.#kernel.signals.monitor(monitor, undefined, 'noconnection');
  }

  /** The reason of an end that has happened: what of it cannot travel is told in words. */
  #reason(reason: ExitReason): void {
    const before = this.#writer.mark();
    try {
      this.#writer.term(reason, 'the exit reason');
    } catch {
      this.#writer.reset(before);
      this.#writer.term(redact(reason), 'the exit reason');
    }
  }

  #post(connection: Connection): boolean {
    if (!connection.open || this.#stopped || this.#bus === null) return false;
    this.#kernel.counters.signalsSent++;
    return this.#bus.send(connection.node.name, this.#writer.finish());
  }

  #up(node: NodeIdentity): void {
    if (this.#stopped) return;
    const known = this.names.node(node.name, node.creation);
    this.#connections.set(node.name, new Connection(known, this.#demonitored));
    this.nodeWatchers.tell({ type: 'nodeup', node: known.identity });
  }

  #down(node: NodeIdentity): void {
    const connection = this.#connections.get(node.name);
    if (connection === undefined || this.#stopped) return;
    this.#connections.delete(node.name);
    connection.open = false;
    this.#incoming.disconnected(connection);
    this.nodeWatchers.tell({ type: 'nodedown', node: connection.node });
  }

  #signal(from: NodeIdentity, bytes: Buffer): void {
    const connection = this.#connections.get(from.name);
    if (connection === undefined || this.#stopped) return;
    try {
      this.#incoming.read(connection, bytes);
    } catch (thrown) {
      if (!(thrown instanceof MalformedTerm)) throw thrown;
      this.#kernel.counters.malformedSignals++;
      this.#bus?.disconnect(from.name);
      return;
    }
    this.#incoming.apply(connection);
  }
}
