/** Shows a comparison while it goes on: one line that rewrites itself on a terminal, plain lines now and then elsewhere. */
import type { ComparisonEvent } from '../compare/comparison-sides.ts';
import { clock, ProgressLine, type ProgressStream } from './progress-line.ts';

type Run = Extract<ComparisonEvent, { kind: 'run' }>;

const PLAIN_EVERY_MS = 30_000;

/** A listener for events; `live` where a line can be rewritten. Call `end` before anything else is printed. */
export function compareProgress(stream: ProgressStream, live: boolean): { event(event: ComparisonEvent): void; end(): void } {
  const line = new ProgressLine(stream, live, PLAIN_EVERY_MS);
  return {
    event(event) {
      switch (event.kind) {
        case 'run':
          line.status(runText(event), event.elapsedMs);
          return;
        case 'invalid':
          line.say(`invalid  block ${event.block} is played again: ${event.reasons[0] ?? ''}`);
          return;
        case 'look':
          line.say(`look     after ${event.blocks} blocks: ${event.verdict}`);
          return;
        case 'notice':
          line.say(`notice   ${event.message}`);
      }
    },
    end: () => line.clear(),
  };
}

function runText({ block, order, letter, run, validBlocks, plannedBlocks, leftMs }: Run): string {
  const left = leftMs === null ? '' : `, at most ${clock(leftMs)} left`;
  return `compare  ${validBlocks} of ${plannedBlocks} blocks; block ${block} (${order}), run ${run} of 4: ${letter}${left}`;
}
