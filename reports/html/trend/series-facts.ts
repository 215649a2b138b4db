/** What is the same in all runs of a series. */
import type { HistorySeries } from '../../../harness/evidence/result/history.ts';
import { clip, formatBytes, plural } from '../../format.ts';
import { type Markup, markup, oneLine } from '../../markup.ts';
import { machineWords } from '../../trend-words.ts';
import type { Detail } from '../detail.ts';
import { settingText, timeOr } from '../fact-list.ts';
import { DOT } from '../head.ts';

const FAULTS = 6;

export function seriesFacts({ setup, fingerprint, runs }: HistorySeries, detail: Detail): Markup {
  const say = (text: string): string => clip(oneLine(text), Math.min(detail.text, 120));
  // How many nodes there are has a place of its own.
  const settings = Object.entries(setup.config).filter(([key]) => key !== 'nodes');
  const config = settings.map(([key, value]) => `${key} ${settingText(value)}`);
  const faults = setup.faults.slice(0, FAULTS).map((fault) => say(faultInWords(fault)));
  const more = setup.faults.length - faults.length;
  const facts = [
    plural(runs.length, 'run'),
    plural(setup.nodes, 'node'),
    plural(setup.users, 'user'),
    say(setup.model),
    ...(setup.payloadBytes === null ? [] : [formatBytes(setup.payloadBytes)]),
    ...(config.length === 0 ? [] : [say(config.join(', '))]),
    ...(faults.length === 0 ? ['no faults'] : [`faults: ${faults.join(', ')}${more > 0 ? `, ${plural(more, 'more')}` : ''}`]),
    say(machineWords(fingerprint)),
  ];
  return markup`<p class="facts apart-below">${facts.map((fact, index) => markup`${fact}${index === facts.length - 1 ? null : markup`<span aria-hidden="true">${DOT}</span> `}`)}</p>`;
}

/** `kill-node at="2000 ms" count=1`, by which histories tell setups apart, as people write it: `kill-node at 2.00 s count 1`. */
function faultInWords(fault: string): string {
  return fault.replace(
    /=(?:"([^"]*)"|(\S+))/g,
    (_, quoted: string | undefined, plain: string | undefined) => ` ${timeOr(quoted ?? plain ?? '')}`,
  );
}
