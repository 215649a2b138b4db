/** How the trend page names a run. */
import type { HistorySeries } from '../../../harness/evidence/result/history.ts';
import { clip } from '../../format.ts';
import { oneLine } from '../../markup.ts';
import type { Detail } from '../detail.ts';

type Run = HistorySeries['runs'][number];

/** Where there is little room: the label, or the day. */
export function shortName({ label, startedAt }: Run): string {
  return clip(oneLine(label ?? startedAt.slice(0, 10)), 12);
}

/** To the minute: `2026-11-24 03:12`. */
export function dayAndTime({ startedAt }: Run): string {
  return clip(oneLine(startedAt), 40).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/u, '$1 $2');
}

/** Where there is room. */
export function longName(run: Run, detail: Detail): string {
  return run.label === null ? dayAndTime(run) : `${clip(oneLine(run.label), Math.min(detail.text, 60))}, ${dayAndTime(run)}`;
}
