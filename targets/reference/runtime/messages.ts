import type { ExitReason } from './exit-reason.ts';
import type { MonitorReference } from './monitor.ts';
import type { NodeIdentity, Pid } from './pid.ts';
import type { RequestReference } from './request.ts';

/** A monitored process ended, or was not there. `pid` is the name and node when the monitor was set by name. */
export interface DownMessage {
  readonly type: 'DOWN';
  readonly ref: MonitorReference;
  readonly pid: Pid | NamedProcess;
  readonly reason: ExitReason;
}

/** Whoever has this name on that node. */
export interface NamedProcess {
  readonly name: string;
  readonly node: string;
}

/** An exit signal, turned into a message because the receiver traps exits. `from` is null for the outer world. */
export interface ExitMessage {
  readonly type: 'EXIT';
  readonly from: Pid | null;
  readonly reason: ExitReason;
}

/** A request that wants an answer: give `from` to `context.reply`, now or later, or pass it on. */
export interface CallMessage<Request = unknown> {
  readonly type: 'call';
  readonly from: RequestReference;
  readonly request: Request;
}

/** How a call ended. Exactly one of these arrives for every call; a reply that comes later never does. */
export type CallOutcome<Result = unknown> =
  | { readonly type: 'reply'; readonly ref: RequestReference; readonly result: Result }
  | { readonly type: 'call-timeout'; readonly ref: RequestReference }
  | { readonly type: 'call-down'; readonly ref: RequestReference; readonly reason: ExitReason };

/** A node was connected, or is not any more; for those who asked with `monitorNodes`. */
export interface NodeMessage {
  readonly type: 'nodeup' | 'nodedown';
  readonly node: NodeIdentity;
}

export type SystemMessage = DownMessage | ExitMessage | CallMessage | CallOutcome | NodeMessage;
