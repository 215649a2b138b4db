/** What ran, in a line under the title. */
import { accounted } from '../../harness/evidence/result/accounted.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { clip, formatCount, formatMs, formatRate, plural } from '../format.ts';
import { oneLine } from '../markup.ts';
import { targetText } from '../setting-words.ts';
import type { Detail } from './detail.ts';

export function runFacts(result: Result, detail: Detail): readonly string[] {
  const { target, load, durationMs, startedAt } = result;
  return [
    target.name === 'unknown'
      ? 'server unknown'
      : clip(oneLine(targetText({ ...target, runtime: 'unknown', nodes: null })), Math.min(detail.text, 100)),
    ...(target.nodes === null ? [] : [plural(target.nodes, 'node')]),
    plural(load.users, 'user'),
    rateText(result),
    durationMs === null ? 'duration unknown' : formatMs(durationMs),
    startedAt,
  ];
}

function rateText(result: Result): string {
  const { ratePerSecond } = result.load;
  if (ratePerSecond === null) return 'rate unknown';
  return accounted(result) === null ? formatRate(ratePerSecond) : `${formatCount(Math.round(ratePerSecond))} messages/s`;
}
