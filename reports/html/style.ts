/**
 * The style sheet of the report. Colours are Okabe and Ito's, told apart with any colour vision, lightened for the dark; lines
 * also differ by dash and width, states by a mark and a word.
 */
import { Markup } from '../markup.ts';

const LIGHT = `
  --paper: #fbfbf9; --card: #ffffff; --ink: #1c1f23; --soft: #5b626b; --rule: #e2e3df; --head: #f3f3ef; --head-shade: #0000000b; --cue: #1c1f2350;
  --main: #0067a8; --second: #00805c; --third: #c2571a; --quiet: #8a8f96; --link: #005a94;
  --good: #00704f; --bad: #b3261e; --open: #7a5b00; --good-back: #e3f4ec; --bad-back: #fbe9e7; --open-back: #fdf3d7;
  --fault: #d55e00; --fault-back: #d55e0022; --waiting: #a06a00; --waiting-back: #e6a70026; --ribbon: .16;
  --heat-0: #e4edf3; --heat-1: #c5dbe9; --heat-2: #92c0dc; --heat-3: #4f9bc8; --heat-4: #1f6fa3; --heat-5: #0b4369;
  --flame-own: #a9d3ee; --flame-package: #bfe3d0; --flame-node: #f1ddb8; --flame-engine: #dddedb;`;

const DARK = `
  --paper: #14171a; --card: #1b1f23; --ink: #e7e9ea; --soft: #a2a9b1; --rule: #31363c; --head: #22272c; --head-shade: #ffffff0a; --cue: #a2a9b166;
  --main: #56b4e9; --second: #2fc79a; --third: #f0a05a; --quiet: #858c94; --link: #7cc4f0;
  --good: #4fd6a8; --bad: #ff8a80; --open: #f1c84b; --good-back: #10362a; --bad-back: #42201d; --open-back: #3a3010;
  --fault: #ff8f3f; --fault-back: #ff8f3f2b; --waiting: #e6b84a; --waiting-back: #e6b84a2b; --ribbon: .26;
  --heat-0: #232f38; --heat-1: #27414f; --heat-2: #2b5a75; --heat-3: #3283ad; --heat-4: #62b5e3; --heat-5: #c4e6fa;
  --flame-own: #1d5075; --flame-package: #1c4f3e; --flame-node: #574418; --flame-engine: #3b4148;`;

/** A shadow at an edge of a table says that there is more beyond it: what moves with the contents hides what stays with the frame. */
function scrollCues(): string {
  const cover = (side: string, end: string): string =>
    `linear-gradient(to ${side}, var(--card) 35%, transparent) ${end} / 40px 100% no-repeat local`;
  const shadow = (side: string, end: string): string =>
    `linear-gradient(to ${side}, var(--cue), transparent) ${end} / 14px 100% no-repeat scroll`;
  return [cover('right', '0 0'), cover('left', '100% 0'), shadow('right', '0 0'), shadow('left', '100% 0'), 'var(--card)'].join(
    ', ',
  );
}

