/** The live page before anything is known: page/main.ts fills it in. */
import { clip } from '../../../../reports/format.ts';
import { faultKey } from '../../../../reports/html/chart-figure.ts';
import { factLine } from '../../../../reports/html/head.ts';
import { type Markup, markup, oneLine } from '../../../../reports/markup.ts';
import { CHARTS, type ChartPlan } from './page/chart-plans.ts';
import type { RunFacts } from './page/story.ts';

const MAX_NAME = 120;
const MAX_SUMMARY = 400;

const TILES: readonly (readonly [id: string, name: string, note: string])[] = [
  ['time', 'Time', 'since the load began'],
  ['acked', 'Acknowledged', 'a second'],
  ['p50', 'Response p50', 'of the newest second'],
  ['p99', 'Response p99', 'of the newest second'],
  ['connected', 'Connected', ''],
  ['outstanding', 'Still owed', 'acknowledgements'],
];

/** `script`: the path of the page's own script. */
export function pageHtml(run: RunFacts, script: string): string {
  const name = clip(oneLine(run.scenario), MAX_NAME);
  const charts = CHARTS.filter(({ loads }) => loads.includes(run.load));
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="letitcrash">
<title>${name} · letitcrash</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script src="/uplot.js" defer></script>
<script src="${script}" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the run</a>
<main id="main" tabindex="-1">
<header class="top"><p class="brand">letitcrash <span>live</span></p><h1><bdi id="scenario">${name}</bdi></h1><div id="facts">${factLine(run.facts)}</div></header>
<noscript><p>This page follows the run with JavaScript; <code>letitcrash run</code> prints the same in the terminal, and the report needs no JavaScript.</p></noscript>
<section class="verdict running" id="state" aria-labelledby="verdict"><h2 id="verdict"><span class="symbol" aria-hidden="true" id="symbol">▸</span><span id="word">Waiting</span></h2><p id="sentence">for the first news of the run</p><ul class="reasons" id="reasons" hidden></ul><p class="report" id="report" hidden></p></section>
<p class="unseen" role="status" id="told"></p>
<p class="summary" id="summary">${clip(oneLine(run.summary), MAX_SUMMARY)}</p>
<div class="bar"><button type="button" id="hold" aria-pressed="false">Hold the figures</button><progress id="progress" max="1" value="0" aria-label="How much of the load is over"></progress></div>
<dl class="tiles">${TILES.map(([id, title, note]) => markup`<div><dt>${title}</dt><dd><b id="tile-${id}"><span class="none">–</span></b><small id="note-${id}">${note}</small></dd></div>`)}</dl>
<section aria-labelledby="happened"><h2 id="happened">What happened</h2><div class="scroll log" tabindex="0" role="region" aria-label="What happened, newest first"><ol id="entries" reversed></ol></div><p class="small" id="entries-more" hidden></p></section>
<section aria-labelledby="charts"><h2 id="charts">Over time</h2><ul class="legend" id="fault-key" hidden>${faultKey(null)}</ul>${charts.map(figure)}</section>
<section aria-labelledby="faults"><h2 id="faults">Faults</h2><p id="no-fault">None struck yet.</p>${table({ id: 'faults', caption: 'Faults as they struck, with their numbers in the charts', heads: ['No.', 'Fault', 'Target', 'Struck', 'Healed', 'State'], numbers: [0], hidden: true })}<p class="small" id="faults-more" hidden></p></section>
<section aria-labelledby="ledger"><h2 id="ledger">The ledger so far</h2><p id="ledger-note">${run.load === 'messages' ? 'What was promised and what has arrived, as counted by the load. Whether every acknowledged message arrived is decided after the drain.' : 'This run is HTTP requests alone: there are no messages to account for.'}</p>${run.load === 'messages' ? table({ id: 'counts', caption: 'Counts since the users began to connect', heads: ['What', 'Count', 'Meaning'], numbers: [1] }) : null}${table({ id: 'properties', caption: 'The delivery properties, decided after the drain', heads: ['Property', 'Outcome', 'Rule'], hidden: true })}</section>
<section aria-labelledby="checks" id="checks-section" hidden><h2 id="checks">Checks</h2>${table({ id: 'checks', caption: 'What the scenario expects, and what was measured', heads: ['Check', 'Outcome', 'Measured'] })}</section>
</main>
<footer><p>The run itself serves this page on this machine until it is over. The figures are live; the report has the exact ones.</p></footer>
</body>
</html>
`.text;
}

function figure({ id, heading, note, series, unit }: ChartPlan): Markup {
  const legend = series.map(
    ({ name, tone }, index) =>
      markup`<li><svg class="key" viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><g class="series ${tone}"><path d="M1 5H27"/></g></svg>${name} <b id="value-${id}-${index}"></b></li>`,
  );
  return markup`<figure><figcaption><h3>${heading}</h3><p>${note}</p></figcaption><ul class="legend">${legend}</ul><div class="plot" id="plot-${id}" role="img" aria-label="${heading}"></div><details id="data-${id}"><summary>Data of this chart: ${heading.charAt(0).toLowerCase()}${heading.slice(1)}</summary>${table({ id, caption: `${heading}, newest first (${unit})`, heads: ['Time', ...series.map(({ name }) => name)], numbers: [0, ...series.map((_, index) => index + 1)] })}<p class="small" id="${id}-more" hidden></p></details></figure>`;
}

/** A table whose rows come later. */
interface EmptyTable {
  readonly id: string;
  readonly caption: string;
  readonly heads: readonly string[];
  /** Until there is a row. */
  readonly hidden?: true;
  /** The columns that have numbers. */
  readonly numbers?: readonly number[];
}

function table({ id, caption, heads, hidden, numbers = [] }: EmptyTable): Markup {
  return markup`<div class="scroll" id="table-${id}" tabindex="0" role="region" aria-label="${caption}"${hidden ? markup` hidden` : null}><table><caption>${caption}</caption><thead><tr>${heads.map((head, index) => markup`<th scope="col"${numbers.includes(index) ? markup` class="num"` : null}>${head}</th>`)}</tr></thead><tbody id="rows-${id}"></tbody></table></div>`;
}
