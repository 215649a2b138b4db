/** Shows a run while it goes on: one line that rewrites itself on a terminal, plain lines now and then elsewhere. */
import type { RunEvent } from '../run/progress.ts';

type Tick = Extract<RunEvent, { kind: 'tick' }>;

/** Seconds between two plain lines, for logs that are read afterwards. */
const PLAIN_EVERY_MS = 5_000;

export interface ProgressStream {
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** A listener for a run's events; `live` where a line can be rewritten. Call `end` before anything else is printed. */
export function liveProgress(stream: ProgressStream, live: boolean): { event(event: RunEvent): void; end(): void } {
  let open = false;
  let plainAtMs = Number.NEGATIVE_INFINITY;
  const clear = (): void => {
    if (open) stream.write('\r\x1b[K');
    open = false;
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
  };
  return {
    event(event) {
      if (event.kind === 'phase') {
        plainAtMs = Number.NEGATIVE_INFINITY;
        line(`${event.phase.padEnd(8)}${event.message}`);
      } else if (event.kind === 'fault') {
        line(`${event.ok ? 'fault' : 'FAULT'}   ${seconds(event.atMs)} ${event.message}`);
      } else if (event.kind === 'warning') {
        line(`warning ${event.message}`);
      } else if (live) {
        clear();
        stream.write(tickText(event).slice(0, Math.max(20, (stream.columns ?? 80) - 1)));
        open = true;
      } else if (event.elapsedMs - plainAtMs >= PLAIN_EVERY_MS) {
        plainAtMs = event.elapsedMs;
        line(tickText(event));
      }
    },
    end: clear,
  };
}

function tickText(tick: Tick): string {
  const time = tick.totalMs === null ? seconds(tick.elapsedMs) : `${seconds(tick.elapsedMs)} of ${seconds(tick.totalMs)}`;
  const latency =
    tick.p50Us === null || tick.p99Us === null ? '' : `, p50 ${milliseconds(tick.p50Us)}, p99 ${milliseconds(tick.p99Us)}`;
  const rates = `${Math.round(tick.sentPerSecond)} sent/s, ${Math.round(tick.ackedPerSecond)} acknowledged/s${latency}`;
  return `${tick.phase.padEnd(8)}${time}: ${tick.connected} connected, ${rates}, ${tick.outstanding} outstanding`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)}s`;
const milliseconds = (us: number): string => `${(us / 1000).toFixed(us < 10_000 ? 1 : 0)}ms`;
