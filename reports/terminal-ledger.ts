/** The ledger in the terminal's summary: what became of the messages, and what leads to the cause of what went wrong. */
import type { Result } from '../harness/evidence/result/result.ts';
import { clip, formatCount, NOT_MEASURED, plural } from './format.ts';
import { oneLine } from './markup.ts';
import { whyNoLedger } from './measured-by-words.ts';
import { firstOffenders, whyEnded, whyRefused } from './offenders.ts';
import { type DeliveryProperty, deliveryProperties } from './properties.ts';
import { columnsOf, LABEL, label, type Sheet, type Style, wrapTo } from './terminal-text.ts';

/** Of a drain that gave up. */
const DRAIN_LINES = 2;

export function ledger(result: Result, { width, paint }: Sheet): string[] {
  const why = whyNoLedger(result);
  const { delivery } = result;
  if (why !== null || delivery === null) return [label('ledger', paint) + (why ?? NOT_MEASURED)];
  const counts: readonly (readonly [DeliveryProperty['key'], string, number])[] = [
    ['lost', 'lost', delivery.lost],
    ...(delivery.hidden > 0 ? ([['hidden', 'hidden', delivery.hidden]] as const) : []),
    ['duplicatesVisible', 'duplicates', delivery.duplicatesVisible],
    ['reordered', 'reordered', delivery.reordered],
    ['misdelivered', 'misdelivered', delivery.misdelivered],
    ['phantom', 'phantoms', delivery.phantom],
    ['corrupted', 'corrupted', delivery.corrupted],
    ['receiptsEarly', 'early receipts', delivery.receiptsEarly],
    ...(delivery.presenceWrong === null ? [] : [['presenceWrong', 'wrong presence', delivery.presenceWrong] as const]),
    ['drained', 'pending', delivery.pending],
  ];
  const states = new Map(deliveryProperties(result).map(({ key, state }) => [key, state]));
  const said = counts.map(([key, name, count]) => {
    const text = `${name} ${formatCount(count)}`;
    const state = states.get(key);
    return { text, painted: state === 'broken' ? paint('red', text) : state === 'unknown' ? paint('yellow', text) : text };
  });
  const lines: string[] = [];
  let line = '';
  let length = 0;
  for (const { text, painted } of said) {
    if (length > 0 && length + 3 + text.length > columnsOf(width) - LABEL - 2) {
      lines.push(line);
      line = '';
      length = 0;
    }
    line += (length === 0 ? '' : ' · ') + painted;
    length += (length === 0 ? 0 : 3) + text.length;
  }
  const sum = `${plural(delivery.attempted, 'message')}: ${formatCount(delivery.acked)} acknowledged, ${formatCount(delivery.failed)} failed, ${formatCount(delivery.indeterminate)} indeterminate`;
  return [`${label('ledger', paint)}${sum}`, ...[...lines, line].map((text) => label('', paint) + text)];
}

/** What leads to the cause: what the drain left behind, why messages were refused and sessions ended, and the first offenders. */
export function causes(result: Result, { width, paint, room }: Sheet): string[] {
  const { delivery, verdict } = result;
  if (whyNoLedger(result) !== null || delivery === null) return [];
  const columns = width - LABEL - 2;
  const drained = deliveryProperties(result).find(({ key }) => key === 'drained');
  const style: Style = drained?.state === 'broken' ? 'red' : 'yellow';
  const gaveUp = `${delivery.drained ? 'the drain is not proven' : 'the drain gave up'}: ${oneLine(drained?.why ?? '')}`;
  const refused = whyRefused(result);
  // Where all is well, sessions that faults ended are no news.
  const ended = verdict === 'pass' ? null : whyEnded(result);
  const offenders = firstOffenders(result, room.offenders);
  return [
    // Where nothing was sent there was nothing to wait for.
    ...(drained === undefined || drained.why === '' || delivery.attempted === 0
      ? []
      : wrapTo(gaveUp, columns, DRAIN_LINES).map((text) => label('', paint) + paint(style, text))),
    ...(refused === null ? [] : [label('refused', paint) + clip(oneLine(refused), columns)]),
    ...(ended === null ? [] : [label('ended', paint) + clip(oneLine(ended), columns)]),
    ...offenders.map(
      ({ property, message }, index) =>
        label(index === 0 ? 'offenders' : '', paint) + clip(`${oneLine(property)}: ${oneLine(message)}`, columns),
    ),
  ];
}
