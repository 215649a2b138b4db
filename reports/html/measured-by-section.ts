/** The figures of the tool that measured in letitcrash's place, and what they do not say. */
import type { Result } from '../../harness/evidence/result/result.ts';
import { toolName } from '../../harness/evidence/result/tool-name.ts';
import { isWithheld } from '../../harness/evidence/result/withheld.ts';
import { clip } from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { measuredByRows } from '../measured-by-words.ts';
import type { Detail } from './detail.ts';
import { first, foldedWhenLong, prose, table, text } from './table.ts';

/** Null for a run that letitcrash measured by itself. */
export function measuredBySection(result: Result, detail: Detail): Markup | null {
  const { measuredBy } = result;
  if (measuredBy === null) return null;
  const { caveats } = measuredBy;
  const tool = toolName(measuredBy.tool);
  const rows = measuredByRows(measuredBy);
  const { shown, omitted } = first(rows, detail.rows);
  const figures = table({
    caption: `Every figure as ${tool} gave it`,
    columns: [text('Figure'), prose('Values')],
    rows: shown.map(([name, values]) => [clip(oneLine(name), 80), clip(oneLine(values), detail.text)]),
    omitted,
  });
  return markup`<section aria-labelledby="measured-by"><h2 id="measured-by">Measured by ${tool}</h2><ul>${caveats
    .slice(0, detail.rows)
    .map(
      (caveat) => markup`<li>${clip(oneLine(caveat), detail.text)}</li>`,
    )}</ul>${isWithheld(result) ? null : foldedWhenLong(`Every figure of ${tool}`, rows.length, figures)}</section>`;
}