export const STYLE = new Markup(`
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
main, footer { max-width: 1024px; margin: 0 auto; padding: 0 32px; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { font-size: 2rem; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
section > h2 { font-size: 1.375rem; margin: 0 0 14px; scroll-margin-top: 16px; }
h3 { font-size: 1.0625rem; margin: 0; }
p { margin: 0 0 12px; }
a { color: var(--link); }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; overflow-wrap: anywhere; }
data { white-space: nowrap; }
small, .small, .none { color: var(--soft); font-size: .8125rem; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; top: 8px; background: var(--card); padding: 8px 12px; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.top { padding: 36px 0 20px; }
.brand { font-weight: 700; letter-spacing: -.01em; margin: 0 0 18px; }
.brand span { font-weight: 400; color: var(--soft); }
.facts { color: var(--soft); margin: 6px 0 0; }
.facts > span { display: inline-block; max-width: 100%; }
.facts > span[aria-hidden] { display: inline; }
.verdict { border-radius: 10px; padding: 18px 22px; margin: 0 0 18px; }
.verdict h2 { display: flex; align-items: center; gap: 12px; margin: 0 0 6px; font-size: 1.5rem; }
.verdict p { margin: 0; font-size: 1.125rem; overflow-wrap: anywhere; }
.verdict .symbol { display: inline-grid; place-items: center; width: 1.9rem; height: 1.9rem; border-radius: 50%; color: var(--card); font-size: 1.1rem; font-weight: 700; }
.verdict.pass { background: var(--good-back); } .verdict.pass h2 { color: var(--good); } .verdict.pass .symbol { background: var(--good); }
.verdict.fail { background: var(--bad-back); } .verdict.fail h2 { color: var(--bad); } .verdict.fail .symbol { background: var(--bad); }
.verdict:is(.invalid, .unknown) { background: var(--open-back); } .verdict:is(.invalid, .unknown) h2 { color: var(--open); } .verdict:is(.invalid, .unknown) .symbol { background: var(--open); }
.verdict.neutral { background: var(--head); } .verdict.neutral .symbol { background: var(--soft); }
.reasons { margin: 10px 0 0; padding-left: 20px; overflow-wrap: anywhere; }
.summary { color: var(--soft); max-width: 72ch; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: 1px; margin: 0 0 20px; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; overflow: hidden; }
.tiles > div { box-shadow: 0 0 0 1px var(--rule); padding: 14px 16px; }
.tiles:empty { display: none; }
.tiles dt { color: var(--soft); font-size: .8125rem; font-weight: 600; }
.tiles dd { margin: 2px 0 0; }
.tiles b { display: block; font-size: 1.5rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.tiles b .none { font-size: 1rem; font-weight: 400; }
.tiles small { display: block; line-height: 1.3; margin-top: 2px; font-size: .75rem; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; margin: 0 0 20px; }
.sides > div { display: flex; gap: 14px; background: var(--card); border: 1px solid var(--rule); border-left-width: 5px; border-radius: 10px; padding: 14px 18px; min-width: 0; }
.sides .side-a { border-left-color: var(--main); } .sides .side-b { border-left-color: var(--third); }
.sides dt { font-size: 1.25rem; font-weight: 700; } .side-a dt { color: var(--main); } .side-b dt { color: var(--third); }
.sides dd { margin: 0; min-width: 0; overflow-wrap: anywhere; } .sides b { display: block; } .sides small { display: block; margin-top: 2px; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 14px 20px; list-style: none; margin: 10px 0 0; padding: 0; }
.multiples h4 { margin: 0 0 2px; font-size: .875rem; font-weight: 600; overflow-wrap: anywhere; } .multiples h4 small { font-weight: 400; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 0 0 8px; padding: 0; font-size: .9375rem; }

main > section:not(.verdict) { border-top: 1px solid var(--rule); margin-top: 28px; padding-top: 26px; }
.scroll { overflow-x: auto; margin: 0 0 20px; border: 1px solid var(--rule); border-radius: 8px; background: ${scrollCues()}; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; padding: 10px 12px; color: var(--soft); font-size: .875rem; }
th, td { padding: 8px 12px; text-align: left; vertical-align: top; border-top: 1px solid var(--rule); }
thead th { background: var(--head-shade); font-size: .8125rem; font-weight: 600; vertical-align: bottom; }
caption.unseen + thead th { border-top: 0; }
tbody th { font-weight: 500; min-width: 8.5em; max-width: 24em; overflow-wrap: break-word; }
th .fault { white-space: nowrap; }
th small { font-weight: 400; display: block; }
.num { text-align: right; font-variant-numeric: tabular-nums; }
td.num, .num data { white-space: nowrap; }
td.num small { display: block; }
tbody th.num { min-width: 0; white-space: nowrap; }
td:not(.num) { overflow-wrap: break-word; }
td.prose { min-width: 16em; overflow-wrap: anywhere; } td.prose:has(+ td.prose), td.prose + td.prose { min-width: 9em; }
tfoot td { color: var(--soft); font-size: .875rem; }
.whole { white-space: nowrap; } .word { display: inline-block; max-width: 100%; }
h3 + p { margin-top: 6px; }
.state { white-space: nowrap; font-weight: 600; }
.state.good { color: var(--good); } .state.bad { color: var(--bad); } .state.open { color: var(--open); }

figure { margin: 0 0 28px; }
figcaption p { color: var(--soft); font-size: .9375rem; max-width: 80ch; margin: 4px 0 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; list-style: none; margin: 0 0 4px; padding: 0; font-size: .875rem; }
.legend li { display: flex; align-items: center; gap: 7px; }
svg.chart { display: block; width: 100%; height: auto; }
svg.narrow { display: none; }
svg text { font-family: inherit; font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .label { font-size: 12px; }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg :is(.axis, .mark) { stroke: var(--soft); stroke-width: 1; }
svg .series path { fill: none; stroke-linejoin: round; stroke-linecap: round; }
svg .main path { stroke: var(--main); stroke-width: 2; }
svg .second path { stroke: var(--second); stroke-width: 2; stroke-dasharray: 7 3; }
svg .third path { stroke: var(--third); stroke-width: 2; stroke-linecap: butt; stroke-dasharray: 5 5; }
svg .quiet path { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 2 3; }
svg .main circle { fill: var(--main); } svg .second circle { fill: var(--second); } svg .third circle { fill: var(--third); } svg .quiet circle { fill: var(--quiet); }
svg .series circle { stroke: var(--paper); stroke-width: 1.25; }
svg .ribbon { stroke: none; fill-opacity: var(--ribbon); } svg .ribbon.main { fill: var(--main); } svg .ribbon.second { fill: var(--second); } svg .ribbon.third { fill: var(--third); }
svg .censored { stroke: var(--ink); stroke-width: 1.5; }
${[0, 1, 2, 3, 4, 5].map((level) => `svg .heat-${level} { fill: var(--heat-${level}); }`).join(' ')}
${['own', 'package', 'node', 'engine'].map((origin) => `.flame .${origin} rect { fill: var(--flame-${origin}); }`).join(' ')}
.flame rect { stroke: var(--paper); stroke-width: 1; } svg.flame text { fill: var(--ink); font-size: 11.5px; pointer-events: none; }
.flame g:hover > rect { stroke: var(--ink); }
svg .fault-band { fill: var(--fault-back); }
svg .waiting-band { fill: var(--waiting-back); }
svg .injected { stroke: var(--fault); stroke-width: 1.25; }
svg .healed { stroke: var(--fault); stroke-width: 1.25; stroke-dasharray: 4 3; }
svg .fault-bar { fill: var(--fault); }
svg .fault-name { fill: var(--ink); font-weight: 600; font-size: 11.5px; }
svg .waiting { stroke: var(--waiting); stroke-width: 2; stroke-dasharray: 2 2; }
svg .whole { fill: var(--second); stroke: var(--paper); stroke-width: 1.5; }
svg .recovered { stroke: var(--second); stroke-width: 1.25; stroke-dasharray: 3 3; }
.strip .dot { fill: var(--main); fill-opacity: .55; }
.strip .unseen-dot { fill: none; stroke: var(--bad); stroke-width: 1.5; }
:is(.strip, .schedule) .row { fill: var(--ink); }
.strip .median { stroke: var(--ink); stroke-width: 2; }
.strip .p95 { stroke: var(--third); stroke-width: 2; stroke-dasharray: 4 2; }
svg .same { stroke: var(--soft); stroke-width: 1; }
svg .margin { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 4 3; }
svg .worse-zone { fill: var(--bad-back); }
svg.forest .row { fill: var(--ink); font-weight: 600; font-size: 13px; }
svg.forest .reading { fill: var(--ink); font-size: 13px; }
svg .interval { stroke: currentColor; stroke-width: 2.5; } svg .interval.open { stroke-dasharray: 2 4; }
svg .shape { fill: currentColor; stroke: var(--paper); stroke-width: 1; } svg .shape.hollow { fill: var(--paper); stroke: currentColor; stroke-width: 2; }
.verdict-regressed { color: var(--bad); } .verdict-equivalent { color: var(--good); } .verdict-inconclusive { color: var(--open); }
.blocks .dot { fill: var(--main); stroke: var(--paper); stroke-width: 1; } .blocks .estimate { stroke: var(--main); stroke-width: 2; }
.blocks .no-evidence { fill: none; stroke: var(--open); stroke-width: 1.75; }
svg .level { stroke: var(--ink); stroke-width: 2; }
svg .change { stroke-width: 1.5; } svg .change.worse { stroke: var(--bad); } svg .change.better { stroke: var(--good); stroke-dasharray: 5 3; }
svg [hidden] { display: none; }
svg .zoomed * { vector-effect: non-scaling-stroke; }
svg[data-zoom] { touch-action: pan-x pan-y; }
svg .selected { fill: var(--ink); fill-opacity: .12; pointer-events: none; }
.zoom-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; margin: 4px 0 6px; font-size: .8125rem; }
.zoom-bar span { color: var(--soft); font-variant-numeric: tabular-nums; }
:is(.zoom-bar button, .series-toggle) { font: inherit; color: inherit; background: none; border: 1px solid var(--rule); border-radius: 6px; padding: 3px 9px; cursor: pointer; }
:is(.zoom-bar button, .series-toggle):hover { border-color: var(--soft); }
.series-toggle { display: flex; align-items: center; gap: 7px; padding: 1px 7px; }
.series-toggle[aria-pressed="false"] { color: var(--soft); text-decoration: line-through; } .series-toggle[aria-pressed="false"] svg { opacity: .35; }
svg .hover rect { fill: transparent; }
svg .hover rect:hover { fill: var(--ink); fill-opacity: .12; }
details { margin-top: 6px; font-size: .9375rem; }
summary { cursor: pointer; color: var(--link); padding: 4px 0; }
details .scroll { max-height: 420px; overflow-y: auto; margin-top: 6px; }
details thead th { position: sticky; top: 0; background: var(--head); }
.worst-links a { white-space: nowrap; } .worst-links { margin: 0 0 28px; }
.offenders { padding-left: 20px; overflow-wrap: anywhere; }

.columns { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px 36px; }
.factlist { margin: 8px 0 0; font-size: .9375rem; }
.factlist > div { display: grid; grid-template-columns: 9.5em 1fr; gap: 8px; padding: 5px 0; border-top: 1px solid var(--rule); }
.factlist.two { display: grid; grid-template-columns: 1fr 1fr; column-gap: 36px; }
.apart { margin-top: 22px; }
.apart-below { margin: 0 0 16px; font-size: .9375rem; }
.factlist dt { color: var(--soft); }
.factlist dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
pre { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 14px 16px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: .875rem; padding-top: 12px; padding-bottom: 36px; }

@media (max-width: 860px) {
  .tiles { grid-template-columns: repeat(3, 1fr); }
  .columns { grid-template-columns: 1fr; }
  .sides, .factlist.two { grid-template-columns: 1fr; }
}
@media (max-width: 640px) {
  main, footer { padding: 0 16px; }
  .top { padding: 20px 0 16px; }
  h1 { font-size: 1.625rem; }
  .verdict { padding: 14px 16px; }
  .verdict p { font-size: 1rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  .tiles > div { padding: 12px 14px; }
  th, td { padding: 7px 10px; } caption:not(.unseen) { width: calc(100vw - 34px); }
  tbody th { min-width: 6em; } td.prose:has(+ td.prose), td.prose + td.prose { min-width: 6.5em; }
  details .stacks:not(.data *) { max-height: none; }
  .stacks:not(.data *) { & table, & caption, & tbody, & tfoot { display: block; } & thead { position: absolute; clip-path: inset(50%); }
    & tr { display: flex; flex-wrap: wrap; gap: 4px 12px; padding: 9px 12px; border-top: 1px solid var(--rule); }
    & th, & td { border: 0; padding: 0; max-width: 100%; min-width: calc((100% - 24px) / 3); text-align: left; white-space: normal; }
    & td.num:has(small) { width: calc((100% - 24px) / 3); } & td:empty { display: none; } & tbody th, & tfoot td, & td.prose { width: 100%; } & .state { white-space: normal; }
    & td[data-head]::before { content: attr(data-head); display: block; color: var(--soft); font-size: .75rem; } }
  svg.wide { display: none; }
  svg.narrow { display: block; }
}
@media print {
  :root { ${LIGHT} --paper: #fff; }
  body { font-size: 10.5pt; }
  main, footer { max-width: none; padding: 0; }
  nav, .skip, details, .zoom-bar { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; } caption { font-size: 8.5pt; } thead th, th small, td small { font-size: 7.5pt; }
  th, td { padding: 4px 6px; } tbody th { min-width: 0; } td.prose { min-width: 10em; }
  th .fault, .state { white-space: normal; }
  caption, thead { break-after: avoid; }
  .scroll:not(:has(tbody tr:nth-child(16))) { break-inside: avoid; }
  .columns { grid-template-columns: repeat(3, 1fr); gap: 10px 20px; } .factlist { font-size: 8pt; }
  .factlist > div { grid-template-columns: 8em 1fr; padding: 3px 0; break-inside: avoid; }
  .sides, .factlist.two { grid-template-columns: 1fr 1fr; }
  .multiples { grid-template-columns: repeat(3, 1fr); }
  figure, .verdict, .tiles, tr { break-inside: avoid; }
  h2, h3, figcaption { break-after: avoid; }
  .tiles { grid-template-columns: repeat(6, 1fr); }
  .tiles > div { padding: 8px 10px; } .tiles b { font-size: 1.125rem; }
  svg.wide { display: block; } svg.narrow { display: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
