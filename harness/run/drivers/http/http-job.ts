/** What the parent tells an HTTP generator process, and what that reports. Plain data, sent by IPC. */
import type { HttpRequestPlan } from '../../../plan/scenario/plan.ts';

/** Whose requests a connection makes. `bearer` is null where requests carry none. */
export interface HttpIdentity {
  readonly user: string;
  readonly bearer: string | null;
  /** Users that `{contact}` stands for, in turn. */
  readonly contacts: readonly string[];
}

export interface HttpJob {
  readonly type: 'job';
  /** Origins; connection i goes to the i-th, round and round. */
  readonly origins: readonly string[];
  readonly requests: readonly HttpRequestPlan[];
  /** One a connection. */
  readonly identities: readonly HttpIdentity[];
  readonly pipelining: number;
  /** Of this process; null for as fast as answers come. At least one a connection. */
  readonly ratePerSecond: number | null;
  readonly timeoutMs: number;
  /** Loaded so long first, and counted by nobody. */
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
  /** Requests written, those that were cut off at the end included. */
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

/** What came of requests in a second of a generator. */
export interface HttpSecond {
  /** Answers of status 2xx, and all others. */
  readonly ok: number;
  readonly other: number;
  /** Errors of connections, and timeouts. A connection that is closed without a word is none: what it swallowed shows at the end. */
  readonly failed: number;
}

export type FromGenerator =
  | { readonly type: 'ready' }
  /** Once a second. */
  | (HttpSecond & { readonly type: 'second' })
  | GeneratorReport;
