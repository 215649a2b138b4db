/** Shows an exploration while it runs: one line that rewrites itself on a terminal, occasional plain lines elsewhere. */

import { formatClock, formatCount, formatNumber, plural } from '../../evidence/result/format.ts';
import { type ExplorationEvent, scheduleText } from '../library/explore.ts';
import { type Field, type Progress, ProgressLine, type ProgressStream } from './progress-line.ts';

type Tick = Extract<ExplorationEvent, { kind: 'tick' }>;

const PLAIN_EVERY_MS = 15_000;

/** A listener for events; `live` where a line can be rewritten. */
export function exploreProgress(stream: ProgressStream, live: boolean): Progress<ExplorationEvent> {
  const line = new ProgressLine(stream, live, PLAIN_EVERY_MS);
  return {
    event(event) {
      switch (event.kind) {
        case 'tick':
          line.status(event.phase, tickFields(event), event.elapsedMs);
          return;
        case 'violation':
          line.say(`broken   ${event.property}, by ${scheduleText(event.schedule)}`);
          for (const offence of event.evidence.slice(0, 1)) line.say(`         ${offence}`);
          return;
        case 'smaller':
          line.say(`reduced  to ${scheduleText(event.schedule)}`);
          return;
        case 'notice':
          line.say(`notice   ${event.message}`);
      }
    },
    end: () => line.clear(),
  };
}

function tickFields({
  phase,
  elapsedMs,
  leftMs,
  schedules,
  discounted,
  schedulesPerMinute,
  reductionRuns,
}: Tick): readonly Field[] {
  const clock =
    leftMs === null ? `${formatClock(elapsedMs)} so far` : `${formatClock(leftMs)} left${phase === 'reduce' ? ' to reduce' : ''}`;
  return [
    { text: plural(schedules, 'schedule'), rank: 1 },
    { text: `${formatNumber(schedulesPerMinute)} a minute`, rank: 3 },
    ...(discounted === 0 ? [] : [{ text: `${formatCount(discounted)} not counted`, rank: 4 }]),
    ...(phase === 'search' ? [] : [{ text: `${plural(reductionRuns, 'run')} to reduce the finding`, rank: 2 }]),
    { text: clock, rank: 0 },
  ];
}
