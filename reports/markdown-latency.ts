/** The latency table of summary.md. */
import type { Result } from '../harness/evidence/result/result.ts';
import { isWithheld } from '../harness/evidence/result/withheld.ts';
import { formatCount, formatPercentile } from './format.ts';
import { percentileText } from './latency-words.ts';
import { plain, table } from './markdown-text.ts';
import { timedThings } from './measured-by-words.ts';

/** In a table what is not known is a dash. */
function orDash(format: (value: number) => string): (value: number | null) => string {
  return (value) => (value === null ? '–' : format(value));
}

export function latencyPart(result: Result): string {
  const { latency, load } = result;
  if (isWithheld(result) && latency.lag === null) return '';
  const kinds = [
    ['response', latency.response],
    ['service', latency.service],
    ['delivery', latency.delivery],
    ['generator lag', latency.lag],
  ] as const;
  return `### Latency\n\n${table(
    'lrrrrrr',
    ['', timedThings(result), ...[50, 90, 99, 99.9].map(formatPercentile), 'max'],
    kinds.map(([name, it]) =>
      it === null || it.count === 0
        ? [name, '–', '–', '–', '–', '–', '–']
        : [
            name,
            ...[it.count].map(orDash(formatCount)),
            ...[it.p50Us, it.p90Us, it.p99Us, it.p999Us, it.maxUs].map((us) =>
              plain(percentileText(it, us, load.resolutionUs, '–'), 40),
            ),
          ],
    ),
  )}`;
}
