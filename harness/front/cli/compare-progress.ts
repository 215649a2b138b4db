/** Shows a comparison while it runs: one line that rewrites itself on a terminal, occasional plain lines elsewhere. */

import { formatClock, formatCount, plural } from '../../evidence/result/format.ts';
import type { ComparisonEvent } from '../library/compare.ts';
import { type Field, type Progress, ProgressLine, type ProgressStream } from './progress-line.ts';

type Run = Extract<ComparisonEvent, { kind: 'run' }>;

const PLAIN_EVERY_MS = 30_000;

/** A listener for events; `live` where a line can be rewritten. */
export function compareProgress(stream: ProgressStream, live: boolean): Progress<ComparisonEvent> {
  const line = new ProgressLine(stream, live, PLAIN_EVERY_MS);
  return {
    event(event) {
      switch (event.kind) {
        case 'run':
          line.status('compare', runFields(event), event.elapsedMs);
          return;
        case 'invalid':
          line.say(`invalid  block ${event.block} is played again: ${event.reasons[0] ?? ''}`);
          return;
        case 'look':
          line.say(`look     after ${plural(event.blocks, 'block')}: ${event.verdict}`);
          return;
        case 'notice':
          line.say(`notice   ${event.message}`);
      }
    },
    end: () => line.clear(),
  };
}

function runFields({ block, order, letter, run, validBlocks, plannedBlocks, leftMs }: Run): readonly Field[] {
  return [
    { text: `${formatCount(validBlocks)} of ${plural(plannedBlocks, 'block')}`, rank: 0 },
    { text: `block ${block} (${order})`, rank: 3 },
    { text: `run ${run} of 4: ${letter}`, rank: 2 },
    ...(leftMs === null ? [] : [{ text: `at most ${formatClock(leftMs)} left`, rank: 1 }]),
  ];
}
