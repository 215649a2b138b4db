/**
 * The messages between parent and worker over IPC (JSON). Every request has a number, and one reply with the same number; the worker sends
 * unrequested messages only to ask for credentials, to report progress, and when it fails.
 */
import type { Endpoint } from '../../../targets/target.ts';
import type { ForeignContent } from '../../evidence/ledger/observations.ts';
import type { LoadPlan } from '../../plan/scenario/plan.ts';
import type { BrokenRule } from '../drivers/driver-rules.ts';
import type { AfflictedDevice, Affliction, DeviceState } from './afflictions.ts';
import type { Counts } from './counts.ts';
import type { Counted, Reason, SessionEnding } from './reason-tally.ts';

/** Where users connect. */
export interface Entrance extends Endpoint {
  /** The node's own address, which a redirect names, if something stands in front of it. */
  readonly behind?: Pick<Endpoint, 'host' | 'port'>;
}

export interface Assignment {
  readonly worker: number;
  readonly workers: number;
  readonly seed: number;
  /** Users of the whole run, and this worker's: from `from` to `to` - 1, each with `load.devices` devices. */
  readonly users: number;
  readonly from: number;
  readonly to: number;
  /** On the wire user 0 of the run is called `u<firstName>`. */
  readonly firstName: number;
  /** Of each user's first message. */
  readonly firstId: number;
  readonly load: LoadPlan;
  /** A bundled driver's name, or the absolute path of a file that exports one. */
  readonly driver: string;
  readonly endpoints: readonly Entrance[];
  /** Where the worker writes its observations. */
  readonly folder: string;
}

export type WorkerRequest =
  /** The first of a crowd, and the first of the next: what the worker did before is over, and its users leave. */
  | { readonly type: 'init'; readonly assignment: Assignment }
  /** Bring this worker's first `count` devices online, at `ratePerSecond`; the reply comes when they are. */
  | { readonly type: 'connect'; readonly count: number; readonly ratePerSecond: number }
  /** Begin the load at `zeroUs` of the machine's monotonic clock; the reply comes when its time is up and every send was handed out. */
  | { readonly type: 'start'; readonly zeroUs: number }
  | { readonly type: 'endpoints'; readonly endpoints: readonly Entrance[] }
  | { readonly type: 'stop-sending' }
  /** End all churn and bring everybody online, at `ratePerSecond`; the reply does not wait for them. */
  | { readonly type: 'reconnect-all'; readonly ratePerSecond: number }
  | { readonly type: 'counts' }
  /** Everybody leaves in good order; the reply does not wait for them. */
  | { readonly type: 'leave-all' }
  /** Which devices are signed in, by their numbers over all users. */
  | { readonly type: 'online' }
  /** The state of these devices; those of other workers are ignored. */
  | { readonly type: 'inspect'; readonly devices: readonly number[] }
  /** Which devices cannot be reached at the moment. */
  | { readonly type: 'unreached' }
  /** Do this to these devices; the reply names those that were hit. */
  | { readonly type: 'afflict'; readonly how: Affliction; readonly devices: readonly number[] }
  | { readonly type: 'relieve'; readonly how: Affliction; readonly devices: readonly number[] }
  /** Write the observations, where nothing else is said into the folder of the assignment; the reply names the file, or says why there is none. */
  | { readonly type: 'finish'; readonly folder: string | null };

export interface WorkerReplies {
  /** What reports call the driver. */
  readonly init: { readonly driver: string };
  readonly connect: null;
  readonly start: null;
  readonly endpoints: null;
  readonly 'stop-sending': null;
  readonly 'reconnect-all': null;
  readonly counts: CountsReply;
  readonly 'leave-all': null;
  readonly online: readonly number[];
  readonly inspect: readonly DeviceState[];
  readonly unreached: Unreached;
  readonly afflict: readonly AfflictedDevice[];
  readonly relieve: null;
  readonly finish: { readonly path: string; readonly unwritten: string | null; readonly contents: readonly ForeignContent[] };
}

export interface CountsReply {
  readonly counts: Counts;
  /** Why sessions ended without the users asking for it, most frequent first: for people. */
  readonly ends: readonly { readonly reason: string; readonly count: number }[];
  /** The same by code and by who ended them. */
  readonly sessionsEnded: readonly (SessionEnding & Counted)[];
  /** Why messages were refused, most frequent first. */
  readonly refusals: readonly (Reason & Counted)[];
}

/** The devices that nothing reaches, by their numbers over all users. */
export interface Unreached {
  /** Not signed in. */
  readonly away: readonly number[];
  /** Signed in, and a fault keeps them from reading. */
  readonly deaf: readonly number[];
}

export interface WorkerProgress {
  readonly worker: number;
  /**
   * The interval, in microseconds since the run's zero; about a second long, one beginning exactly at zero. Until the load is
   * asked for there is no zero: such intervals end at 0.
   */
  readonly fromUs: number;
  readonly toUs: number;
  readonly counts: Counts;
  /** The interval's histograms (HDR compressed V2, base64, microseconds; null: nothing recorded), warm-up left out. */
  readonly response: string | null;
  readonly service: string | null;
  readonly lag: string | null;
  /** How late the worker's event loop ran its timers in this interval. */
  readonly eventLoopDelayUs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** CPU seconds per wall second. */
  readonly cpu: number;
  readonly residentBytes: number;
  /** Rules of its interface that the driver has broken since the worker's assignment; absent where it broke none. */
  readonly brokenRules?: readonly BrokenRule[];
}

export type ToWorker =
  | { readonly type: 'request'; readonly number: number; readonly request: WorkerRequest }
  /** Of devices `from` and on, in order. */
  | {
      readonly type: 'credentials';
      readonly from: number;
      readonly credentials: readonly (readonly [token: string, secret: string])[];
    };

export type FromWorker =
  | { readonly type: 'reply'; readonly number: number; readonly value: unknown }
  | { readonly type: 'need-credentials'; readonly from: number; readonly count: number }
  | { readonly type: 'progress'; readonly progress: WorkerProgress }
  | { readonly type: 'failed'; readonly message: string; readonly stack: string };
