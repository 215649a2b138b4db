/** In what A and B differ, what they share, the machine that both ran on, and how to do it again. */
import type { Comparison } from '../../../harness/evidence/result/comparison.ts';
import { clip, formatCount, formatMachineMemory, formatMs } from '../../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../../markup.ts';
import { commandBlock } from '../command-block.ts';
import type { Detail } from '../detail.ts';
import { settingText } from '../fact-list.ts';
import { readableTime } from '../head.ts';
import { section } from '../page.ts';
import { figure, first, prose, table, text } from '../table.ts';

type Side = Comparison['a'];

export function sidesSection(comparison: Comparison, detail: Detail): Markup {
  return markup`${section('sides', 'What differs', markup`${differences(comparison, detail)}${machine(comparison, detail)}`)}
${section('reproduce', 'How to run it again', again(comparison, detail))}`;
}

/** Every setting of a side by name, as text. */
function settingsOf({ label, scenario, overrides, source, target }: Side): ReadonlyMap<string, string> {
  return new Map([
    ['label', label],
    ['source', source ?? 'the comparing code'],
    ['scenario', scenario.name],
    ['scenario sha256', scenario.sha256],
    ['overrides', overrides.join(' ') || 'none'],
    ['target', target.name],
    ['version', target.version],
    ['runtime', target.runtime],
    ['nodes', String(target.nodes)],
    ...Object.entries(target.config).map(([key, value]) => [key, settingText(value)] as const),
  ]);
}

function differences({ a, b }: Comparison, detail: Detail): Markup {
  const [ofA, ofB] = [settingsOf(a), settingsOf(b)];
  const names = [...new Set([...ofA.keys(), ...ofB.keys()])];
  const differing = names.filter((name) => ofA.get(name) !== ofB.get(name));
  const shared = names.filter((name) => ofA.get(name) === ofB.get(name));
  const say = (value: string | undefined): Piece =>
    value === undefined ? markup`<span class="none">not set</span>` : breakable(clip(oneLine(value), Math.min(detail.text, 200)));
  const rows = first(differing, detail.rows);
  const sharedRows = first(shared, detail.rows);
  const name = (key: string): string => clip(oneLine(key), Math.min(detail.text, 60));
  const found =
    differing.length === 0
      ? markup`<p>Nothing: A and B are the same.</p>`
      : table({
          caption: 'Settings that differ between A and B',
          columns: [text('Setting'), prose('A'), prose('B')],
          rows: rows.shown.map((key) => [name(key), say(ofA.get(key)), say(ofB.get(key))]),
          omitted: rows.omitted,
          document: 'comparison.json',
        });
  return markup`${found}<details><summary>What A and B share</summary>${table({
    caption: 'Settings that A and B share',
    columns: [text('Setting'), prose('Value')],
    rows: sharedRows.shown.map((key) => [name(key), say(ofA.get(key))]),
    omitted: sharedRows.omitted,
    document: 'comparison.json',
  })}</details>`;
}

/** Words such as `target.durability=fsync`: a narrow column breaks between them, and then before a name and after its sign. */
function breakable(text: string): Piece {
  return text.split(' ').map((word, index) => {
    const parts = word.split(/(?<==)|(?=\.[a-z])/iu).map((part, at) => markup`${at === 0 ? null : markup`<wbr>`}${part}`);
    return markup`${index === 0 ? null : ' '}<span class="word">${parts}</span>`;
  });
}

function machine({ environment: it, startedAt, durationMs, seed }: Comparison, detail: Detail): Markup {
  const say = (value: string): string => clip(oneLine(value), Math.min(detail.text, 200));
  const facts: readonly (readonly [string, Piece])[] = [
    ['CPU', say(it.cpu)],
    ['Cores', figure(it.cores, formatCount)],
    ['Memory', figure(it.memoryBytes, formatMachineMemory)],
    ['System', say(`${it.os} ${it.arch}`)],
    ['Harness on Node', say(it.node)],
    ['letitcrash', say(it.letitcrash)],
    ['Kind of machine', say(it.fingerprint)],
    ['Started', readableTime(startedAt)],
    ['Took', figure(durationMs, formatMs)],
    ['Seed', markup`<code>${seed}</code>`],
  ];
  return markup`<h3 class="apart">The machine that both ran on</h3><dl class="factlist two">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function again({ reproduce }: Comparison, detail: Detail): Markup {
  return markup`${commandBlock(clip(reproduce, detail.text))}<p class="small">The same seed draws the same order of blocks, users and arrivals; timing still depends on the machine.</p>`;
}
