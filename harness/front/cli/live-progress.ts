/** Shows a run while it is going on: one line that rewrites itself on a terminal, occasional plain lines elsewhere. */
import { formatCount, formatMs, formatRate, formatUs } from '../../evidence/result/format.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';
import { type Field, type Progress, ProgressLine, type ProgressStream } from './progress-line.ts';

type Tick = Extract<RunEvent, { kind: 'tick' }>;

const PLAIN_EVERY_MS = 5_000;

/** A listener for a run's events; `live` where a line can be rewritten. */
export function liveProgress(stream: ProgressStream, live: boolean): Progress<RunEvent> {
  const line = new ProgressLine(stream, live, PLAIN_EVERY_MS);
  return {
    event(event) {
      switch (event.kind) {
        case 'phase':
          line.restart();
          line.say(`${event.phase.padEnd(8)}${event.message}`);
          return;
        case 'fault':
          line.say(`${event.ok ? 'fault' : 'FAULT'}   ${formatMs(event.atMs)}: ${event.message}`);
          return;
        case 'warning':
          line.say(`warning ${event.message}`);
          return;
        case 'watching':
          line.say(`watch   ${event.message}: ${event.url}`);
          return;
        case 'tick':
          line.status(event.phase, tickFields(event), event.elapsedMs);
      }
    },
    end: () => line.clear(),
  };
}

function tickFields(tick: Tick): readonly Field[] {
  const { elapsedMs, totalMs, p50Us, p99Us } = tick;
  const rates = [`${formatRate(tick.sentPerSecond)} sent`, `${formatRate(tick.ackedPerSecond)} acknowledged`] as const;
  return [
    { text: totalMs === null ? timeText(elapsedMs) : `${timeText(elapsedMs)} of ${timeText(totalMs)}`, rank: 0 },
    { text: `${formatCount(tick.connected)} connected`, rank: 4 },
    { text: rates[0], rank: 3 },
    { text: rates[1], rank: 2 },
    ...(p50Us === null ? [] : [{ text: `p50 ${formatUs(p50Us)}`, rank: 5 }]),
    ...(p99Us === null ? [] : [{ text: `p99 ${formatUs(p99Us)}`, rank: 1 }]),
    { text: `${formatCount(tick.outstanding)} outstanding`, rank: 6 },
  ];
}

/** With three digits, the figure of a long run would not change for seconds. */
function timeText(ms: number): string {
  return ms < 100_000 ? formatMs(ms) : `${formatCount(Math.round(ms / 1000))} s`;
}
