/** The page of two runs side by side: what they can bear, what differs between them, their figures and their percentile curves. */
import type { Diff, DiffCondition, DiffFigure, DiffSide } from '../../harness/evidence/result/diff.ts';
import { withOneLineTexts } from '../../harness/evidence/result/one-line-texts.ts';
import { logAxis, percentileAxis } from '../charts/axis.ts';
import { plainLine } from '../charts/series.ts';
import {
  COMPARABLE_WORDS,
  changeText,
  diffTitle,
  EFFECT_WORDS,
  figureText,
  judgingTexts,
  metricFigures,
  sideFacts,
  toolFigures,
} from '../diff-words.ts';
import { clip, formatPercentile, formatUs, sentenceCase } from '../format.ts';
import { type Markup, markup, type Piece } from '../markup.ts';
import { lineFigure } from './chart-figure.ts';
import { state } from './checks-section.ts';
import type { Detail } from './detail.ts';
import { DOT, factLine, readableTime, verdictBox } from './head.ts';
import { htmlPage, section } from './page.ts';
import { figure, first, foldedWhenLong, numeric, prose, table, text } from './table.ts';
import { formatTickUs } from './timeline-scale.ts';

const DOCUMENT = 'diff.json';

export function diffReport(given: Diff): string {
  const diff = withOneLineTexts(given);
  const tool = toolFigures(diff);
  return htmlPage((detail) => ({
    title: clip(diffTitle(diff), 120),
    sections: [
      ['conditions', 'What differs'],
      ['figures', 'Figures'],
      ...(tool.length > 0 ? [['tool', 'The tool’s own'] as const] : []),
      ['curves', 'Percentiles'],
      ['judging', 'To judge'],
    ],
    head: head(diff, detail),
    body: markup`${conditions(diff, detail)}
${section('figures', 'Figures', figureTable(diff, { caption: 'Figures of both runs', all: metricFigures(diff) }, detail))}
${tool.length === 0 ? null : section('tool', `Figures of ${diff.a.measuredBy}, by its own names`, foldedWhenLong('Every figure', tool.length, figureTable(diff, { caption: 'As the tool gave them', all: tool }, detail)))}
${curves(diff, detail)}
${section(
  'judging',
  'To judge',
  markup`<ul>${judgingTexts(diff)
    .slice(0, detail.rows)
    .map((sentence) => markup`<li>${clip(sentence, detail.text)}</li>`)}</ul>`,
)}`,
    source: [DOCUMENT, diff.schema],
  }));
}

function head(diff: Diff, detail: Detail): Markup {
  const [decisive = '', ...others] = diff.says;
  return markup`<header class="top"><p class="brand">letitcrash <span>two runs</span></p><h1><bdi>${clip(diffTitle(diff), Math.min(detail.text, 160))}</bdi></h1>${factLine([`A ${readableTime(diff.a.startedAt)}`, `B ${readableTime(diff.b.startedAt)}`])}</header>
${verdictBox({
  kind: ({ no: 'invalid', unknown: 'unknown', yes: 'neutral' } as const)[diff.comparable],
  word: COMPARABLE_WORDS[diff.comparable],
  sentence: clip(decisive, detail.text),
  more: others.slice(0, detail.rows).map((saying) => clip(sentenceCase(saying), detail.text)),
})}
<dl class="sides">${side('A', diff.a, detail)}${side('B', diff.b, detail)}</dl>`;
}

function side(letter: 'A' | 'B', it: DiffSide, detail: Detail): Markup {
  const say = (text: string, limit: number): string => clip(text, Math.min(detail.text, limit));
  const reasons = it.reasons.slice(0, detail.rows).map((reason) => markup`<br>${clip(reason, detail.text)}`);
  return markup`<div class="side-${letter.toLowerCase()}"><dt>${letter}</dt><dd><b>${say(it.run, 200)}</b><small>${sideFacts(it)
    .map((fact) => say(readableTime(fact), 200))
    .join(`${DOT} `)}${reasons}</small></dd></div>`;
}

function conditions({ conditions: all }: Diff, detail: Detail): Markup {
  if (all.length === 0)
    return section(
      'conditions',
      'What differs',
      markup`<p>Nothing that was recorded differs between the runs, except when they began.</p>`,
    );
  const { shown, omitted } = first(all, detail.rows);
  const say = (value: string): string => clip(value, Math.min(detail.text, 300));
  return section(
    'conditions',
    'What differs',
    table({
      caption: 'How the runs differ, and what is not known about them',
      columns: [text('Condition'), text('Effect'), prose('A'), prose('B'), prose('Why it matters')],
      rows: shown.map((one): Piece[] => [
        say(one.about === one.name ? one.name : `${one.about}, ${one.name}`),
        effect(one),
        said(one.a, say),
        said(one.b, say),
        say(one.why),
      ]),
      omitted,
      document: DOCUMENT,
    }),
  );
}

