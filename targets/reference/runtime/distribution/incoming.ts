/** Applies the signals of another node to processes of this one. A signal is read completely before any of it takes effect. */
import { Alias } from '../alias.ts';
import type { ExitReason } from '../exit-reason.ts';
import type { Kernel } from '../kernel.ts';
import type { Pid } from '../pid.ts';
import type { Process } from '../process.ts';
import type { Reference } from '../reference.ts';
import { Request } from '../request.ts';
import type { Connection } from './connection.ts';
import type { Distribution } from './distribution.ts';
import { RemoteWatch } from './remote-watch.ts';
import * as kind from './signal-kinds.ts';
import { MalformedTerm, type Names, TermReader } from './term-reader.ts';

export class Incoming implements Names {
  readonly #kernel: Kernel;
  readonly #distribution: Distribution;
  readonly #reader: TermReader = new TermReader(this);
  /** The signal read last. Which of the fields it has depends on its kind. */
  #connection!: Connection;
  #kind = 0;
  #id = 0;
  #from = 0;
  #to = 0;
  #name = '';
  #term: unknown = undefined;

  constructor(kernel: Kernel, distribution: Distribution) {
    this.#kernel = kernel;
    this.#distribution = distribution;
  }

  /** Throws MalformedTerm. */
  read(connection: Connection, bytes: Buffer): void {
    this.#connection = connection;
    const reader = this.#reader;
    this.#kind = reader.begin(bytes);
    switch (this.#kind) {
      case kind.SEND:
        this.#to = reader.varint();
        this.#term = reader.term();
        break;
      case kind.SEND_NAMED:
        this.#name = reader.string();
        this.#term = reader.term();
        break;
      case kind.SEND_ALIAS:
      case kind.DOWN:
      case kind.REPLY:
        this.#id = reader.varint();
        this.#term = reader.term();
        break;
      case kind.MONITOR:
        this.#id = reader.varint();
        this.#to = reader.varint();
        break;
      case kind.MONITOR_NAMED:
        this.#id = reader.varint();
        this.#name = reader.string();
        break;
      case kind.DEMONITOR:
        this.#id = reader.varint();
        break;
      case kind.LINK:
        this.#from = reader.varint();
        this.#to = reader.varint();
        break;
      case kind.UNLINK:
      case kind.UNLINKED:
        this.#id = reader.varint();
        this.#from = reader.varint();
        this.#to = reader.varint();
        break;
      case kind.LINK_EXIT:
      case kind.EXIT:
        this.#from = reader.varint();
        this.#to = reader.varint();
        this.#term = reader.term();
        break;
      case kind.CALL:
        this.#id = reader.varint();
        this.#from = reader.varint();
        this.#to = reader.varint();
        this.#term = reader.term();
        break;
      case kind.CALL_NAMED:
        this.#id = reader.varint();
        this.#from = reader.varint();
        this.#name = reader.string();
        this.#term = reader.term();
        break;
      default:
        throw new MalformedTerm(`unknown signal ${this.#kind}`);
    }
    reader.finish();
  }

