/** Shows what a gate is building: what has begun and, on a terminal, for how long it has been running. */
import { formatClock } from '../../evidence/result/format.ts';
import { type Field, type Progress, ProgressLine, type ProgressStream } from './progress-line.ts';

const PLAIN_EVERY_MS = 30_000;
const EVERY_MS = 1_000;

/** An event begins something, in words. */
export function buildProgress(stream: ProgressStream, live: boolean): Progress<string> {
  const line = new ProgressLine(stream, live, PLAIN_EVERY_MS);
  let timer: NodeJS.Timeout | undefined;
  return {
    event(message) {
      clearInterval(timer);
      line.say(`build   ${message}`);
      const began = performance.now();
      line.restart();
      // Plain lines begin once the first step has taken long enough for the reader to wonder.
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