/** What is compared is no flaw. */
function effect({ effect: it }: DiffCondition): Piece {
  return it === 'subject' ? EFFECT_WORDS[it] : state(it === 'forbids' ? 'bad' : 'open', EFFECT_WORDS[it]);
}

function said(value: string | null, say: (value: string) => string): Piece {
  return value === null ? markup`<span class="none">unknown</span>` : say(value);
}

interface Listed {
  readonly caption: string;
  readonly all: readonly DiffFigure[];
}

function figureTable(diff: Diff, { caption, all }: Listed, detail: Detail): Markup {
  if (all.length === 0) return markup`<p>Neither run has a figure that may be shown.</p>`;
  const { shown, omitted } = first(all, detail.rows);
  const of = (one: DiffFigure, which: 'a' | 'b'): Piece =>
    one[which] === null ? markup`<span class="none">unknown</span>` : reading(one, which);
  return table({
    caption,
    columns: [text('Figure'), numeric('A'), numeric('B'), numeric('B to A')],
    rows: shown.map((one): Piece[] => [
      clip(one.name, Math.min(detail.text, 120)),
      of(one, 'a'),
      of(one, 'b'),
      one.ratio === null || one.a === one.b
        ? markup`<span class="none">${changeText(one, diff)}</span>`
        : figure(one.ratio, () => changeText(one, diff)),
    ]),
    omitted,
    document: DOCUMENT,
  });
}

/** Its interval stands below it, so that both sides find room on a phone. */
function reading(one: DiffFigure, side: 'a' | 'b'): Piece {
  const [value = '', interval] = figureText(one, side).split(/ (?=\()/u);
  const shown = figure(one[side], () => value);
  return interval === undefined ? shown : markup`${shown}<small> ${interval}</small>`;
}

function curves({ curves: { a, b } }: Diff, detail: Detail): Markup {
  const drawn = [
    { side: 'A', tone: 'main', curve: a },
    { side: 'B', tone: 'third', curve: b },
  ] as const;
  const known = drawn.flatMap(({ side, tone, curve }) => (curve === null ? [] : [{ side, tone, ...curve }]));
  const missing = drawn.flatMap(({ side, curve }) => (curve === null ? [side] : []));
  const none = missing.length === 0 ? null : markup`<p>The percentiles of ${missing.join(' and ')} are unknown.</p>`;
  const points = known.flatMap((curve) => curve.points);
  const values = points.map(([, us]) => us).filter((us) => us > 0);
  if (values.length === 0) return section('curves', 'Percentiles', markup`${none}`);
  const { shown, omitted } = first(
    known.flatMap(({ side, points: own }) => own.map((point) => ({ side, point }))),
    detail.slots,
  );
  const kinds = [...new Set(known.map(({ what }) => what))];
  return section(
    'curves',
    'Percentiles',
    markup`${none}${lineFigure({
      heading: 'Latency of both runs',
      note: `The share of messages or requests (across) answered within a time (up): ${known.map(({ side, what }) => `${side} ${what}`).join(', ')}.${kinds.length > 1 ? ' These are different times.' : ''} There is one run on each side, so the curves do not show how much runs vary. Both axes are logarithmic.`,
      keys: [],
      lower: 0,
      chart: {
        id: 'curves',
        title: 'Percentile curves of A and B',
        description: known.map(({ side, what, points: own }) => `${side}: ${what}, ${own.length} points.`).join(' '),
        x: percentileAxis(points.reduce((most, [percentile]) => (percentile < 100 ? Math.max(most, percentile) : most), 90)),
        y: logAxis(
          values.reduce((one, other) => Math.min(one, other)),
          values.reduce((one, other) => Math.max(one, other)),
          formatTickUs,
        ),
        xLabel: 'percentile',
        yLabel: 'time',
        series: known.map(({ side, tone, points: own }) => plainLine(side, tone, own)),
        faults: [],
        references: [],
        hover: [],
      },
      data: table({
        caption: 'Points of both curves',
        columns: [text('Run'), numeric('Percentile'), numeric('Time')],
        rows: shown.map(({ side, point: [percentile, us] }) => [
          side,
          figure(percentile, (value) => formatPercentile(value ?? 0)),
          figure(us, formatUs),
        ]),
        omitted,
        document: DOCUMENT,
      }),
    })}`,
  );
}
