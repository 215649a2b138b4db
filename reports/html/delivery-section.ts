/** The ledger: the delivery properties, the counts behind them, and the first offenders. */
import { drainFindings } from '../../harness/evidence/result/drained.ts';
import type { Delivery, Result } from '../../harness/evidence/result/result.ts';
import { clip, formatCount, NOT_MEASURED, sentenceCase } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import { whyNoLedger } from '../measured-by-words.ts';
import { deliveryProperties, type PropertyState } from '../properties.ts';
import { state } from './checks-section.ts';
import type { Detail } from './detail.ts';
import { offenderList } from './offender-list.ts';
import { figure, first, numeric, prose, table, text } from './table.ts';

const STATES: Readonly<Record<PropertyState, Markup>> = {
  kept: state('good', 'kept'),
  broken: state('bad', 'broken'),
  observed: state('bad', 'broken (observed only)'),
  unknown: state('open', 'unknown'),
  unpromised: markup`<span class="none">not promised</span>`,
};

export function deliverySection(result: Result, detail: Detail): Markup {
  const why = whyNoLedger(result);
  const { delivery } = result;
  if (why !== null || delivery === null)
    return markup`<section aria-labelledby="delivery"><h2 id="delivery">Delivery</h2><p>${sentenceCase(why ?? NOT_MEASURED)}.</p></section>`;
  const properties = deliveryProperties(result);
  const rows = properties.map((property, index) => [
    markup`${index + 1}. ${property.name}`,
    STATES[property.state],
    figure(property.violations, formatCount),
    property.rule,
  ]);
  return markup`<section aria-labelledby="delivery"><h2 id="delivery">Delivery</h2>${table({
    caption: 'The delivery properties, decided after the drain from the ledger of every message',
    columns: [text('Property'), text('Outcome'), numeric('Violations'), prose('Rule')],
    rows,
    omitted: 0,
  })}${drain(result, delivery)}${refusals(delivery, detail)}${sessionsEnded(result, detail)}${offenders(delivery, detail)}${counts(delivery)}</section>`;
}

/** Why the drain left the property open or broken. */
function drain(result: Result, delivery: Delivery): Markup | null {
  const why = deliveryProperties(result).find(({ key }) => key === 'drained')?.why ?? '';
  const findings = drainFindings(delivery);
  if (why === '' || findings.length === 0) return null;
  const heading = delivery.drained ? 'Why the drain proves nothing' : 'What was left when the drain gave up';
  return markup`<h3>${heading}</h3><ul>${findings.map(({ text: finding }) => markup`<li>${sentenceCase(oneLine(finding))}.</li>`)}</ul>`;
}

function refusals(delivery: Delivery, detail: Detail): Markup | null {
  const { shown, omitted } = first(delivery.refusals ?? [], detail.rows);
  if (shown.length === 0) return null;
  return table({
    caption: 'Why messages were refused',
    columns: [text('Reason'), numeric('Code'), numeric('Messages')],
    rows: shown.map(({ code, reason, count }) => [reasonCell(reason, detail), codeCell(code), figure(count, formatCount)]),
    omitted,
  });
}

const ENDED_BY = { server: 'the server', client: 'the load’s own client', network: 'the network' } as const;

function sessionsEnded({ load }: Result, detail: Detail): Markup | null {
  const { shown, omitted } = first(load.sessionsEnded ?? [], detail.rows);
  if (shown.length === 0) return null;
  return table({
    caption: 'Why sessions, and attempts to open one, ended without the users asking for it',
    columns: [text('Reason'), numeric('Code'), text('Ended by'), numeric('Times')],
    rows: shown.map(({ code, reason, by, count }) => [
      reasonCell(reason, detail),
      codeCell(code),
      ENDED_BY[by],
      figure(count, formatCount),
    ]),
    omitted,
  });
}

function reasonCell(reason: string, detail: Detail): Piece {
  const said = clip(oneLine(reason), Math.min(detail.text, 160));
  return said === '' ? markup`<span class="none">no reason given</span>` : said;
}

function codeCell(code: number): Piece {
  return code === 0 ? '–' : String(code);
}

function counts(delivery: Delivery): Markup {
  const lines: readonly (readonly [string, number | null, string])[] = [
    ['Attempted', delivery.attempted, 'written to a socket at least once, warm-up included'],
    ['Acknowledged', delivery.acked, 'promised by the server'],
    ['Failed', delivery.failed, 'definitely refused'],
    ['Indeterminate', delivery.indeterminate, 'written, neither promised nor refused'],
    ['Never written', delivery.unwritten ?? null, 'due to be sent, but their users were away or had no room to keep them'],
    ['Recovered', delivery.recovered, 'indeterminate, but delivered'],
    ['Expected', delivery.expected, 'acknowledged, and owed to a receiver'],
    ['Delivered', delivery.delivered, 'distinct messages that arrived'],
    ['Lost', delivery.lost, 'acknowledged, owed, never delivered'],
    ...(delivery.hidden > 0
      ? ([['Hidden', delivery.hidden, "arrived, but at or below the receiver's cursor each time, so never shown"]] as const)
      : []),
    ['Pending', delivery.pending, 'acknowledged and still undelivered when the drain gave up'],
    ['Duplicates on the wire', delivery.duplicatesWire, 'repeats that the receiver recognised'],
    ['Visible duplicates', delivery.duplicatesVisible, 'repeats that it could not recognise'],
  ];
  return table({
    caption: 'The ledger in numbers',
    columns: [text('Messages'), numeric('Count'), prose('Meaning')],
    rows: lines.map(([name, count, meaning]) => [name, figure(count, formatCount), meaning]),
    omitted: 0,
  });
}

function offenders({ evidence }: Delivery, detail: Detail): Markup | null {
  const list = offenderList(
    evidence,
    { rows: detail.rows, document: 'result.json' },
    ({ property, message }) =>
      markup`<b>${clip(oneLine(property), Math.min(detail.text, 60))}</b> ${clip(oneLine(message), Math.min(detail.text, 300))}`,
  );
  return list === null ? null : markup`<h3>First offenders</h3>${list}`;
}
