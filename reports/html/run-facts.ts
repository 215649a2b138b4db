/** What ran, in a line under the title. */
import type { Result } from '../../harness/result/result.ts';
import { clip, formatCount, formatMs, plural } from '../format.ts';
import { oneLine } from '../markup.ts';
import type { Detail } from './detail.ts';

export function runFacts({ target, load, durationMs, startedAt }: Result, detail: Detail): readonly string[] {
  return [
    `${clip(oneLine(target.name), Math.min(detail.text, 60))} ${clip(oneLine(target.version), Math.min(detail.text, 40))}`.trim(),
    plural(target.nodes, 'node'),
    plural(load.users, 'user'),
    `${formatCount(Math.round(load.ratePerSecond))} messages/s`,
    formatMs(durationMs),
    startedAt,
  ];
}
