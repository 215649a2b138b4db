/** Shows a run while it goes on: one line that rewrites itself on a terminal, plain lines now and then elsewhere. */
import type { RunEvent } from '../run/progress.ts';
import { ProgressLine, type ProgressStream } from './progress-line.ts';

type Tick = Extract<RunEvent, { kind: 'tick' }>;

const PLAIN_EVERY_MS = 5_000;

/** A listener for a run's events; `live` where a line can be rewritten. Call `end` before anything else is printed. */
export function liveProgress(stream: ProgressStream, live: boolean): { event(event: RunEvent): void; end(): void } {
  const line = new ProgressLine(stream, live, PLAIN_EVERY_MS);
  return {
    event(event) {
      switch (event.kind) {
        case 'phase':
          line.restart();
          line.say(`${event.phase.padEnd(8)}${event.message}`);
          return;
        case 'fault':
          line.say(`${event.ok ? 'fault' : 'FAULT'}   ${seconds(event.atMs)} ${event.message}`);
          return;
        case 'warning':
          line.say(`warning ${event.message}`);
          return;
        case 'watching':
          line.say(`watch   ${event.message}: ${event.url}`);
          return;
        case 'tick':
          line.status(tickText(event), event.elapsedMs);
      }
    },
    end: () => line.clear(),
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
