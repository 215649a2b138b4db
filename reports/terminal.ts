/**
 * The summary of a run for a terminal: the verdict first, then what was measured, in at most 48 lines.
 *
 * In: a Result, and what the terminal can do. Out: lines of text; everything from the scenario is stripped of control characters.
 */
import { otherRunsText } from '../harness/evidence/result/other-runs.ts';
import { neverCame, recoveryClocks } from '../harness/evidence/result/recovery-clock-table.ts';
import type { Result } from '../harness/evidence/result/result.ts';
import { isResolved } from '../harness/evidence/result/slopes.ts';
import { isWithheld } from '../harness/evidence/result/withheld.ts';
import { checkState } from './check-state.ts';
import { clip, formatInUnit, formatMs, formatRate, formatUs, NOT_MEASURED, plural } from './format.ts';
import { httpAnswersText, httpRateText, type LatencyRow, latencyCells } from './http-words.ts';
import { percentileText, runActualText } from './latency-words.ts';
import { oneLine } from './markup.ts';
import { profiledText } from './profile-words.ts';
import { furtherReasons, levelInWords, VERDICT_WORDS, verdictSentence } from './sentence.ts';
import { shownResult } from './shown-result.ts';
import { NOT_RESOLVED, slopeFigureText, slopeIntervalText } from './slope-words.ts';
import { causes, ledger } from './terminal-ledger.ts';
import {
  isFile,
  LABEL,
  label,
  more as moreText,
  type Paint,
  painter,
  type Room,
  roomFor,
  type Sheet,
  wrap,
  wrapTo,
} from './terminal-text.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Where the HTML report lies; null when none was written. */
  readonly reportPath: string | null;
  /** Columns; long texts are wrapped or clipped to it. At least 60 are used. Infinite in a file: nothing is cut. */
  readonly width: number;
}

const VERDICT_LINES = 6;
const HTTP_LINES = 3;
const MOST_LINES = 48;
const LABELLED_LINES = 3;

const ROOMS: readonly Room[] = [
  { faults: 6, steps: 4, checks: 5, reasons: 5, offenders: 3 },
  { faults: 5, steps: 3, checks: 3, reasons: 3, offenders: 3 },
  { faults: 4, steps: 3, checks: 2, reasons: 2, offenders: 3 },
  { faults: 3, steps: 2, checks: 1, reasons: 1, offenders: 1 },
];

/** Of a file. */
const ALL = roomFor(0, Number.POSITIVE_INFINITY);
const WHOLE: Room = { faults: ALL, steps: ALL, checks: ALL, reasons: ALL, offenders: ALL };

/** The summary, without a line break at its end. */
export function terminalSummary(given: Result, options: TerminalOptions): string {
  const result = shownResult(given);
  if (isFile(options.width)) return summaryLines(result, options, WHOLE).join('\n');
  const fitting = ROOMS.map((room) => summaryLines(result, options, room));
  return (fitting.find((lines) => lines.length <= MOST_LINES) ?? (fitting.at(-1) as string[])).join('\n');
}

function summaryLines(result: Result, options: TerminalOptions, room: Room): string[] {
  const width = Math.max(60, options.width);
  const paint = painter(options.colour);
  return [
    '',
    ...verdict(result, width, paint),
    '',
    ...measured(result, width, paint),
    ...ledger(result, { width, paint, room }),
    ...causes(result, { width, paint, room }),
    ...recovery(result, { width, paint, room }),
    ...checks(result, { width, paint, room }),
    ...reasons(result, { width, paint, room }),
    ...(options.reportPath === null ? [] : ['', `${label('report', paint)}${oneLine(options.reportPath)}`]),
    '',
  ];
}

function verdict(result: Result, width: number, paint: Paint): string[] {
  const style = { pass: 'green', fail: 'red', invalid: 'yellow', unknown: 'yellow' } as const;
  const word = VERDICT_WORDS[result.verdict].toUpperCase();
  const name = clip(oneLine(result.scenario.name), isFile(width) ? width : 40);
  const sentence = clip(oneLine(verdictSentence(result)), 4 * width);
  const [first = '', ...rest] = wrap(`${name}: ${sentence}`, width - word.length - 4).slice(0, roomFor(VERDICT_LINES, width));
  const indent = ' '.repeat(word.length + 4);
  return [`  ${paint(style[result.verdict], paint('bold', word))}  ${first}`, ...rest.map((line) => indent + line)];
}

/** What was measured; of a run that is not believed what its generator says of itself, and why there is no more. */
function measured(result: Result, width: number, paint: Paint): string[] {
  if (isWithheld(result)) {
    return [`${label('figures', paint)}withheld`, loadLine(result, paint), ...beside(result, width, paint)];
  }
  return [...latency(result, paint), ...cost(result, paint), ...beside(result, width, paint), ...http(result, width, paint)];
}

