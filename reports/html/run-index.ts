/** The index of a folder of runs: what is in it, newest first, each with its verdict and its first figures, as an HTML page. */

import { withOneLineTexts } from '../../harness/evidence/result/one-line-texts.ts';
import type { IndexEntry, IndexFigure, RunIndex } from '../../harness/evidence/result/run-index.ts';
import { clip, formatChange, formatInUnit, formatMs, plural } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import { state } from './checks-section.ts';
import type { Detail } from './detail.ts';
import { factLine, readableTime } from './head.ts';
import { htmlPage, section } from './page.ts';
import { type Column, figure, first, numeric, table, text } from './table.ts';

const DOCUMENT = 'index.json';
/** So many rows of the richest page; a run folder's page is found by its name as well. */
const ROWS_A_DETAIL = 3;

interface Kind {
  readonly id: string;
  readonly heading: string;
  readonly kinds: readonly IndexEntry['kind'][];
  /** Of the first column. */
  readonly what: string;
  /** Names of figures that have a column of their own; others stand in one column, each with its name. */
  readonly figures: readonly (readonly [name: string, head: string])[];
}

const KINDS: readonly Kind[] = [
  {
    id: 'runs',
    heading: 'Runs',
    kinds: ['run'],
    what: 'Scenario',
    figures: [
      ['p50', 'p50'],
      ['p99', 'p99'],
      ['lost', 'Lost'],
      ['slowest recovery', 'Slowest recovery'],
    ],
  },
  { id: 'comparisons', heading: 'Comparisons', kinds: ['comparison', 'diff'], what: 'A against B', figures: [] },
  {
    id: 'explorations',
    heading: 'Explorations and replays',
    kinds: ['exploration', 'replay'],
    what: 'Explored or replayed',
    figures: [],
  },
  { id: 'trends', heading: 'Trends', kinds: ['trend'], what: 'Trend', figures: [] },
];

export function runIndexPage(given: RunIndex): string {
  const index = withOneLineTexts(given);
  const present = KINDS.map((kind) => ({
    kind,
    entries: index.entries.filter((entry) => kind.kinds.includes(entry.kind)),
  })).filter(({ entries }) => entries.length > 0);
  return htmlPage((detail) => ({
    title: `Runs: ${plural(index.entries.length, 'entry', 'entries')}`,
    sections: present.map(({ kind }) => [kind.id, kind.heading]),
    skipTo: 'the list',
    head: head(index),
    body: markup`${present.length === 0 ? markup`<p>There are no runs here yet: <code>letitcrash run quickstart</code> writes the first one.</p>` : present.map(({ kind, entries }) => kindSection(kind, entries, detail))}${unreadable(index, detail)}<p class="small apart">This index is updated after each run, and by <code>letitcrash open</code>. <code>letitcrash prune --dry-run</code> lists the old runs that would be removed.</p>`,
    source: [DOCUMENT, index.schema],
  }));
}

function head({ entries, older }: RunIndex): Markup {
  const newest = entries[0]?.startedAt ?? '';
  const bad = entries.filter((entry) => entry.kind === 'run' && entry.verdict === 'Fail').length;
  return markup`<header class="top"><p class="brand">letitcrash <span>index</span></p><h1>Runs</h1>${factLine([
    ...KINDS.flatMap(({ kinds, heading }) => {
      const count = entries.filter(({ kind }) => kinds.includes(kind)).length;
      return count === 0 ? [] : [countText(heading, count)];
    }),
    ...(bad === 0 ? [] : [`${plural(bad, 'run')} failed`]),
    ...(newest === '' ? [] : [`newest ${readableTime(newest)}`]),
    ...(older === 0 ? [] : [`${plural(older, 'older one')} not listed`]),
  ])}</header>`;
}

function countText(heading: string, count: number): string {
  if (heading === 'Explorations and replays') return plural(count, 'exploration or replay', 'explorations and replays');
  const many = heading.toLowerCase();
  return plural(count, many.replace(/s$/u, ''), many);
}

function kindSection(kind: Kind, entries: readonly IndexEntry[], detail: Detail): Markup {
  const { shown, omitted } = first(entries, detail.rows * ROWS_A_DETAIL);
  const others = kind.figures.length === 0;
  const columns: readonly Column[] = [
    text(kind.what),
    text('Verdict'),
    text('Started'),
    ...(others ? [text('Figures')] : kind.figures.map(([, heading]) => numeric(heading))),
    numeric('Took'),
  ];
  const rows = shown.map((entry) => [
    what(entry, detail),
    state(entry.state, clip(oneLine(entry.verdict), Math.min(detail.text, 60))),
    entry.startedAt === '' ? markup`<span class="none">not known</span>` : moment(entry.startedAt),
    ...(others ? [named(entry)] : kind.figures.map(([name]) => cell(entry.figures.find((each) => each.name === name)))),
    entry.durationMs === null ? '–' : figure(entry.durationMs, formatMs),
  ]);
  return section(
    kind.id,
    kind.heading,
    table({ caption: `${kind.heading}, newest first`, captionHidden: true, columns, rows, omitted, document: DOCUMENT }),
  );
}

function what(entry: IndexEntry, detail: Detail): Markup {
  const { folder, page, document, name, about } = entry;
  const place = folder.toWellFormed().split('/').map(encodeURIComponent).join('/').replaceAll('%2E', '.');
  const label = clip(oneLine(name), Math.min(detail.text, 120)) || clip(oneLine(folder), Math.min(detail.text, 120));
  return markup`<a href="${`${place}/${page ?? document}`}">${label}</a><small>${clip(oneLine(about), Math.min(detail.text, 120))}</small>`;
}

/** Date and time stay whole, each on a line of its own where there is no room. */
function moment(iso: string): Markup {
  const [date = '', ...rest] = readableTime(iso).split(' ');
  return markup`<span class="whole">${date}</span> <span class="whole">${rest.join(' ')}</span>`;
}

function cell(found: IndexFigure | undefined): Piece {
  if (found === undefined) return '–';
  return found.value === null ? markup`<span class="none">${found.words ?? '–'}</span>` : readingOf(found);
}

function named({ figures }: IndexEntry): Piece {
  return figures.map(
    (each, index) =>
      markup`${index === 0 ? null : markup`<br>`}<span class="whole">${clip(oneLine(each.name), 60)} ${each.value === null ? markup`<span class="none">${each.words ?? '–'}</span>` : readingOf(each)}</span>`,
  );
}

function readingOf({ value, unit }: IndexFigure): Markup {
  return figure(value, unit === 'ratio' ? formatChange : (number) => formatInUnit(number, unit));
}

function unreadable({ unreadable: list }: RunIndex, detail: Detail): Markup | null {
  if (list.length === 0) return null;
  const { shown, omitted } = first(list, detail.rows);
  return section(
    'unreadable',
    'Unreadable folders',
    table({
      caption: 'Folders whose document could not be read, and why',
      captionHidden: true,
      columns: [text('Folder'), text('Why')],
      rows: shown.map(({ folder, why }) => [
        clip(oneLine(folder), Math.min(detail.text, 120)),
        clip(oneLine(why), Math.min(detail.text, 300)),
      ]),
      omitted,
      document: DOCUMENT,
    }),
  );
}
