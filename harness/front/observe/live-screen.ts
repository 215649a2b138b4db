/** A screen that refreshes once a second until the user quits; the terminal is then restored. */
import type { ReadStream, WriteStream } from 'node:tty';

const EVERY_MS = 1_000;
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const QUIT_KEYS: ReadonlySet<string> = new Set(['q', 'Q', '\x03']);

/** Draws `lines()` repeatedly; resolves after q, Ctrl-C or SIGTERM. Rejects if `lines` rejects. */
export async function liveScreen(input: ReadStream, output: WriteStream, lines: () => Promise<readonly string[]>): Promise<void> {
  const over = new AbortController();
  const quit = (): void => over.abort();
  const onKey = (key: Buffer): void => {
    if (QUIT_KEYS.has(key.toString())) quit();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, quit);
  const keys = input.isTTY === true;
  if (keys) input.setRawMode(true).resume().on('data', onKey);
  output.write(ENTER);
  try {
    while (!over.signal.aborted) {
      const shown = (await lines()).slice(0, output.rows - 1);
      output.write(`\x1b[H${shown.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
      await pause(EVERY_MS, over.signal);
    }
  } finally {
    output.write(LEAVE);
    if (keys) input.off('data', onKey).setRawMode(false).pause();
    for (const signal of signals) process.off(signal, quit);
  }
}

/** Resolves after this time, or when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
