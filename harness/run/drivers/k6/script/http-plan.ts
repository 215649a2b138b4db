/** The requests to send: written by `letitcrash export k6`; you may change it. */

export interface HttpScriptRequest {
  readonly method: string;
  /** `{user}` and `{contact}` stand for users. */
  readonly path: string;
  readonly weight: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** It carries the bearer token of its user. */
  readonly signed: boolean;
}

export interface HttpScriptPlan {
  readonly scenario: string;
  readonly users: number;
  /** Origins of the nodes, unless LETITCRASH_URLS (separated by commas) names others. */
  readonly urls: readonly string[];
  readonly requests: readonly HttpScriptRequest[];
  /** Virtual users. */
  readonly connections: number;
  /** Requests a second of all users; null for as fast as answers come. */
  readonly ratePerSecond: number | null;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly thresholds: Readonly<Record<string, string[]>>;
}

export const plan: HttpScriptPlan = {
  scenario: 'example',
  users: 2,
  urls: ['http://127.0.0.1:8080'],
  requests: [{ method: 'GET', path: '/', weight: 1, headers: {}, body: null, signed: false }],
  connections: 1,
  ratePerSecond: null,
  durationMs: 1_000,
  timeoutMs: 10_000,
  thresholds: {},
};
