/** Turns the workers' reports into one tick a second for watchers. */

import { monotonicUs } from '../../evidence/measure/clock.ts';
import { mergeHistograms } from '../../evidence/measure/latency-merge.ts';
import type { WorkerPool } from '../load/worker-pool.ts';
import type { Phase, RunEvent } from './progress.ts';

const INTERVAL_MS = 1000;

export class Ticker {
  readonly #pool: WorkerPool;
  readonly #show: (event: RunEvent) => void;
  #timer: NodeJS.Timeout | null = null;
  #phase: Phase = 'load';
  #totalMs: number | null = null;
  #zeroUs = 0;
  #lastUs = 0;
  #sent = 0;
  #acked = 0;

  constructor(pool: WorkerPool, show: (event: RunEvent) => void) {
    this.#pool = pool;
    this.#show = show;
  }

  /** Begins ticking, or continues under another phase; elapsed time counts from `zeroUs` of the first phase. */
  enter(phase: Phase, totalMs: number | null, zeroUs = this.#zeroUs): void {
    this.#phase = phase;
    this.#totalMs = totalMs;
    this.#zeroUs = zeroUs;
    this.#timer ??= setInterval(() => this.#tick(), INTERVAL_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const latest = this.#pool.progress;
    const nowUs = monotonicUs();
    if (latest.length === 0 || nowUs < this.#zeroUs) return;
    const total = (field: 'sent' | 'acked' | 'connected' | 'outstanding'): number =>
      latest.reduce((sum, { counts }) => sum + counts[field], 0);
    const seconds = (nowUs - this.#lastUs) / 1e6;
    const perSecond = (now: number, before: number): number =>
      this.#lastUs === 0 ? 0 : Math.max(0, Math.round((now - before) / seconds));
    const histogram = mergeHistograms(latest.map(({ response }) => response));
    const measured = histogram.totalCount > 0;
    this.#show({
      kind: 'tick',
      phase: this.#phase,
      elapsedMs: (nowUs - this.#zeroUs) / 1000,
      totalMs: this.#totalMs,
      connected: total('connected'),
      sentPerSecond: perSecond(total('sent'), this.#sent),
      ackedPerSecond: perSecond(total('acked'), this.#acked),
      outstanding: total('outstanding'),
      p50Us: measured ? histogram.getValueAtPercentile(50) : null,
      p99Us: measured ? histogram.getValueAtPercentile(99) : null,
    });
    this.#lastUs = nowUs;
    this.#sent = total('sent');
    this.#acked = total('acked');
  }
}
