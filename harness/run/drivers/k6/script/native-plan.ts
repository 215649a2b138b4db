/** The load to play: written by `letitcrash export k6`; you may change it. */
import type { RatePiece } from './arrivals.ts';

export interface NativePlan {
  readonly scenario: string;
  readonly seed: number;
  readonly users: number;
  /** WebSocket URLs of the nodes, unless LETITCRASH_URLS (separated by commas) names others. */
  readonly urls: readonly string[];
  /** Users that connect in a second, before the load begins. */
  readonly connectPerSecond: number;
  /** The warm-up, which is not measured, has times below 0. */
  readonly pieces: readonly RatePiece[];
  readonly poisson: boolean;
  readonly durationMs: number;
  readonly payloadBytes: number;
  readonly contacts: number;
  /** Exponent of Zipf's law; 0 chooses every contact equally often. */
  readonly exponent: number;
  readonly readShare: number;
  readonly receiptShare: number;
  readonly keepaliveMs: number;
  /** How long to wait for acknowledgements after the load. */
  readonly drainMs: number;
  readonly thresholds: Readonly<Record<string, string[]>>;
}

export const plan: NativePlan = {
  scenario: 'example',
  seed: 1,
  users: 2,
  urls: ['ws://127.0.0.1:8080/'],
  connectPerSecond: 100,
  pieces: [{ fromMs: 0, toMs: 1_000, fromPerSecond: 10, toPerSecond: 10 }],
  poisson: true,
  durationMs: 1_000,
  payloadBytes: 100,
  contacts: 1,
  exponent: 0,
  readShare: 0,
  receiptShare: 0,
  keepaliveMs: 3_000,
  drainMs: 5_000,
  thresholds: {},
};
