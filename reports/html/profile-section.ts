/** The profile of a run: what its hardest-working node did under the load, and the files to look further. */
import type { Profile, Stacks } from '../../harness/evidence/result/profile.ts';
import { callTotals, type FlameCall, type FlameGraph, flameGraph, ORIGINS, type Origin } from '../charts/flame-graph.ts';
import { clip, formatCores, formatMs, formatShare, plural } from '../format.ts';
import { type Markup, markup, oneLine, type Piece, printable } from '../markup.ts';
import { formatWeight } from '../profile-words.ts';
import { chartFigure, legendKey } from './chart-figure.ts';
import type { Detail } from './detail.ts';
import { section } from './page.ts';
import { figure, first, numeric, table, text } from './table.ts';

const ORIGIN_WORDS: Readonly<Record<Origin, string>> = {
  own: 'the server’s own code',
  package: 'packages',
  node: 'Node',
  engine: 'engine and native code',
};

const WEIGHT_WORDS: Readonly<
  Record<Stacks['unit'], { readonly heading: string; readonly across: string; readonly total: string }>
> = {
  us: { heading: 'Where the time went', across: 'CPU time', total: 'busy' },
  bytes: { heading: 'Where memory was allocated', across: 'bytes allocated, garbage included', total: 'allocated' },
};

/** Null for a run without one. */
export function profileSection(profile: Profile | null, detail: Detail): Markup | null {
  if (profile === null) return null;
  const { node, cores, fromMs, toMs, files, notes, stacks } = profile;
  const say = (words: string): string => clip(oneLine(words), Math.min(detail.text, 300));
  const used = Math.max(0, ...cores);
  return section(
    'profile',
    'Profile',
    markup`<p>What node ${say(node)} did from ${figure(fromMs, formatMs)} to ${figure(toMs, formatMs)} of the load${cores.length > 1 ? `; of ${plural(cores.length, 'node')} it used most CPU` : ''} (${figure(used, formatCores)}). The figures of this section are in profile.json.</p>
${notes.map((note) => markup`<p>${say(note)}</p>`)}
<ul>${files.map(({ path, opensWith }) => markup`<li>${fileLink(path)}: ${say(opensWith)}</li>`)}</ul>
${stacks === null ? null : [stackFigure(stacks, detail), hottestTable(stacks, detail)]}`,
  );
}

/** Only to a file beside the page or near it. */
function fileLink(path: string): Markup {
  const shown = clip(oneLine(path), 200);
  const href = printable(path).split(/[\\/]/u).map(encodeURIComponent).join('/');
  return href.startsWith('/') ? markup`<code>${shown}</code>` : markup`<a href="${href}"><code>${shown}</code></a>`;
}

function stackFigure(stacks: Stacks, detail: Detail): Markup {
  const { heading, across, total } = WEIGHT_WORDS[stacks.unit];
  const format = formatWeight(stacks.unit);
  const calls = callsOf(stacks, format, detail);
  const idle = stacks.idle > 0 ? `, ${format(stacks.idle)} idle` : '';
  const graph: FlameGraph = {
    id: 'profile-flame',
    title: `${heading}: a flame graph`,
    description: `${plural(stacks.samples, 'sample')}, ${format(stacks.total)} ${total}${idle}. ${heaviest(stacks, format)}`,
    calls,
  };
  return chartFigure({
    heading,
    note: markup`${plural(stacks.samples, 'sample')}: ${figure(stacks.total, format)} ${total}${idle}. Each bar is a function, below the one that called it, as wide as its share of the ${across}; pointed at, it says where it is.`,
    legend: ORIGINS.map((origin) =>
      legendKey(
        markup`<g class="flame"><g class="${origin}"><rect x="1" y="0" width="26" height="10"/></g></g>`,
        ORIGIN_WORDS[origin],
      ),
    ),
    draw: (size) => flameGraph(graph, size),
    lower: 0,
    data: callTable(stacks, calls, detail),
  });
}

function callsOf({ tree, functions, total, unit }: Stacks, format: (value: number) => string, detail: Detail): FlameCall[] {
  const rows = tree.map(([caller, , own]) => ({ caller, own }));
  const totals = callTotals(rows);
  return tree.map(([caller, fn, own], index) => {
    const { name, place } = functions[fn] ?? { name: '(unknown)', place: '' };
    const weight = totals[index] as number;
    const where = place === '' ? '' : `, ${clip(oneLine(place), 120)}`;
    return {
      caller,
      own,
      name: clip(oneLine(name), Math.min(detail.text, 80)),
      origin: originOf(place),
      hover: `${clip(oneLine(name), 80)}${where}: ${format(weight)} (${share(weight, total)})${unit === 'us' ? '' : ' allocated'}`,
    };
  });
}

function originOf(place: string): Origin {
  if (place === '') return 'engine';
  if (place.startsWith('node:')) return 'node';
  return place.startsWith('node_modules/') ? 'package' : 'own';
}

function share(weight: number, total: number): string {
  return formatShare(total > 0 ? weight / total : null);
}

function heaviest({ hottest, functions, total }: Stacks, format: (value: number) => string): string {
  const [most] = hottest;
  if (most === undefined) return 'Nothing was sampled.';
  const [fn, own] = most;
  return `Most of its own has ${clip(oneLine(functions[fn]?.name ?? ''), 60)}: ${format(own)}, ${share(own, total)}.`;
}

function place(of: string | undefined): Piece {
  return of === undefined || of === '' ? null : markup`<code>${clip(oneLine(of), 160)}</code>`;
}

function hottestTable({ hottest, functions, total, unit }: Stacks, detail: Detail): Markup {
  const format = formatWeight(unit);
  const { shown, omitted } = first(hottest, Math.min(detail.rows, 25));
  return table({
    caption: 'The functions with the most of their own',
    columns: [text('Function'), text('Where'), numeric('Own'), numeric('Of all'), numeric('With what it called')],
    rows: shown.map(([fn, own, all]): Piece[] => [
      clip(oneLine(functions[fn]?.name ?? ''), 80),
      place(functions[fn]?.place),
      figure(own, format),
      share(own, total),
      figure(all, format),
    ]),
    omitted,
    document: 'profile.json',
  });
}

/** The flame graph in words: every call with its depth. */
function callTable(stacks: Stacks, calls: readonly FlameCall[], detail: Detail): Markup {
  const format = formatWeight(stacks.unit);
  const totals = callTotals(calls);
  const depths: number[] = [];
  for (const { caller } of calls) depths.push(caller >= 0 && caller < depths.length ? (depths[caller] as number) + 1 : 0);
  const { shown, omitted } = first(calls, Math.min(detail.slots, 150));
  return table({
    caption: 'Every call by the one that made it: depth, function, weight with what it called, own weight',
    columns: [numeric('Depth'), text('Function'), numeric('With what it called'), numeric('Own')],
    rows: shown.map(({ name, own }, index): Piece[] => [
      String(depths[index]),
      name,
      format(totals[index] as number),
      figure(own, format),
    ]),
    omitted,
    document: 'profile.json',
  });
}
