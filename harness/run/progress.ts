/** What a run tells whoever watches it while it goes on. Data only: the command line decides how it looks. */

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
      /** Acknowledgements still owed. */
      readonly outstanding: number;
      /** Of the last second; null without an acknowledgement. */
      readonly p50Us: number | null;
      readonly p99Us: number | null;
    }
  | { readonly kind: 'fault'; readonly atMs: number; readonly message: string; readonly ok: boolean }
  | { readonly kind: 'warning'; readonly message: string };
