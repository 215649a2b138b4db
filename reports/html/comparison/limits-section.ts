/** What is demanded of B and not compared: the policy's absolute limits, and delivery. */
import type { Comparison } from '../../../harness/evidence/result/comparison.ts';
import { NEVER } from '../../../harness/evidence/result/never.ts';
import { brokenText, WITHHELD } from '../../comparison-words.ts';
import { clip, formatInUnit } from '../../format.ts';
import { type Markup, markup, oneLine } from '../../markup.ts';
import { state } from '../checks-section.ts';
import type { Detail } from '../detail.ts';
import { capital } from '../head.ts';
import { offenderList } from '../offender-list.ts';
import { section } from '../page.ts';
import { figure, first, numeric, table, text } from '../table.ts';

export function limitsSection(comparison: Comparison, detail: Detail): Markup {
  return section('limits', 'Limits and delivery', markup`${broken(comparison, detail)}${checks(comparison, detail)}`);
}

function broken({ broken: all }: Comparison, detail: Detail): Markup | null {
  if (all.length === 0) return markup`<p>Neither side broke a delivery property.</p>`;
  const line = (one: Comparison['broken'][number]): Markup =>
    markup`${state('bad', 'broken')} ${clip(oneLine(capital(brokenText(one))), Math.min(detail.text, 300))}`;
  return offenderList(all, { rows: detail.rows, document: 'comparison.json' }, line);
}

function checks({ checks: all, valid }: Comparison, detail: Detail): Markup | null {
  if (all.length === 0) return null;
  if (!valid) return markup`<p>${WITHHELD}</p>`;
  const { shown, omitted } = first(all, detail.rows);
  return table({
    caption: 'Limits for B, and the median over its runs',
    columns: [text('Limit'), text('Outcome'), numeric('Measured'), numeric('Allowed')],
    rows: shown.map(({ name, pass, actual, limit, unit, never }) => {
      const inUnit = (value: number | null): string => formatInUnit(value, clip(oneLine(unit), 20));
      return [
        clip(oneLine(name), Math.min(detail.text, 200)),
        pass ? state('good', 'held') : state('bad', actual === null && never !== true ? 'not measured' : 'broken'),
        never === true ? NEVER : figure(actual, inUnit),
        figure(limit, inUnit),
      ];
    }),
    omitted,
    document: 'comparison.json',
  });
}
