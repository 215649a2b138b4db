/** The worst seconds of a run in summary.md: for each its slowest message by name, and the first line that the server logged in it. */
import type { Result, SlowMessage, WorstSecond } from '../harness/evidence/result/result.ts';
import { formatOffset } from './charts/axis.ts';
import { formatCount, formatUs } from './format.ts';
import { type Detail, listTable, plain } from './markdown-text.ts';

const NAME_CHARS = 60;
const LINE_CHARS = 120;

/** Empty where no second was timed. */
export function worstSecondsPart({ worstSeconds }: Result, detail: Detail): string {
  if (worstSeconds.length === 0) return '';
  const head = ['from', 'p99', 'messages', 'slowest message', 'answered after', 'the server’s log'];
  const rows = listTable({ align: 'lrrlrl', head, all: worstSeconds }, detail, (second) => rowOf(second, detail));
  return `### The worst seconds\n\n${rows}`;
}

function rowOf(
  { fromMs, toMs, messages, p99Us, slowest: [message], log: [line] }: WorstSecond,
  detail: Detail,
): readonly string[] {
  return [
    `${formatOffset(fromMs, 1000)} to ${formatOffset(toMs, toMs % 1000 === 0 ? 1000 : 100)}`,
    p99Us === null ? 'never answered' : formatUs(p99Us),
    formatCount(messages),
    message === undefined ? '–' : nameOf(message, detail),
    message === undefined ? '–' : message.responseUs === null ? 'never' : formatUs(message.responseUs),
    line === undefined ? '–' : `${plain(line.file, NAME_CHARS)}: ${plain(line.line, Math.min(detail.text, LINE_CHARS))}`,
  ];
}

/** Its numbers are names: they stay as logs have them, without groups. */
function nameOf({ id, sender, recipient, node, seq }: SlowMessage, detail: Detail): string {
  const say = (words: string): string => plain(words, Math.min(detail.text, NAME_CHARS));
  const where = [...(node === null ? [] : [`on ${say(node)}`]), ...(seq === null ? [] : [`seq ${seq}`])];
  return `${id} of ${say(sender)} to ${say(recipient)}${where.length === 0 ? '' : `, ${where.join(', ')}`}`;
}