  apply(connection: Connection): void {
    const term = this.#term;
    this.#term = undefined;
    this.#kernel.counters.signalsReceived++;
    switch (this.#kind) {
      case kind.SEND:
        this.#deliver(this.#kernel.table.find(this.#to), term);
        break;
      case kind.SEND_NAMED:
        this.#deliver(this.#kernel.registry.whereis(this.#name), term);
        break;
      case kind.SEND_ALIAS: {
        const alias = this.#distribution.names.own(this.#id);
        this.#deliver(alias instanceof Alias ? this.#kernel.receiver(alias) : undefined, term);
        break;
      }
      case kind.MONITOR:
        this.#monitor(connection, this.#kernel.table.find(this.#to));
        break;
      case kind.MONITOR_NAMED:
        this.#monitor(connection, this.#kernel.registry.whereis(this.#name));
        break;
      case kind.DEMONITOR:
        this.demonitor(connection, this.#id);
        break;
      case kind.DOWN:
        this.#down(connection, this.#id, term as ExitReason);
        break;
      case kind.LINK:
        this.#link(connection, this.pidOfSender(this.#from));
        break;
      case kind.UNLINK:
        this.#unlink(connection, this.pidOfSender(this.#from));
        break;
      case kind.UNLINKED:
        connection.links.acknowledged(this.pidOfSender(this.#from), this.#to, this.#id);
        break;
      case kind.LINK_EXIT:
        this.#linkExit(connection, this.pidOfSender(this.#from), this.#to, term as ExitReason);
        break;
      case kind.EXIT: {
        const process = this.#kernel.table.find(this.#to);
        const from = this.#from === 0 ? null : this.pidOfSender(this.#from - 1);
        if (process !== undefined) this.#kernel.signals.exit(from, process, term as ExitReason);
        break;
      }
      case kind.CALL:
        this.#call(connection, this.#kernel.table.find(this.#to), term);
        break;
      case kind.CALL_NAMED:
        this.#call(connection, this.#kernel.registry.whereis(this.#name), term);
        break;
      case kind.REPLY:
        this.#reply(connection, term);
        break;
    }
  }

  /** Take a monitor of that node off; does nothing when it has fired. */
  demonitor(connection: Connection, id: number): void {
    const watch = connection.watches.get(id);
    if (watch === undefined) return;
    connection.watches.delete(id);
    this.#kernel.signals.demonitor(watch);
  }

  /** Everything across a connection that is gone. */
  disconnected(connection: Connection): void {
    const { signals, table } = this.#kernel;
    for (const watch of connection.watches.values()) signals.demonitor(watch);
    connection.watches.clear();
    const links = connection.links.clear();
    for (const monitor of connection.monitors.values()) {
      connection.monitors.delete(monitor.id);
      signals.fire(monitor, 'noconnection');
    }
    for (const { remote, serial } of links) {
      const process = table.find(serial);
      if (process !== undefined) signals.linkExit(remote, process, 'noconnection');
    }
  }

  pidOfSender(serial: number): Pid {
    return this.#connection.known.pid(serial);
  }

  pidOfReceiver(serial: number): Pid {
    return this.#kernel.table.find(serial) ?? this.#distribution.names.self.pid(serial);
  }

  pidOfOther(name: string, creation: number, serial: number): Pid {
    return this.#distribution.names.node(name, creation).pid(serial);
  }

  referenceOfSender(id: number, caller: Pid | null): Reference {
    return this.#connection.known.reference(id, caller);
  }

  referenceOfReceiver(id: number): Reference {
    const { names } = this.#distribution;
    return names.own(id) ?? names.self.reference(id, null);
  }

  referenceOfOther(name: string, creation: number, id: number, caller: Pid | null): Reference {
    return this.#distribution.names.node(name, creation).reference(id, caller);
  }

  #deliver(process: Process | undefined, message: unknown): void {
    if (process === undefined) this.#kernel.counters.toNobody++;
    else this.#kernel.deliver(process, message);
  }

  #monitor(connection: Connection, process: Process | undefined): void {
    const watch = new RemoteWatch(this.#id, connection, this.#distribution);
    this.#kernel.signals.monitor(watch, process);
    if (watch.active) connection.watches.set(watch.monitorId, watch);
  }

  #down(connection: Connection, id: number, reason: ExitReason): void {
    const monitor = connection.monitors.get(id);
    if (monitor === undefined) return;
    connection.monitors.delete(id);
    this.#kernel.signals.fire(monitor, reason);
  }

  #link(connection: Connection, from: Pid): void {
    const process = this.#kernel.table.find(this.#to);
    if (process === undefined) this.#distribution.linkExit(connection, this.#to, from.serial, 'noproc');
    else if (connection.links.linked(from, process.serial)) this.#kernel.signals.linked(process, from);
  }

  #unlink(connection: Connection, from: Pid): void {
    const process = this.#kernel.table.find(this.#to);
    if (connection.links.unlinked(from, this.#to) && process !== undefined) this.#kernel.signals.unlinked(process, from);
    this.#distribution.unlinkAcknowledged(connection, this.#id, this.#to, from.serial);
  }

  #linkExit(connection: Connection, from: Pid, serial: number, reason: ExitReason): void {
    const process = this.#kernel.table.find(serial);
    if (connection.links.unlinked(from, serial) && process !== undefined) this.#kernel.signals.linkExit(from, process, reason);
  }

  #call(connection: Connection, process: Process | undefined, request: unknown): void {
    const caller = this.#from === 0 ? null : this.pidOfSender(this.#from - 1);
    this.#monitor(connection, process);
    if (process !== undefined) {
      this.#kernel.deliver(process, { type: 'call', from: this.referenceOfSender(this.#id, caller), request });
    }
  }

  #reply(connection: Connection, result: unknown): void {
    const request = connection.monitors.get(this.#id) ?? this.#distribution.waiting(this.#id);
    if (!(request instanceof Request)) {
      this.#kernel.counters.lateReplies++;
      return;
    }
    // The other side took its half of the monitor off when it sent this.
    if (connection.monitors.delete(this.#id)) request.target = null;
    if (!request.reply(result)) this.#kernel.counters.lateReplies++;
  }
}
