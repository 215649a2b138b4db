/** summary.md of two runs side by side: for a pull request or a job summary, under MARKDOWN_SIZE_LIMIT bytes. */
import type { Diff, DiffFigure } from '../harness/evidence/result/diff.ts';
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import {
  COMPARABLE_WORDS,
  changeText,
  conditionValue,
  diffTitle,
  EFFECT_WORDS,
  figureText,
  judgingTexts,
  metricFigures,
  sideFacts,
  toolFigures,
} from './diff-words.ts';
import { sentenceCase } from './format.ts';
import { bullets, type Detail, fitting, listTable, page, plain } from './markdown-text.ts';

const DOCUMENT = 'diff.json';

/** The page; long lists are shortened until it fits, and say so. */
export function diffMarkdown(given: Diff): string {
  const diff = withOneLineTexts(given);
  return fitting((detail) => render(diff, detail));
}

function render(diff: Diff, detail: Detail): string {
  return page([
    `## ${COMPARABLE_WORDS[diff.comparable]}: ${plain(diffTitle(diff), Math.min(120, detail.text))}`,
    diff.says
      .slice(0, detail.rows)
      .map((text) => `${plain(sentenceCase(text), detail.text * 2)}.`)
      .join(' '),
    bullets(
      (['a', 'b'] as const).map(
        (side) =>
          `${side.toUpperCase()}: ${plain(diff[side].run, detail.text)}: ${plain(sideFacts(diff[side]).join('; '), detail.text)}`,
      ),
      2,
    ),
    conditions(diff, detail),
    figures(diff, { heading: '### Figures', all: metricFigures(diff) }, detail),
    figures(
      diff,
      { heading: `### Figures of ${plain(diff.a.measuredBy, 40)}, by its own names`, all: toolFigures(diff) },
      detail,
    ),
    `### To judge\n\n${bullets(
      judgingTexts(diff)
        .slice(0, detail.rows)
        .map((text) => plain(text, detail.text * 2)),
      detail.rows,
    )}`,
  ]);
}

function conditions({ conditions: all }: Diff, detail: Detail): string {
  if (all.length === 0) return '';
  const head = ['', 'condition', 'A', 'B', 'why it matters'];
  const rows = listTable({ align: 'lllll', head, all, document: DOCUMENT }, detail, (one) => [
    EFFECT_WORDS[one.effect],
    plain(one.about === one.name ? one.name : `${one.about}, ${one.name}`, detail.text),
    plain(conditionValue(one, 'a'), detail.text),
    plain(conditionValue(one, 'b'), detail.text),
    plain(one.why, detail.text),
  ]);
  return `### What differs\n\n${rows}`;
}

interface Listed {
  readonly heading: string;
  readonly all: readonly DiffFigure[];
}

function figures(diff: Diff, { heading, all }: Listed, detail: Detail): string {
  if (all.length === 0) return '';
  const head = ['', 'A', 'B', 'B to A'];
  const rows = listTable({ align: 'lrrr', head, all, document: DOCUMENT }, detail, (figure) => [
    plain(figure.name, detail.text),
    plain(figureText(figure, 'a'), detail.text),
    plain(figureText(figure, 'b'), detail.text),
    changeText(figure, diff),
  ]);
  return `${heading}\n\n${rows}`;
}
