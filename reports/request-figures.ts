/** The figures that people look for first in a run of requests, which has no ledger of messages: only those that were measured. Plain text. */
import { accounted } from '../harness/evidence/result/accounted.ts';
import type { Result } from '../harness/evidence/result/result.ts';
import { formatCount, formatRate } from './format.ts';
import { formatResolved } from './resolved-time.ts';

export interface RequestFigure {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  /** What it is of. */
  readonly note: string;
}

/** Null for a run of messages; at most six, and five where a recovery stands beside them. */
export function requestFigures(result: Result): readonly RequestFigure[] | null {
  if (accounted(result) !== null) return null;
  const { http, load } = result;
  const counted = (name: string, value: number | null | undefined, note: string): RequestFigure[] =>
    value == null ? [] : [{ name, value, text: formatCount(value), note }];
  const rate = http?.answeredPerSecond ?? load.ratePerSecond;
  return [
    ...percentiles(result),
    ...(http === null ? [] : counted('Requests', http.answered ?? http.sent, http.answered === null ? 'sent' : 'answered')),
    ...counted('Good answers', http?.ok, http?.answered == null ? 'by the rule of the run' : `of ${formatCount(http.answered)}`),
    ...(rate === null || result.faults.length > 0
      ? []
      : [{ name: 'Rate', value: rate, text: formatRate(rate), note: 'over the load' }]),
  ];
}

/** The median, and the two farthest out that are known. */
function percentiles({ http, latency, load }: Result): readonly RequestFigure[] {
  const summary = http?.latency ?? latency.response ?? latency.service;
  if (summary === null) return [];
  const note = summary === latency.response ? 'from intended send' : 'from actual send';
  const all: readonly (readonly [name: string, us: number | null])[] = [
    ['p50', summary.p50Us],
    ['p90', summary.p90Us],
    ['p95', http?.latency?.p95Us ?? null],
    ['p99', summary.p99Us],
    ['p99.9', summary.p999Us],
  ];
  const known = all.flatMap(([name, us]) =>
    us === null
      ? []
      : [{ name: `Latency ${name}`, value: us, text: formatResolved(us, http?.resolutionUs ?? load.resolutionUs), note }],
  );
  return known.length <= 3 ? known : [...known.slice(0, 1), ...known.slice(-2)];
}
