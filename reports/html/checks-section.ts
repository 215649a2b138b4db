/** The checks of the scenario: what was expected, what was measured. */
import { NEVER } from '../../harness/evidence/result/never.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { checkState } from '../check-state.ts';
import { clip, formatInUnit } from '../format.ts';
import { runActualText } from '../latency-words.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { whyNoLedger } from '../measured-by-words.ts';
import type { Detail } from './detail.ts';
import { figure, first, numeric, table, text } from './table.ts';

export function checksSection(result: Result, detail: Detail): Markup {
  const { shown, omitted } = first(result.checks, detail.rows);
  const rows = shown.map((check) => [
    clip(oneLine(check.name), Math.min(detail.text, 200)).replace(/ ([<>]=?) (?=\S)/gu, ' $1\u00a0'),
    outcome(check, result),
    check.never === true
      ? NEVER
      : figure(check.actual, (value) => formatInUnit(value, unitOf(check.unit)), runActualText(check, result, check.unit)),
    figure(check.limit, (value) => formatInUnit(value, unitOf(check.unit))),
  ]);
  const body =
    result.checks.length === 0
      ? markup`<p>${whyNoLedger(result) === null ? 'The scenario expects nothing but intact delivery.' : 'No limit was set.'}</p>`
      : table({
          caption: 'What the scenario expects, and what was measured',
          captionHidden: true,
          columns: [text('Check'), text('Outcome'), numeric('Measured'), numeric('Limit')],
          rows,
          omitted,
        });
  return markup`<section aria-labelledby="checks"><h2 id="checks">Checks</h2>${body}</section>`;
}

function unitOf(unit: string): string {
  return clip(oneLine(unit), 20);
}

function outcome(check: Result['checks'][number], result: Result): Markup {
  const words = checkState(check, result);
  return state(({ held: 'good', open: 'open', broken: 'bad' } as const)[words], words);
}

/** A word with a mark in front: never colour alone. */
export function state(kind: 'good' | 'bad' | 'open', word: string): Markup {
  const mark = { good: '✓', bad: '✕', open: '?' }[kind];
  return markup`<span class="state ${kind}"><span aria-hidden="true">${mark}</span> ${word}</span>`;
}