/** What there was besides the servers and their load. */
function beside(result: Result, width: number, paint: Paint): string[] {
  return [
    ...labelled('beside it', otherRunsText(result.environment), width, paint),
    ...labelled('profiled', profiledText(result), width, paint),
  ];
}

function loadLine({ load }: Result, paint: Paint): string {
  return `${label('load', paint)}${loadText(load)}`;
}

function latency(result: Result, paint: Paint): string[] {
  const { latency: it } = result;
  const row = (name: string, summary: Result['latency']['response']): string =>
    summary === null
      ? `${label(name, paint)}not measured`
      : `${label(name, paint)}${(
          [
            ['p50', summary.p50Us],
            ['p99', summary.p99Us],
            ['p99.9', summary.p999Us],
            ['max', summary.maxUs],
          ] as const
        )
          .map(([percentile, us]) => {
            const cell = percentileText(summary, us, result.load.resolutionUs, '–');
            return `${paint('dim', percentile)} ${paint('bold', cell)}${' '.repeat(Math.max(0, 9 - cell.length))}`;
          })
          .join(' ')
          .trimEnd()}`;
  return [row('response', it.response), row('service', it.service), loadLine(result, paint)];
}

/** A load without intended times has no lag to tell. */
function loadText({ ratePerSecond, users, model, loop, lagUs }: Result['load']): string {
  const rate = ratePerSecond === null ? 'rate unknown' : formatRate(ratePerSecond);
  const how = loop === 'open' ? `open loop, ${oneLine(clip(model, 40))}` : oneLine(clip(model, 60));
  return `${rate}, ${plural(users, 'user')}, ${how}${lagUs === null ? '' : `; generator lag p99 ${formatUs(lagUs.p99)}`}`;
}

function cost({ memory, cpu }: Result, paint: Paint): string[] {
  const slope = memory.perConnection;
  const connection = slope === null ? NOT_MEASURED : paint('bold', slopeFigureText(slope));
  const bounds = slopeIntervalText(slope);
  const interval = bounds === null ? '' : ` (${bounds})`;
  const cpuText = cpu.serverUsPerMessage === null ? '' : `; ${formatUs(cpu.serverUsPerMessage)} of server CPU a message`;
  return [`${label('a connection', paint)}${connection}${interval}${cpuText}`, ...leakLines(memory, paint)];
}

/** What a connection and a message leave behind, where rounds were played to find out. */
function leakLines({ leak, leakPerMessage }: Result['memory'], paint: Paint): string[] {
  const found = [
    ...(leak === null ? [] : [{ ...leak, bytes: leak.bytesPerConnection, what: 'connection' }]),
    ...(leakPerMessage === null ? [] : [{ ...leakPerMessage, bytes: leakPerMessage.bytesPerMessage, what: 'message' }]),
  ];
  return found.map(({ what, bytes, low, high, heapBytes, heapLow, heapHigh, leaking }, index) => {
    const interval = slopeIntervalText({ bytes, low, high });
    const ofHeap = heapBytes === null ? null : { bytes: heapBytes, low: heapLow, high: heapHigh };
    const heap = ofHeap === null ? '' : isResolved(ofHeap) ? `, ${slopeFigureText(ofHeap)} of heap` : `, heap ${NOT_RESOLVED}`;
    const verdict = leaking ? paint('red', 'a leak') : 'no leak';
    const whose = isResolved({ bytes, low }) ? `a ${what}` : `for a ${what}`;
    return `${label(index === 0 ? 'left behind' : '', paint)}${slopeFigureText({ bytes, low, high })} ${whose}${interval === null ? '' : ` (${interval})`}${heap}: ${verdict}`;
  });
}

function labelled(name: string, text: string | null, width: number, paint: Paint): string[] {
  return text === null
    ? []
    : wrapTo(oneLine(text), width - LABEL - 2, LABELLED_LINES).map((line, index) => label(index === 0 ? name : '', paint) + line);
}

/** What the requests came to, and what the messages had of them. */
function http({ http: it }: Result, width: number, paint: Paint): string[] {
  if (it === null) return [];
  const short = (summary: LatencyRow[1], resolutionUs?: number): string => {
    const [, p50, p95, p99] = latencyCells(summary, resolutionUs);
    return `p50 ${p50},${p95 === '–' ? '' : ` p95 ${p95},`} p99 ${p99}`;
  };
  const lines = [`${short(it.latency, it.resolutionUs)}; ${httpRateText(it)}, ${httpAnswersText(it)}`];
  if (it.messages !== null) lines.push(`messages beside it: ${short(it.messages.beside)}; alone: ${short(it.messages.without)}`);
  return lines
    .flatMap((line) => wrapTo(line, width - LABEL - 2, HTTP_LINES))
    .map((line, index) => label(index === 0 ? 'http' : '', paint) + line);
}

