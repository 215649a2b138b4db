/** The style of the live page beyond the style of the reports. */
export const LIVE_STYLE = `
[hidden] { display: none !important; }
.verdict.running { background: var(--head); } .verdict.running .symbol { background: var(--main); }
.verdict.cut-short { background: var(--open-back); } .verdict.cut-short h2 { color: var(--open); } .verdict.cut-short .symbol { background: var(--open); }
.verdict .report { margin-top: 10px; font-size: 1rem; }
.bar { display: flex; align-items: center; gap: 16px; margin: 0 0 16px; }
.bar button { font: inherit; font-size: .9375rem; color: var(--ink); background: var(--card); border: 1px solid var(--soft); border-radius: 8px; padding: 6px 14px; cursor: pointer; }
.bar button[aria-pressed="true"] { background: var(--open-back); border-color: var(--open); }
.bar progress { flex: 1; height: 8px; accent-color: var(--main); min-width: 0; }
.scroll.log { max-height: 15em; overflow-y: auto; }
.log ol { list-style: none; margin: 0; padding: 0; font-size: .9375rem; }
.log li { display: grid; grid-template-columns: 5.5em 1fr; gap: 10px; padding: 6px 14px; border-top: 1px solid var(--rule); overflow-wrap: anywhere; }
.log li:first-child { border-top: 0; }
.log time { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.log .fault b { color: var(--fault-text); } .log .bad b { color: var(--bad); } .log b { font-weight: 600; }
:root { --fault-text: #a84300; }
@media (prefers-color-scheme: dark) { :root { --fault-text: #ff9d5c; } }
.plot { height: 260px; }
.legend b { font-variant-numeric: tabular-nums; font-weight: 600; min-width: 4.5em; }
.u-over { cursor: crosshair; }
.u-hz .u-cursor-x, .u-vt .u-cursor-y { border-right-color: var(--soft); }
@media (max-width: 560px) { .plot { height: 220px; } .log li { grid-template-columns: 4.5em 1fr; } #table-faults :is(th, td) { padding: 7px 6px; } }
`;
