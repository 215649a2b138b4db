import type { ExitReason } from '../exit-reason.ts';
import { Monitor } from '../monitor.ts';
import type { Connection } from './connection.ts';
import type { Distribution } from './distribution.ts';

/** What a monitor of another node does here: when the process ends, that node is told. */
export class RemoteWatch extends Monitor {
  /** Of the monitor, on its own node. */
  readonly monitorId: number;
  readonly connection: Connection;
  readonly distribution: Distribution;

  constructor(monitorId: number, connection: Connection, distribution: Distribution) {
    super(null);
    this.monitorId = monitorId;
    this.connection = connection;
    this.distribution = distribution;
  }

  override down(reason: ExitReason): void {
    this.connection.watches.delete(this.monitorId);
    this.distribution.monitorDown(this.connection, this.monitorId, reason);
  }
}
