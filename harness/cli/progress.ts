/** Shows a run while it goes on: one line that renews itself on a terminal, plain lines elsewhere. Writes to stderr only. */
import type { RunEvent } from '../run/progress.ts';

/** Elsewhere than on a terminal, ticks are thinned to one in so many: a log is read, not watched. */
const PLAIN_TICKS = 5;
const ERASE_LINE = '\r\u001b[2K';

/** Returns the listener to hand to a run, and `end`, which leaves the terminal clean. */
export function progressPrinter(stream: NodeJS.WriteStream): {
  readonly show: (event: RunEvent) => void;
  readonly end: () => void;
} {
  const live = stream.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb';
  let ticks = 0;
  let lineOpen = false;
  const line = (text: string): void => {
    stream.write(lineOpen ? `${ERASE_LINE}${text}\n` : `${text}\n`);
    lineOpen = false;
  };
  const show = (event: RunEvent): void => {
    switch (event.kind) {
      case 'phase':
        line(event.message);
        ticks = 0;
        break;
      case 'fault':
        line(`  ${seconds(event.atMs)}  ${event.ok ? '' : 'PROBLEM '}${event.message}`);
        break;
      case 'warning':
        line(`  warning: ${event.message}`);
        break;
      case 'tick': {
        ticks += 1;
        const text = `  ${tickText(event)}`;
        if (live) {
          stream.write(`${ERASE_LINE}${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
          lineOpen = true;
        } else if (ticks % PLAIN_TICKS === 0) {
          line(text);
        }
        break;
      }
    }
  };
  return {
    show,
    end: () => {
      if (lineOpen) stream.write(ERASE_LINE);
      lineOpen = false;
    },
  };
}

function tickText(event: Extract<RunEvent, { kind: 'tick' }>): string {
  const time = event.totalMs === null ? seconds(event.elapsedMs) : `${seconds(event.elapsedMs)} of ${seconds(event.totalMs)}`;
  const latency = event.p50Us === null || event.p99Us === null ? '' : `, p50 ${ms(event.p50Us)}, p99 ${ms(event.p99Us)}`;
  return `${time}  ${event.connected} connected, ${event.sentPerSecond}/s sent, ${event.ackedPerSecond}/s acknowledged, ${event.outstanding} owed${latency}`;
}

function seconds(value: number): string {
  return `${(value / 1000).toFixed(1)} s`;
}

function ms(us: number): string {
  return us < 10_000 ? `${(us / 1000).toFixed(2)} ms` : `${(us / 1000).toFixed(0)} ms`;
}
