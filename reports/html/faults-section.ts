/** Faults: what was done, how it was verified, and how long until users had recovered. */
import { healClocks, levelRegained, neverCame, recoveryClocks } from '../../harness/evidence/result/recovery-clock-table.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { isWithheld } from '../../harness/evidence/result/withheld.ts';
import { formatOffset } from '../charts/axis.ts';
import { type FaultState, faultState, killCaveat } from '../fault-words.ts';
import { clip, formatCount, formatMs, NOT_MEASURED, plural } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import { levelInWords } from '../sentence.ts';
import { state } from './checks-section.ts';
import type { Detail } from './detail.ts';
import { settingText, timeOr } from './fact-list.ts';
import { faultLabel } from './fault-bands.ts';
import { capital } from './head.ts';
import { repeats } from './repeats.ts';
import { figure, first, foldedWhenLong, numeric, prose, table, text } from './table.ts';

export function faultsSection(result: Result, detail: Detail): Markup {
  const caveat = killCaveat(result);
  const body =
    result.faults.length === 0
      ? markup`<p>The scenario injects no faults.</p>`
      : markup`${repeats(result, detail)}${recoveryTable(result, detail)}${healTable(result, detail)}${faultsTable(result, detail)}${caveat === null ? null : markup`<p>${caveat}</p>`}`;
  return markup`<section aria-labelledby="faults"><h2 id="faults">Faults and recovery</h2>${body}</section>`;
}

/** How reports name a fault in a row: `F1 kill-node n1`. */
function faultHead(result: Result, index: number, detail: Detail): Markup {
  const fault = result.faults[index];
  if (fault === undefined) return markup``;
  return markup`<span class="fault"><b>${faultLabel(index)}</b> ${clip(oneLine(fault.kind), Math.min(detail.text, 40))}</span> <small>${clip(oneLine(fault.target), Math.min(detail.text, 80))}</small>`;
}

function recoveryTable(result: Result, detail: Detail): Markup {
  if (result.recovery.length === 0)
    return markup`<p>${isWithheld(result) ? 'The recovery clocks of this run are withheld.' : 'Recovery was not measured in this run.'}</p>`;
  const { shown, omitted } = first(result.recovery, detail.rows);
  const rows = shown.map((recovery) => {
    const index = result.faults.findIndex((fault) => fault.id === recovery.fault);
    const clock = (field: (typeof recoveryClocks)[number]['field']): Piece =>
      recovery[field] === null && neverCame(result, recovery, field)
        ? markup`<span class="state bad">never</span>`
        : figure(recovery[field], formatMs);
    return [
      index >= 0 ? faultHead(result, index, detail) : clip(oneLine(recovery.fault), Math.min(detail.text, 80)),
      markup`${outcome(recovery)}${overlap(recovery, detail)}`,
      ...recoveryClocks.map(({ field }) => clock(field)),
      figure(recovery.excessLatencyMs, (value) => (value === null ? NOT_MEASURED : formatCount(Math.round(value)))),
    ];
  });
  const level = levelInWords(result);
  const heads = [...recoveryClocks.map(({ name }) => capital(name)), 'Excess (message·ms)'];
  return markup`<p>All clocks start at the injection. Users have recovered when 99% of them are reconnected, the level of service is regained for good, and the backlog is delivered.${level === null ? null : ` The level: ${clip(level, detail.text)}.`}</p>${foldedWhenLong(
    `Recovery clocks of all ${formatCount(result.recovery.length)} faults`,
    rows.length,
    table({
      caption: 'Recovery clocks',
      columns: [text('Fault'), text('Outcome'), ...heads.map(numeric)],
      rows,
      omitted,
    }),
  )}`;
}

function outcome(recovery: Result['recovery'][number]): Markup {
  if (!recovery.noticed) return markup`<span class="none">nobody noticed</span>`;
  if (recovery.censored) return state('bad', 'not recovered');
  return levelRegained(recovery) === null ? markup`<span class="none">not known</span>` : state('good', 'recovered');
}

/** Says when an earlier fault's trouble may be in these clocks. */
function overlap({ overlaps }: Result['recovery'][number], detail: Detail): Markup | null {
  if (overlaps === null) return null;
  return markup`<br><small>during ${clip(oneLine(overlaps), Math.min(detail.text, 80))}</small>`;
}

/** The clocks again from where a fault was undone; nothing where none was. */
function healTable(result: Result, detail: Detail): Markup | null {
  const healed = result.recovery.flatMap(({ fault, fromHeal }) => (fromHeal === null ? [] : [{ fault, fromHeal }]));
  if (healed.length === 0) return null;
  const { shown, omitted } = first(healed, detail.rows);
  const rows = shown.map(({ fault, fromHeal }) => {
    const index = result.faults.findIndex(({ id }) => id === fault);
    const clock = (ms: number | null): Piece =>
      ms === null ? markup`<span class="state bad">never</span>` : figure(ms, formatMs);
    return [
      index >= 0 ? faultHead(result, index, detail) : clip(oneLine(fault), Math.min(detail.text, 80)),
      ...healClocks.map(({ field }) => clock(fromHeal[field])),
    ];
  });
  const clocks = table({
    caption: 'Recovery clocks from the heal; whatever had been reached before it counts as immediate',
    columns: [text('Fault'), ...healClocks.map(({ name }) => numeric(capital(name)))],
    rows,
    omitted,
  });
  return foldedWhenLong(`The same clocks from the heal of all ${formatCount(healed.length)} faults`, rows.length, clocks);
}

const FAULT_STATES: Readonly<Record<FaultState, Markup>> = {
  verified: state('good', 'verified'),
  'not verified': state('bad', 'not verified'),
  'no-op': state('open', 'nothing to strike'),
  unreached: state('open', 'the run ended before it'),
};

function faultsTable(result: Result, detail: Detail): Markup {
  const { shown, omitted } = first(result.faults, detail.rows);
  const at = (ms: number | null, never: string): Piece =>
    ms === null ? markup`<span class="none">${never}</span>` : figure(ms, (value) => formatOffset(value ?? 0, 1));
  const rows = shown.map((fault, index) => [
    faultHead(result, index, detail),
    at(fault.injectedAtMs, 'never'),
    at(fault.healedAtMs, '–'),
    fault.injectedAtMs === null ? markup`<span class="none">–</span>` : figure(fault.affectedUsers, formatCount),
    FAULT_STATES[faultState(fault)],
    evidence(fault, detail),
  ]);
  const faults = table({
    caption: 'Faults, and what an independent probe observed',
    columns: [text('Fault'), numeric('Injected'), numeric('Healed'), numeric('Users hit'), text('Verified'), prose('Evidence')],
    rows,
    omitted,
  });
  return foldedWhenLong(`Evidence of all ${formatCount(result.faults.length)} faults`, rows.length, faults);
}

const EVIDENCE_LINES = 5;

function evidence(fault: Result['faults'][number], detail: Detail): Markup {
  const asked = Object.entries(fault.requested).map(([key, value]) => `${key} ${timeOr(settingText(value))}`);
  const lines = fault.evidence.slice(0, EVIDENCE_LINES).map((line) => clip(oneLine(line), Math.min(detail.text, 300)));
  const more = fault.evidence.length - lines.length;
  return markup`${asked.length === 0 ? null : markup`<small>asked: ${clip(oneLine(asked.join(', ')), Math.min(detail.text, 200))}</small><br>`}${lines.map((line, index) => markup`${index === 0 ? null : markup`<br>`}${line}`)}${more > 0 ? markup`<br>${plural(more, 'more line')} in result.json` : null}`;
}
