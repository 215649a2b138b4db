/** Where and how it ran: target, load, machine, and the command that does it again. */
import type { Result } from '../../harness/result/result.ts';
import { clip, formatBytes, formatCount, formatMs, formatNumber, formatRate, formatShare, formatUs } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import type { Detail } from './detail.ts';
import { settingText } from './faults-section.ts';
import { readableTime } from './head.ts';
import { figure } from './table.ts';

type Fact = readonly [name: string, value: Piece];

export function settingSection(result: Result, detail: Detail): Markup {
  const say = (text: string): string => clip(oneLine(text), Math.min(detail.text, 200));
  return markup`<section aria-labelledby="setting"><h2 id="setting">Where and how it ran</h2><div class="columns">${facts('Target', target(result, detail, say))}${facts('Load', load(result, say))}${facts('Machine', machine(result, say))}</div></section>
<section aria-labelledby="reproduce"><h2 id="reproduce">How to run it again</h2><pre tabindex="0"><code>${clip(result.reproduce, detail.text)}</code></pre><p class="small">Scenario sha256 <code>${clip(oneLine(result.scenario.sha256), 64)}</code>, seed <code>${result.seed}</code>. The same seed draws the same users, contacts, arrivals and fault targets; timing remains the machine's.</p></section>`;
}

function facts(title: string, list: readonly Fact[]): Markup {
  return markup`<div><h3>${title}</h3><dl class="factlist">${list.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></div>`;
}

function target({ target: it }: Result, detail: Detail, say: (text: string) => string): readonly Fact[] {
  const settings = Object.entries(it.config);
  const shown = settings.slice(0, Math.min(detail.rows, 30));
  return [
    ['Name', say(it.name)],
    ['Version', say(it.version)],
    ['Runtime', say(it.runtime)],
    ['Nodes', figure(it.nodes, formatCount)],
    ...shown.map(([key, value]): Fact => [clip(oneLine(key), 40), say(settingText(value))]),
    ...(settings.length > shown.length ? [['More settings', 'in result.json'] as const] : []),
  ];
}

function load({ load: it, latency }: Result, say: (text: string) => string): readonly Fact[] {
  return [
    ['Users', figure(it.users, formatCount)],
    ['Connections', figure(it.connections, formatCount)],
    ['Arrivals', say(`${it.model}, ${it.loop} loop`)],
    ['Rate', figure(it.ratePerSecond, formatRate)],
    ['Offered', figure(it.offered, formatCount)],
    ['Sent', figure(it.sent, formatCount)],
    ['Payload', figure(it.payloadBytes, formatBytes)],
    ['Offline at any time', figure(it.offlineShare, formatShare)],
    ['Reconnects', figure(it.reconnects, formatCount)],
    ['Driver', say(it.driver)],
    ['Workers', figure(it.workers, formatCount)],
    [
      'Generator lag',
      markup`p50 ${figure(it.lagUs.p50, formatUs)}, p99 ${figure(it.lagUs.p99, formatUs)}, max ${figure(it.lagUs.max, formatUs)}`,
    ],
    ['Time resolution', figure(it.resolutionUs, formatUs)],
    ['Generator kept up', it.valid ? 'yes' : 'no: the figures are not the server’s'],
    ['Messages timed', figure(latency.response?.count ?? null, formatCount)],
  ];
}

function machine({ environment: it, startedAt, durationMs }: Result, say: (text: string) => string): readonly Fact[] {
  return [
    ['CPU', say(it.cpu)],
    ['Cores', figure(it.cores, formatCount)],
    ['Memory', figure(it.memoryBytes, formatBytes)],
    ['System', say(`${it.os} ${it.arch}`)],
    ['Node', say(it.node)],
    ['letitcrash', say(it.letitcrash)],
    ['Open files limit', figure(it.openFilesLimit, formatCount)],
    ['CPU stolen by others', figure(it.stealShare, formatShare)],
    ['Load average', figure(it.loadAverage, formatNumber)],
    ['Arena', it.arena ? 'in namespaces of its own' : 'none'],
    ['Started', readableTime(startedAt)],
    ['Duration', figure(durationMs, formatMs)],
  ];
}
