/**
 * The report of a run as one HTML file: no script, no request, readable on paper, on a phone, in the dark, and by ear.
 *
 * In: a Result. Out: the page, under SIZE_LIMIT bytes whatever the Result holds.
 */
import type { Result } from '../../harness/result/result.ts';
import { clip } from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { VERDICT_WORDS } from '../sentence.ts';
import { checksSection } from './checks-section.ts';
import { deliverySection } from './delivery-section.ts';
import { DETAILS, type Detail } from './detail.ts';
import { faultsSection } from './faults-section.ts';
import { latencySection } from './latency-section.ts';
import { memorySection } from './memory-section.ts';
import { settingSection } from './setting-section.ts';
import { STYLE } from './style.ts';
import { throughputSection } from './throughput-section.ts';
import { verdictSection } from './verdict-section.ts';

/** Bytes of UTF-8. */
export const HTML_SIZE_LIMIT = 500_000;

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

/** The whole page; lists are shortened as far as needed to stay below the size limit, and say so. */
export function htmlReport(result: Result): string {
  let page = '';
  for (const detail of DETAILS) {
    page = render(result, detail).text;
    if (Buffer.byteLength(page) < HTML_SIZE_LIMIT) break;
  }
  return page;
}

function render(result: Result, detail: Detail): Markup {
  const title = `${VERDICT_WORDS[result.verdict]}: ${clip(oneLine(result.scenario.name), 80)} · letitcrash`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="generator" content="letitcrash">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the verdict</a>
<main id="main">
${verdictSection(result, detail)}
<nav aria-label="Sections of this report"><ul>${SECTIONS.map(([id, name]) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${checksSection(result, detail)}
${latencySection(result, detail)}
${throughputSection(result, detail)}
${faultsSection(result, detail)}
${deliverySection(result, detail)}
${memorySection(result, detail)}
${settingSection(result, detail)}
</main>
<footer><p>Every figure on this page is a rounding of one in <code>result.json</code> (${result.schema}).</p></footer>
</body>
</html>
`;
}
