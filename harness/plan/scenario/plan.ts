/**
 * A Plan is what a run will do, decided before anything starts: a pure function of the scenario, the overrides and the seed.
 * Every unit is resolved (milliseconds, bytes, per second), every name checked, every default filled in.
 */
import type { Capability, Durability } from '../../../targets/target.ts';
import type { LiveMetricName } from '../../evidence/metrics/live-metrics.ts';
import type { MetricUnit } from '../../evidence/metrics/metric-unit.ts';

/** `load.driver` for the user's own k6, which is not one of our drivers: it brings its own users. */
export const K6_DRIVER = 'k6';

export type ArrivalModel =
  | { readonly kind: 'constant'; readonly ratePerSecond: number }
  | { readonly kind: 'poisson'; readonly ratePerSecond: number }
  | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number }
  | { readonly kind: 'step'; readonly steps: readonly { readonly atMs: number; readonly ratePerSecond: number }[] }
  | {
      readonly kind: 'spike';
      readonly basePerSecond: number;
      readonly peakPerSecond: number;
      readonly atMs: number;
      readonly forMs: number;
    };

/** No arrivals: each connection sends its next request after it has an answer. */
export interface ClosedLoop {
  readonly kind: 'closed';
  readonly connections: number;
  readonly pipelining: number;
  /** Maximum requests a second, sent in a burst at the beginning of each second; null for as fast as answers come. */
  readonly ratePerSecond: number | null;
}

export type Contacts =
  | { readonly kind: 'uniform'; readonly perUser: number }
  | { readonly kind: 'zipf'; readonly perUser: number; readonly exponent: number };

export interface LoadPlan {
  /** Closed if the load is HTTP and nothing else. */
  readonly model: ArrivalModel | ClosedLoop;
  readonly durationMs: number;
  /** Before the load begins: messages are sent at its initial rate and accounted for, but not measured. */
  readonly warmUpMs: number;
  /** The whole payload, including at least the 32 bytes of the harness's own header. */
  readonly payloadBytes: number;
  readonly contacts: Contacts;
  /** Devices of each user, each with its own connection; normally 1. */
  readonly devices: number;
  /** Number of contacts whose presence each user watches; 0 if nobody watches. */
  readonly watch: number;
  /** Share of devices that leave each second, 0 to 1; each stays away for `awayMs` on average, while its user's other devices stay. */
  readonly churnPerSecond: number;
  readonly awayMs: number;
  /** Share of devices offline at any time, 0 to 0.9, maintained by churn. */
  readonly offlineShare: number;
  /** Share of delivered messages that are read, and of sends that ask for receipts; 0 to 1. */
  readonly readShare: number;
  readonly receiptShare: number;
  /** Connections opened in a second while the users arrive. */
  readonly connectPerSecond: number;
  /** An open session that heard nothing for this long asks for a sign of life; after as long again it connects elsewhere. */
  readonly keepaliveMs: number;
  /** Driver name; null means the target's own. */
  readonly driver: string | null;
  readonly workers: number;
}

/** One kind of request of an HTTP load. `{user}` and `{contact}` in path and body stand for users of the run. */
export interface HttpRequestPlan {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** How often it is sent for each request of weight 1. */
  readonly weight: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** It carries the bearer token of its user. */
  readonly signed: boolean;
}

/** An HTTP load, alone or beside messages. */
export interface HttpPlan {
  /** Null for the target's own HTTP. */
  readonly url: string | null;
  readonly requests: readonly HttpRequestPlan[];
  readonly connections: number;
  /** Requests in flight at once on one connection. */
  readonly pipelining: number;
  readonly ratePerSecond: number | null;
  readonly workers: number;
  readonly timeoutMs: number;
  /** When it begins, in milliseconds of the load, and how long it lasts. */
  readonly atMs: number;
  readonly forMs: number;
}

/** One step of the fault schedule. */
export interface FaultPlan {
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  /** How long the fault lasts before it is undone; null if the kind has no duration. */
  readonly forMs: number | null;
  /** Kind-specific, checked by the fault's own schema. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export type Comparator = '<' | '<=' | '>' | '>=' | '=';

/** One expectation: `metric comparator limit`. Limits are in the metric's base unit: us, ms, bytes, per second, ratio, count. */
export interface Expectation {
  readonly metric: string;
  readonly comparator: Comparator;
  readonly limit: number;
  readonly unit: MetricUnit;
  /** As written in the scenario. */
  readonly source: string;
}

/** What ends a run early: a live metric that meets a condition for some time. */
export interface AbortCondition {
  readonly metric: LiveMetricName;
  readonly comparator: Comparator;
  /** In the metric's unit. */
  readonly limit: number;
  readonly unit: MetricUnit;
  readonly forMs: number;
  /** As written in the scenario. */
  readonly source: string;
}

/** How the servers' memory is read. */
export interface MemoryPlan {
  /** Numbers of connections at which memory is read, including the empty server. */
  readonly plateaus: number;
  /** Longest wait for a reading to become steady. */
  readonly settleMs: number;
  /** Everybody connects and leaves once before the first plateau, so that one-time costs are already paid. */
  readonly rehearse: boolean;
  /** Readings of the empty server after the drain; everybody connects and leaves again between them. */
  readonly rounds: number;
  /** Messages sent in each of as many further rounds, whose readings show what a message leaves behind; 0 for no such rounds. */
  readonly messagesPerRound: number;
  /** The rate at which they are sent. */
  readonly roundRatePerSecond: number;
}

export interface Plan {
  readonly scenario: {
    readonly name: string;
    /** Hash of the file's bytes, before overrides. */
    readonly sha256: string;
    readonly summary: string;
    /** As the user named it: a bundled name or a path. */
    readonly source: string;
    /** The `--set` overrides, as typed: with source and seed they reproduce the run. */
    readonly overrides: readonly string[];
  };
  readonly seed: number;
  readonly target: {
    readonly use: string;
    readonly nodes: number;
    readonly durability: Durability;
    readonly config: Readonly<Record<string, unknown>>;
    readonly needs: readonly Capability[];
    /** The scenario declares that the user owns the servers, so they may be outside this machine's loopback. */
    readonly owned: boolean;
    /** `node@24`: what the servers run on; null for the Node that runs the harness. */
    readonly runtime: string | null;
    readonly nodeFlags: readonly string[];
  };
  readonly users: number;
  readonly load: LoadPlan;
  /** The HTTP load beside the messages, or the whole load if `load.model` is closed; null if there is none. */
  readonly http: HttpPlan | null;
  readonly memory: MemoryPlan;
  readonly faults: readonly FaultPlan[];
  /** The first condition that holds for its time ends the run. */
  readonly abort: readonly AbortCondition[];
  /** Fail on any broken delivery property. False only when the scenario says `delivery: observed`. */
  readonly deliveryMustBeIntact: boolean;
  /** What counts as recovered from a fault: this share of the messages answered within this time. Null for the run's own steady state. */
  readonly recoveryLevel: { readonly share: number; readonly us: number; readonly source: string } | null;
  readonly expectations: readonly Expectation[];
  readonly limits: {
    /** Generator lag above this at p99 makes the run invalid. */
    readonly lagP99Ms: number;
    /** Longest wait for the drain before the run ends with messages pending. */
    readonly drainMs: number;
    readonly connectMs: number;
    /** Longest time for which a watcher may be told something false about somebody. */
    readonly presenceMs: number;
  };
}
