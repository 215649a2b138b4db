/** What the parent sends to an HTTP generator process, and what that reports. Plain data, sent by IPC. */
import type { HttpRequestPlan } from '../../../plan/scenario/plan.ts';

/** The identity for the requests of a connection. `bearer` is null if requests carry none. */
export interface HttpIdentity {
  readonly user: string;
  readonly bearer: string | null;
  /** Users that `{contact}` stands for, in turn. */
  readonly contacts: readonly string[];
}

export interface HttpJob {
  readonly type: 'job';
  /** Origins; connections are distributed over them in turn. */
  readonly origins: readonly string[];
  readonly requests: readonly HttpRequestPlan[];
  /** One for each connection. */
  readonly identities: readonly HttpIdentity[];
  readonly pipelining: number;
  /** For this process; null for as fast as answers come. At least one for each connection. */
  readonly ratePerSecond: number | null;
  readonly timeoutMs: number;
  /** The first part of the load, which is not counted. */
  readonly warmUpMs: number;
  readonly durationMs: number;
}

export type ToGenerator = HttpJob | { readonly type: 'go' } | { readonly type: 'stop' };

export interface GeneratorReport {
  readonly type: 'done';
  /** Autocannon's own histogram: whole milliseconds, rounded down; compressed V2, base64. */
  readonly latenciesMs: string;
  /** Answers by status code. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests written, including those that were cut off at the end. */
  readonly sent: number;
  readonly answered: number;
  /** Connection errors and timeouts, and the timeouts among them. */
  readonly errors: number;
  readonly timeouts: number;
  readonly bytes: number;
  /** Monotonic. */
  readonly fromUs: number;
  readonly toUs: number;
  /** CPU seconds per wall second. */
  readonly cpu: number;
  /** Answers of status 2xx, and all others, in each second. */
  readonly seconds: readonly (readonly [ok: number, other: number])[];
}

/** The outcome of requests in a second of a generator. */
export interface HttpSecond {
  /** Answers of status 2xx, and all others. */
  readonly ok: number;
  readonly other: number;
  /** Connection errors and timeouts. A connection that is closed without a word is not one: the requests lost with it show at the end. */
  readonly failed: number;
}

export type FromGenerator =
  | { readonly type: 'ready' }
  /** Once a second. */
  | (HttpSecond & { readonly type: 'second' })
  | GeneratorReport;
