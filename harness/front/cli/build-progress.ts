/** Shows what a gate builds while it does: what began, and on a terminal for how long it has gone on. */
import { formatClock } from '../../evidence/result/format.ts';
import { type Field, ProgressLine, type ProgressStream } from './progress-line.ts';

const PLAIN_EVERY_MS = 30_000;
const EVERY_MS = 1_000;

/** `say` begins something; `end` to be called when all is built, and before anything else is printed. */
export function buildProgress(stream: ProgressStream, live: boolean): { say(message: string): void; end(): void } {
  const line = new ProgressLine(stream, live, PLAIN_EVERY_MS);
  let timer: NodeJS.Timeout | undefined;
  return {
    say(message) {
      clearInterval(timer);
      line.say(`build   ${message}`);
      const began = performance.now();
      line.restart();
      // Plain lines begin when the first has been waited for long enough to wonder.
      timer = setInterval(() => {
        const ms = performance.now() - began;
        if (live || ms >= PLAIN_EVERY_MS) line.status('build', fields(message, ms), ms);
      }, EVERY_MS);
    },
    end() {
      clearInterval(timer);
      line.clear();
    },
  };
}

function fields(message: string, ms: number): readonly Field[] {
  return [
    { text: message, rank: 1 },
    { text: `for ${formatClock(ms)}`, rank: 0 },
  ];
}
