/** Where and how it ran: target, load, machine, and the command that does it again. */
import type { Result } from '../../harness/evidence/result/result.ts';
import {
  clip,
  formatBytes,
  formatCount,
  formatMachineMemory,
  formatMs,
  formatNumber,
  formatRate,
  formatShare,
  formatUs,
} from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import type { Detail } from './detail.ts';
import { type Fact, factList, saying, targetFacts } from './fact-list.ts';
import { readableTime } from './head.ts';
import { figure } from './table.ts';

export function settingSection(result: Result, detail: Detail): Markup {
  const say = saying(detail);
  return markup`<section aria-labelledby="setting"><h2 id="setting">Where and how it ran</h2><div class="columns">${factList('Target', targetFacts(result.target, detail, say))}${factList('Load', load(result, say))}${factList('Machine', machine(result, say))}</div></section>
<section aria-labelledby="reproduce"><h2 id="reproduce">How to run it again</h2><pre tabindex="0"><code>${clip(result.reproduce, detail.text)}</code></pre><p class="small">Scenario sha256 <code>${clip(oneLine(result.scenario.sha256), 64)}</code>${result.seed === null ? '.' : markup`, seed <code>${result.seed}</code>. The same seed draws the same users, contacts, arrivals and fault targets; timing remains the machine's.`}</p></section>`;
}

function load({ load: it, latency }: Result, say: (text: string) => string): readonly Fact[] {
  return [
    ['Users', figure(it.users, formatCount)],
    ['Connections', figure(it.connections, formatCount)],
    ['Arrivals', say(it.loop === null ? arrivals(it.model) : `${arrivals(it.model)}, ${it.loop} loop`)],
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
      it.lagUs === null
        ? figure(null, formatUs)
        : markup`p50 ${figure(it.lagUs.p50, formatUs)}, p99 ${figure(it.lagUs.p99, formatUs)}, max ${figure(it.lagUs.max, formatUs)}`,
    ],
    ['Time resolution', figure(it.resolutionUs, formatUs)],
    ['Generator kept up', it.valid === null ? 'unknown' : it.valid ? 'yes' : 'no: the figures are not the server’s'],
    ['Messages timed', figure(latency.response?.count ?? null, formatCount)],
  ];
}

function machine({ environment: it, startedAt, durationMs }: Result, say: (text: string) => string): readonly Fact[] {
  return [
    ['CPU', say(it.cpu)],
    ['Cores', figure(it.cores, formatCount)],
    ['Memory', figure(it.memoryBytes, formatMachineMemory)],
    ['System', say(`${it.os} ${it.arch}`)],
    ['Node', say(it.node)],
    ['letitcrash', say(it.letitcrash)],
    ['Open files limit', figure(it.openFilesLimit, formatCount)],
    ['CPU stolen by others', figure(it.stealShare, formatShare)],
    ['Load average', figure(it.loadAverage, formatNumber)],
    ['Arena', it.arena === null ? 'unknown' : it.arena ? 'in namespaces of its own' : 'none'],
    ['Started', readableTime(startedAt)],
    ['Duration', figure(durationMs, formatMs)],
  ];
}

/** A rate in it as every page writes numbers: 2,000/s. */
function arrivals(model: string): string {
  return model.replace(/\d{4,}(?=\/s)/gu, (rate) => formatCount(Number(rate)));
}
