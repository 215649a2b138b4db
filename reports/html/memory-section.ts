/** What a connection costs, what it leaves behind, and what the processes took. */
import type { Result } from '../../harness/evidence/result/result.ts';
import { clip, formatBytes, formatCores, formatUs } from '../format.ts';
import { type Markup, markup, type Piece } from '../markup.ts';
import type { Detail } from './detail.ts';
import { leftovers } from './memory/leftovers.ts';
import { perConnection, plateaus } from './memory/plateaus.ts';
import { section } from './page.ts';
import { figure, first, numeric, table, text } from './table.ts';

export function memorySection(result: Result, detail: Detail): Markup {
  return section(
    'memory',
    'Memory and CPU',
    markup`${perConnection(result)}${plateaus(result, detail)}${leftovers(result, detail)}${resources(result, detail)}`,
  );
}

function resources({ memory, cpu }: Result, detail: Detail): Markup {
  const nodes = Math.max(cpu.nodes.length, memory.peakPssBytes.nodes.length);
  const { shown, omitted } = first(
    Array.from({ length: nodes }, (_, index) => index),
    detail.rows,
  );
  const rows: Piece[][] = shown.map((index) => [
    clip(`Node ${index + 1}`, detail.text),
    figure(memory.peakPssBytes.nodes[index] ?? null, formatBytes),
    figure(cpu.nodes[index] ?? null, formatCores),
  ]);
  rows.push(['Load workers together', figure(memory.peakPssBytes.workers, formatBytes), figure(cpu.workers, formatCores)]);
  const perMessage =
    cpu.serverUsPerMessage === null
      ? null
      : markup`<p>The servers spent ${figure(cpu.serverUsPerMessage, formatUs)} of CPU for each acknowledged message.</p>`;
  const isKnown = [...memory.peakPssBytes.nodes, memory.peakPssBytes.workers, ...cpu.nodes, cpu.workers].some(
    (value) => value !== null,
  );
  if (!isKnown) return markup`<p>Memory and CPU during the load were not measured.</p>`;
  return markup`${table({
    caption: 'Peak memory and mean CPU during the load',
    columns: [text('Process'), numeric('Peak memory (PSS)'), numeric('CPU')],
    rows,
    omitted,
  })}${perMessage}`;
}
