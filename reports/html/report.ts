/** The report of a run: a Result as an HTML page, with the profile that was taken of it. */

import { withOneLineTexts } from '../../harness/evidence/result/one-line-texts.ts';
import type { Profile } from '../../harness/evidence/result/profile.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { clip, sentenceCase } from '../format.ts';
import { markup, oneLine } from '../markup.ts';
import { VERDICT_WORDS } from '../sentence.ts';
import { shownResult, withheldText } from '../shown-result.ts';
import { checksSection } from './checks-section.ts';
import { deliverySection } from './delivery-section.ts';
import { faultsSection } from './faults-section.ts';
import { httpSection } from './http-section.ts';
import { latencySection } from './latency-section.ts';
import { measuredBySection } from './measured-by-section.ts';
import { memorySection } from './memory-section.ts';
import { htmlPage, section } from './page.ts';
import { profileSection } from './profile-section.ts';
import { settingSection } from './setting-section.ts';
import { throughputSection } from './throughput-section.ts';
import { verdictSection } from './verdict-section.ts';

const SECTIONS: readonly (readonly [id: string, name: string])[] = [
  ['checks', 'Checks'],
  ['latency', 'Latency'],
  ['throughput', 'Throughput'],
  ['faults', 'Faults and recovery'],
  ['delivery', 'Delivery'],
  ['memory', 'Memory and CPU'],
  ['setting', 'Where and how'],
  ['reproduce', 'Run it again'],
];

export function htmlReport(given: Result, givenProfile: Profile | null = null): string {
  const result = shownResult(given);
  const profile = withOneLineTexts(givenProfile);
  const withheld = withheldText(result);
  return htmlPage((detail) => ({
    title: `${VERDICT_WORDS[result.verdict]}: ${clip(oneLine(result.scenario.name), 80)}`,
    sections: profile === null ? SECTIONS : SECTIONS.toSpliced(-2, 0, ['profile', 'Profile']),
    interactive: true,
    head: verdictSection(result, detail),
    body: markup`${checksSection(result, detail)}
${latencySection(result, detail)}
${withheld === null ? throughputSection(result, detail) : section('throughput', 'Throughput', markup`<p>${sentenceCase(withheld)}.</p>`)}
${withheld === null ? httpSection(result) : null}
${measuredBySection(result, detail)}
${faultsSection(result, detail)}
${deliverySection(result, detail)}
${withheld === null ? memorySection(result, detail) : section('memory', 'Memory and CPU', markup`<p>${sentenceCase(withheld)}.</p>`)}
${profileSection(profile, detail)}
${settingSection(result, detail)}`,
    source: ['result.json', result.schema],
  }));
}
