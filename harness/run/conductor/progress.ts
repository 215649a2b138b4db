/** What a run reports while it goes on. Data only: the command line decides how it looks. */
import type { FaultEvent } from '../faults/interpreter.ts';
import type { LiveReading } from './live-readings.ts';

export type Phase = 'start' | 'connect' | 'load' | 'drain' | 'memory' | 'judge';

export type RunEvent =
  | { readonly kind: 'phase'; readonly phase: Phase; readonly message: string }
  | {
      /** About once a second during load and drain. */
      readonly kind: 'tick';
      readonly phase: Phase;
      readonly elapsedMs: number;
      readonly totalMs: number | null;
      readonly connected: number;
      readonly sentPerSecond: number;
      readonly ackedPerSecond: number;
      /** Acknowledgements still outstanding. */
      readonly outstanding: number;
      /** For the last second; null without an acknowledgement. */
      readonly p50Us: number | null;
      readonly p99Us: number | null;
    }
  /**
   * What was measured since the last one, about a second long; the intervals neither overlap nor leave anything out. Messages only, not
   * HTTP.
   */
  | { readonly kind: 'reading'; readonly reading: LiveReading }
  /** Answers that an HTTP load got since the last one: those of status 2xx, and the others. */
  | { readonly kind: 'answers'; readonly ok: number; readonly other: number }
  | {
      readonly kind: 'fault';
      /** Since the run's zero. */
      readonly atMs: number;
      readonly message: string;
      readonly ok: boolean;
      readonly what: FaultEvent['what'];
      /** Its kind in the catalogue, and whom it struck. */
      readonly fault: string;
      readonly target: string;
    }
  | { readonly kind: 'warning'; readonly message: string }
  /** Somebody follows the run: what it is for, and where to look, or where it sends what it sees. */
  | { readonly kind: 'watching'; readonly message: string; readonly url: string };
