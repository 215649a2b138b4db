/** How sure a comparison is: the looks that were taken, what they may be wrong by, what it could have found, and blocks that did not count. */
import type { Comparison } from '../../../harness/evidence/result/comparison.ts';
import { detectableText, inOrderOfWeight } from '../../comparison-words.ts';
import { clip, formatCount, formatShare, plural } from '../../format.ts';
import { type Markup, markup, oneLine } from '../../markup.ts';
import type { Detail } from '../detail.ts';
import { offenderList } from '../offender-list.ts';
import { section } from '../page.ts';
import { figure, first, numeric, table, text } from '../table.ts';
import { verdictState } from './metrics-section.ts';

export function evidenceSection(comparison: Comparison, detail: Detail): Markup {
  return section(
    'evidence',
    'Evidence',
    markup`${looks(comparison, detail)}${comparison.valid ? detectable(comparison, detail) : null}${invalid(comparison, detail)}`,
  );
}

function looks({ looks: taken, plannedLooks, alpha, alphaEquivalent }: Comparison, detail: Detail): Markup {
  const decided = (taken.at(-1)?.verdict ?? 'inconclusive') !== 'inconclusive';
  const planned = plannedLooks.filter(({ blocks }) => !taken.some((look) => look.blocks === blocks));
  const all = [
    ...taken.map((look) => ({ ...look, outcome: verdictState(look.verdict) })),
    ...planned.map((look) => ({ ...look, outcome: markup`<span class="none">${decided ? 'not needed' : 'not reached'}</span>` })),
  ];
  const { shown, omitted } = first(all, detail.rows);
  return markup`<p>At most ${figure(alpha, formatShare)} of comparisons of equal servers are called regressed, over all blocking metrics and all looks together. Of those whose B is worse by a margin, at most ${figure(alphaEquivalent, formatShare)} are called equivalent, which means not worse: B may be better.</p>${table(
    {
      caption: 'Looks at the blocks so far, each with its share of that error',
      columns: [numeric('Blocks'), numeric('Share of error'), text('Outcome')],
      rows: shown.map(({ blocks, alpha: share, outcome }) => [figure(blocks, formatCount), figure(share, formatShare), outcome]),
      omitted,
      document: 'comparison.json',
    },
  )}`;
}

/** The least that any answer here must come with. */
function detectable(comparison: Comparison, detail: Detail): Markup | null {
  const blocking = inOrderOfWeight(comparison.metrics).filter(
    ({ role, detectable: size }) => role === 'blocking' && size !== null,
  );
  if (blocking.length === 0) return null;
  const { shown, omitted } = first(blocking, Math.min(6, detail.rows));
  const list = shown.map(
    (metric, index) =>
      markup`${index === 0 ? null : ', '}${clip(oneLine(metric.name), Math.min(detail.text, 60))} ${figure(metric.detectable, () => detectableText(metric))}`,
  );
  return markup`<p>Worsenings of this size would have been called regressed nine times in ten: ${list}${omitted > 0 ? `, and ${plural(omitted, 'more metric')} in the table above` : null}. Smaller ones may have been missed.</p>`;
}

const NAMED = 12;

function invalid({ blocks }: Comparison, detail: Detail): Markup {
  const bad = blocks.flatMap((block, index) => (block.invalid.length === 0 ? [] : [{ block, number: index + 1 }]));
  if (bad.length === 0) return markup`<p>All blocks were valid.</p>`;
  const rows = Math.min(NAMED, detail.rows);
  return markup`<h3>Invalid blocks</h3>${offenderList(
    bad,
    { rows, document: 'comparison.json', more: 'more block' },
    ({ block, number }) => markup`<b>Block ${number}</b>: ${clip(oneLine(block.invalid.join('; ')), detail.text)}`,
  )}`;
}
