/** The seconds in which users waited longest: their slowest messages by name, and what the server logged meanwhile. */
import type { Result, SlowMessage, WorstSecond } from '../../harness/evidence/result/result.ts';
import { formatOffset } from '../charts/axis.ts';
import { clip, formatUs, plural } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import type { Detail } from './detail.ts';
import { figure, first, numeric, table, text } from './table.ts';

/** Nothing where no second was timed. */
export function worstSecondsPart({ worstSeconds }: Result, detail: Detail): Markup | null {
  const { shown } = first(worstSeconds, detail.rows);
  if (shown.length === 0) return null;
  return markup`<h3 class="apart" id="worst">The worst seconds, and their messages</h3><p>The seconds with the highest p99 of the messages intended in them, the worst first. A message is named by its sender and the sender’s own number; each log line was written at most a quarter of a second before the time beside it.</p>${shown.map((second, index) => secondPart(second, index, detail))}`;
}

/** Links to them, for the chart above. */
export function worstSecondsLinks({ worstSeconds }: Result, detail: Detail): Markup | null {
  const { shown } = first(worstSeconds, detail.rows);
  if (shown.length === 0) return null;
  return markup`<p class="small worst-links">The worst seconds, each with its slowest messages and the server’s log: ${shown.map(
    (second, index) =>
      markup`${index === 0 ? null : ', '}<a href="#second-${index + 1}">${formatOffset(second.fromMs, 1000)} (p99 ${wait(second.p99Us)})</a>`,
  )}.</p>`;
}

function secondPart(second: WorstSecond, index: number, detail: Detail): Markup {
  const { fromMs, toMs, messages, p99Us, slowest } = second;
  const when = `${formatOffset(fromMs, 1000)} to ${formatOffset(toMs, toMs % 1000 === 0 ? 1000 : 100)}`;
  const caption = `The slowest messages from ${when}`;
  return markup`<details${index === 0 ? markup` open` : null}><summary>${when}: p99 ${wait(p99Us)}, ${plural(messages, 'message')}</summary><div id="second-${index + 1}">${table(
    {
      caption,
      columns: [
        text('Message'),
        numeric('Response'),
        text('Session'),
        text('Node'),
        ...['Seq', 'Intended', 'Sent', 'Answered', 'Arrived'].map(numeric),
      ],
      rows: slowest.slice(0, detail.rows).map((message) => messageRow(message, detail)),
      omitted: Math.max(0, slowest.length - detail.rows),
    },
  )}${logPart(second, when, detail)}</div></details>`;
}

/** Numbers that are names stay as logs have them, without groups, so that people find them there. */
function messageRow(message: SlowMessage, detail: Detail): readonly Piece[] {
  const say = (words: string): string => clip(oneLine(words), Math.min(detail.text, 60));
  const time = (ms: number | null): Piece => (ms === null ? never() : figure(ms, (value) => formatOffset(value ?? 0, 1)));
  return [
    markup`${figure(message.id, String)} of ${say(message.sender)} <small>to ${say(message.recipient)}</small>`,
    message.responseUs === null ? never() : figure(message.responseUs, formatUs),
    figure(message.session, String),
    message.node === null ? markup`<span class="none">not known</span>` : say(message.node),
    message.seq === null ? '–' : figure(message.seq, String),
    time(message.intendedMs),
    time(message.sentMs),
    time(message.answeredMs),
    time(message.arrivedMs),
  ];
}

function never(): Markup {
  return markup`<span class="state bad">never</span>`;
}

function wait(us: number | null): string {
  return us === null ? 'never answered' : formatUs(us);
}

function logPart({ log, moreLog }: WorstSecond, when: string, detail: Detail): Markup {
  if (log.length === 0) return markup`<p class="small">The server’s logs have nothing from that time.</p>`;
  const { shown, omitted } = first(log, detail.rows);
  return table({
    caption: `What the server logged from ${when}`,
    columns: [text('Log'), numeric('By'), { head: 'Line', kind: 'prose' }],
    rows: shown.map(({ file, byMs, line }) => {
      const name = clip(oneLine(file), 60);
      return [
        markup`<a href="logs/${encodeURIComponent(file.toWellFormed())}">${name}</a>`,
        figure(byMs, (value) => formatOffset(value ?? 0, 100)),
        markup`<code>${clip(oneLine(line), Math.min(detail.text, 300))}</code>`,
      ];
    }),
    omitted: omitted + moreLog,
    document: 'the logs',
  });
}
