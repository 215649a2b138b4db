/** The ledger: the eight delivery properties, the counts behind them, and the first offenders. */
import type { Result } from '../../harness/result/result.ts';
import { clip, formatCount, plural, sentenceCase } from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { whyNoLedger } from '../measured-by-words.ts';
import { deliveryProperties, type PropertyState } from '../properties.ts';
import { state } from './checks-section.ts';
import type { Detail } from './detail.ts';
import { figure, first, numeric, prose, table, text } from './table.ts';

const STATES: Readonly<Record<PropertyState, Markup>> = {
  kept: state('good', 'kept'),
  broken: state('bad', 'broken'),
  observed: state('bad', 'broken (observed only)'),
  unknown: state('open', 'unknown'),
};

export function deliverySection(result: Result, detail: Detail): Markup {
  const why = whyNoLedger(result);
  if (why !== null)
    return markup`<section aria-labelledby="delivery"><h2 id="delivery">Delivery</h2><p>${sentenceCase(why)}.</p></section>`;
  const properties = deliveryProperties(result);
  const rows = properties.map((property, index) => [
    markup`${index + 1}. ${property.name}`,
    STATES[property.state],
    figure(property.violations, formatCount),
    property.rule,
  ]);
  return markup`<section aria-labelledby="delivery"><h2 id="delivery">Delivery</h2>${table({
    caption: 'The eight delivery properties, decided after the drain from the ledger of every message',
    columns: [text('Property'), text('Outcome'), numeric('Violations'), prose('Rule')],
    rows,
    omitted: 0,
  })}${counts(result)}${offenders(result, detail)}</section>`;
}

function counts({ delivery }: Result): Markup {
  const lines: readonly (readonly [string, number, string])[] = [
    ['Attempted', delivery.attempted, 'written to a socket at least once, warm-up included'],
    ['Acknowledged', delivery.acked, 'promised by the server'],
    ['Failed', delivery.failed, 'definitely refused'],
    ['Indeterminate', delivery.indeterminate, 'written, neither promised nor refused'],
    ['Recovered', delivery.recovered, 'indeterminate, and delivered all the same'],
    ['Expected', delivery.expected, 'acknowledged and owed to a receiver'],
    ['Delivered', delivery.delivered, 'distinct messages that arrived'],
    ['Lost', delivery.lost, 'acknowledged, owed, never delivered'],
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

function offenders(result: Result, detail: Detail): Markup | null {
  const { shown, omitted } = first(result.delivery.evidence, detail.rows);
  if (result.delivery.evidence.length === 0) return null;
  return markup`<h3>First offenders</h3><ul class="offenders">${shown.map(
    ({ property, message }) =>
      markup`<li><b>${clip(oneLine(property), Math.min(detail.text, 60))}</b> ${clip(oneLine(message), Math.min(detail.text, 300))}</li>`,
  )}${omitted > 0 ? markup`<li>${plural(omitted, 'more')} in result.json</li>` : null}</ul>`;
}