type Clock = (typeof recoveryClocks)[number];
const CLOCK = 9;

function recovery(result: Result, { width, paint, room }: Sheet): string[] {
  if (result.recovery.length === 0) return [];
  const nameWidth = Math.max(LABEL, Math.min(28, width - 2 - recoveryClocks.length * (CLOCK + 1)));
  const heads = recoveryClocks.map(({ column }) => column.padStart(CLOCK)).join(' ');
  const line = (name: string, cell: (clock: Clock) => number | null | 'never'): string => {
    const cells = recoveryClocks.map((clock) => {
      const ms = cell(clock);
      if (ms === 'never') return paint('red', ms.padStart(CLOCK));
      return (ms === null ? '–' : formatMs(ms)).padStart(CLOCK);
    });
    return `  ${clip(name, nameWidth - 1).padEnd(nameWidth)}${cells.join(' ')}`;
  };
  const repeated = new Set(result.recoveryDistribution.flatMap(({ occurrences }) => occurrences));
  const once = result.recovery.filter(({ fault }) => !repeated.has(fault));
  const steps = result.recoveryDistribution.slice(0, room.steps);
  const alone = once.slice(0, room.faults - steps.length);
  const rows = [
    ...steps.map(({ kind, repeats, clocks }) =>
      line(`${clip(oneLine(kind), nameWidth - 10)} ×${repeats} p95`, (clock) =>
        clock.event ? (clocks[clock.field].p95 ?? 'never') : null,
      ),
    ),
    ...alone.map((clocks) => {
      const fault = result.faults.find(({ id }) => id === clocks.fault);
      const name = nameOf(fault, clocks.fault, nameWidth - 1);
      if (!clocks.noticed) return `  ${clip(name, nameWidth - 1).padEnd(nameWidth)}${paint('dim', '   nobody noticed')}`;
      return line(name, ({ field }) => clocks[field] ?? (neverCame(result, clocks, field) ? 'never' : null));
    }),
  ];
  const more = once.length - alone.length + result.recoveryDistribution.length - steps.length;
  return [
    '',
    `  ${paint('dim', `${'recovery from'.padEnd(nameWidth)}${heads}`)}`,
    ...rows,
    ...levelLine(result, width, paint),
    ...moreText(more, 'more fault', paint),
  ];
}

/** By what level the clock of that name is read. */
function levelLine(result: Result, width: number, paint: Paint): string[] {
  const words = levelInWords(result);
  return words === null ? [] : [`  ${paint('dim', clip(oneLine(`level: ${words}`), width - 2))}`];
}

/** Kind and target of a fault where there is room for both. */
function nameOf(fault: Result['faults'][number] | undefined, id: string, width: number): string {
  if (fault === undefined) return oneLine(id);
  const full = oneLine(`${fault.kind} ${fault.target}`);
  return full.length <= width ? full : oneLine(fault.kind);
}

function checks(result: Result, { width, paint, room }: Sheet): string[] {
  if (result.checks.length === 0) return [];
  // The broken ones first: the others may be left out.
  const ordered = [...result.checks].sort((a, b) => Number(a.pass) - Number(b.pass));
  const rows = ordered.slice(0, room.checks).map((check) => {
    const mark = { held: paint('green', '✓'), broken: paint('red', '✕'), open: paint('yellow', '?') }[checkState(check, result)];
    const unit = oneLine(check.unit);
    const text = `${oneLine(check.name)}  ${runActualText(check, result, unit)}${check.limit === null ? '' : ` (limit ${formatInUnit(check.limit, unit)})`}`;
    return `  ${mark} ${clip(text, width - 4)}`;
  });
  const more = ordered.length - rows.length;
  return ['', ...rows, ...moreText(more, 'more check', paint)];
}

/** What the verdict's sentence has not said yet. */
function reasons(result: Result, { width, paint, room }: Sheet): string[] {
  const list = furtherReasons(result);
  if (list.length === 0) return [];
  const more = list.length - room.reasons;
  return [
    '',
    ...list.slice(0, room.reasons).flatMap((reason) => {
      const [first = '', ...rest] = isFile(width) ? wrap(oneLine(reason), width) : [clip(oneLine(reason), width - 4)];
      return [`  ${paint('red', '•')} ${first}`, ...rest.map((line) => `    ${line}`)];
    }),
    ...(more > 0 ? [`  ${paint('dim', `and ${plural(more, 'more reason')} in result.json`)}`] : []),
  ];
}
