/** The lists and tables of the page, and what is read out as it happens. */
import { formatCount } from '../../../../../reports/format.ts';
import { element, made, type PageElement, setText, show } from './browser.ts';
import type { Entry, Judgement, News, Story, StruckFault } from './story.ts';

const MARKS = { good: '✓', bad: '✕', open: '?' } as const;
const FAULT_STATES: Readonly<Record<StruckFault['state'], string>> = {
  struck: 'active',
  healed: 'healed',
  failed: 'not verified',
  skipped: 'skipped',
};

type CountLine = readonly [name: keyof NonNullable<Story['counts']>, words: string, meaning: string];
const COUNT_LINES: readonly CountLine[] = [
  ['offered', 'Intended', 'messages whose time has come'],
  ['sent', 'Sent', 'written at least once'],
  ['acked', 'Acknowledged', 'promised by the server'],
  ['outstanding', 'Still owed', 'written, neither promised nor refused'],
  ['failed', 'Refused', 'definitely not taken'],
  ['overflowed', 'Unsent', 'found the outbox of their sender full'],
  ['deliveries', 'Deliveries', 'at all devices, repeats included'],
  ['ignored', 'Repeats', 'deliveries that the receiver recognised'],
  ['corrupt', 'Damaged', 'deliveries whose payload is not what was sent'],
  ['receipts', 'Receipts', 'of delivery and of reading'],
  ['opened', 'Sessions opened', 'sign-ins, including reconnects'],
  ['lost', 'Sessions lost', 'ended without the user asking for it'],
  ['refused', 'Connections refused', 'attempts that failed'],
];

let listed: readonly Entry[] = [];
let struck: readonly StruckFault[] = [];

export function showTables(story: Story): void {
  showEntries(story);
  showFaults(story);
  showCounts(story);
  const { ending } = story;
  show('table-properties', (ending?.properties.length ?? 0) > 0);
  show('checks-section', (ending?.checks.length ?? 0) > 0);
  if (ending === null) return;
  setText('ledger', 'The ledger');
  show('ledger-note', ending.properties.length === 0);
  element('rows-properties').replaceChildren(...ending.properties.map(judged));
  element('rows-checks').replaceChildren(...ending.checks.map(judged));
}

/** Announced politely: changes in the run, but not its figures. */
export function announce(news: News): void {
  if (news.kind === 'phase' || news.kind === 'fault' || news.kind === 'warning') setText('told', news.words);
  if (news.kind === 'ending') setText('told', `${news.ending.word}: ${news.ending.sentence}`);
}

function showEntries({ entries, leftOut }: Story): void {
  if (entries === listed) return;
  listed = entries;
  element('entries').replaceChildren(...entries.toReversed().map(entry));
  show('entries-more', leftOut.entries > 0);
  setText('entries-more', `${formatCount(leftOut.entries)} older ones are not kept here.`);
}

function entry({ kind, atS, words }: Entry): PageElement {
  const at = made('time', '', atS === null ? '' : `${atS.toFixed(1)} s`);
  return made('li', kind, at, kind === 'phase' ? made('span', '', words) : made('b', '', words));
}

function showFaults({ faults, leftOut }: Story): void {
  if (faults === struck) return;
  struck = faults;
  show('no-fault', faults.length === 0);
  show('table-faults', faults.length > 0);
  show('fault-key', faults.length > 0);
  element('rows-faults').replaceChildren(...faults.map(faultRow));
  show('faults-more', leftOut.faults > 0);
  setText('faults-more', `${formatCount(leftOut.faults)} more are in the report.`);
}

function faultRow({ fault, target, atS, healedS, state }: StruckFault, index: number): PageElement {
  const word = made('span', `state ${state === 'failed' ? 'bad' : state === 'healed' ? 'good' : 'open'}`, FAULT_STATES[state]);
  const cells = [
    fault,
    target,
    state === 'skipped' ? '–' : `${atS.toFixed(1)} s`,
    healedS === null ? '–' : `${healedS.toFixed(1)} s`,
    made('td', '', word),
  ];
  return row(String(index + 1), cells, 'num');
}

function showCounts({ counts, run }: Story): void {
  if (run.load !== 'messages') return;
  const body = element('rows-counts');
  if (body.childElementCount === 0) {
    const lines = COUNT_LINES.map(([name, words, meaning]) => {
      const figure = made('span', '', '0');
      figure.setAttribute('id', `count-${name}`);
      return row(words, [made('td', 'num', figure), meaning]);
    });
    body.replaceChildren(...lines);
  }
  for (const [name] of COUNT_LINES) setText(`count-${name}`, formatCount(counts?.[name] ?? 0));
}

function judged({ name, tone, outcome, words }: Judgement): PageElement {
  return row(name, [made('td', '', made('span', `state ${tone}`, `${MARKS[tone]} ${outcome}`)), words]);
}

/** A row whose heading has the class `kind`; whatever is not text is already a cell. */
function row(head: string, cells: readonly (PageElement | string)[], kind = ''): PageElement {
  const first = made('th', kind, head);
  first.setAttribute('scope', 'row');
  return made('tr', '', first, ...cells.map((cell) => (typeof cell === 'string' ? made('td', '', cell) : cell)));
}
