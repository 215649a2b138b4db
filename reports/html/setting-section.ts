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
  sentenceCase,
} from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { timedThings } from '../measured-by-words.ts';
import { commandBlock } from './command-block.ts';
import type { Detail } from './detail.ts';
import { type Fact, factList, known, saying, targetFacts } from './fact-list.ts';
import { readableTime } from './head.ts';
import { figure } from './table.ts';

export function settingSection(result: Result, detail: Detail): Markup {
  const say = saying(detail);
  return markup`<section aria-labelledby="setting"><h2 id="setting">Where and how it ran</h2><div class="columns">${factList('Target', targetFacts(result.target, detail, say))}${factList('Load', load(result, say))}${factList('Machine', machine(result, say))}</div></section>
<section aria-labelledby="reproduce"><h2 id="reproduce">How to run it again</h2>${commandBlock(clip(result.reproduce, detail.text))}<p class="small">Scenario sha256 <code>${clip(oneLine(result.scenario.sha256), 64)}</code>${result.seed === null ? '.' : markup`, seed <code>${result.seed}</code>. The same seed draws the same users, contacts, arrivals and fault targets; timing still depends on the machine.`}</p></section>`;
}

function load(result: Result, say: (text: string) => string): readonly Fact[] {
  const { load: it, latency } = result;
  return [
    ['Users', known(it.users, formatCount)],
    ['Connections', known(it.connections, formatCount)],
    [
      'Arrivals',
      say(
        it.loop === null || it.model.includes(`${it.loop} loop`) ? arrivals(it.model) : `${arrivals(it.model)}, ${it.loop} loop`,
      ),
    ],
    ['Rate', known(it.ratePerSecond, formatRate)],
    ['Offered', known(it.offered, formatCount)],
    ['Sent', known(it.sent, formatCount)],
    ['Payload', known(it.payloadBytes, formatBytes)],
    ['Offline at any time', known(it.offlineShare, formatShare)],
    ['Reconnects', known(it.reconnects, formatCount)],
    ['Driver', say(it.driver)],
    ['Workers', known(it.workers, formatCount)],
    [
      'Generator lag',
      it.lagUs === null
        ? null
        : markup`<span class="whole">p50 ${figure(it.lagUs.p50, formatUs)},</span> <span class="whole">p99 ${figure(it.lagUs.p99, formatUs)},</span> <span class="whole">max ${figure(it.lagUs.max, formatUs)}</span>`,
    ],
    ['Time resolution', known(it.resolutionUs, formatUs)],
    ['Generator kept up', it.valid === null ? null : it.valid ? 'yes' : 'no: the figures do not describe the server'],
    [`${sentenceCase(timedThings(result))} timed`, known((latency.response ?? latency.service)?.count ?? null, formatCount)],
  ];
}

function machine({ environment: it, startedAt, durationMs }: Result, say: (text: string) => string): readonly Fact[] {
  return [
    ['CPU', say(it.cpu)],
    ['Cores', known(it.cores, formatCount)],
    ['Memory', known(it.memoryBytes, formatMachineMemory)],
    ['System', say(`${it.os} ${it.arch}`)],
    ['Node', say(it.node)],
    ['letitcrash', say(it.letitcrash)],
    ['Open files limit', known(it.openFilesLimit, formatCount)],
    ['CPU stolen by others', known(it.stealShare, formatShare)],
    ['Load average', known(it.loadAverage, formatNumber)],
    ['Arena', it.arena === null ? null : it.arena ? 'in its own namespaces' : 'none'],
    ['Started', readableTime(startedAt)],
    ['Duration', known(durationMs, formatMs)],
  ];
}

/** A rate in it as every page writes numbers: 2,000/s. */
function arrivals(model: string): string {
  return model.replace(/\d{4,}(?=\/s)/gu, (rate) => formatCount(Number(rate)));
}
